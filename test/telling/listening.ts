import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a place elsewhere was asked. */
export interface Heard {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An answer of a place elsewhere. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A place elsewhere, on this computer. It answers in turn, and at last the same again and again. */
export interface Elsewhere {
  readonly url: string;
  readonly host: string;
  readonly heard: readonly Heard[];
}

/** Listens until it is closed. */
export async function listening(
  ...answers: readonly Answer[]
): Promise<Elsewhere & { readonly close: () => void }> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = answers[Math.min(heard.length, answers.length - 1)];
    heard.push({
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
    });
    response.writeHead(answer?.status ?? 200, { ...answer?.headers, connection: 'close' });
    response.end(answer?.body ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, heard, close };
}
