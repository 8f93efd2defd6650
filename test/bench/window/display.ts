import { execa } from 'execa';

/** A screen to open a window on. */
export interface Display {
  /** What a process needs in its environment to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** In words: what a figure was measured on. */
  readonly words: string;
  readonly close: () => Promise<void>;
}

const SIZE = '1600x1000';

/** The screen of this machine, or on a Linux without one an Xvfb of our own, which has no GPU. */
export async function openDisplay(): Promise<Display> {
  if (process.platform !== 'linux' || process.env.DISPLAY) {
    return { env: {}, words: 'on a screen', close: async () => {} };
  }
  // It chooses a free number itself and says which on this pipe.
  const server = execa(
    'Xvfb',
    [...['-displayfd', '3'], ...['-screen', '0', `${SIZE}x24`, '-noreset']],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      reject: false,
    },
  );
  const number = await Promise.race([firstWord(server.stdio[3] as NodeJS.ReadableStream), server]);
  if (typeof number !== 'string') {
    throw new Error('Xvfb did not start. Install it, or run this where there is a screen.');
  }
  return {
    env: { DISPLAY: `:${number}` },
    words: `on Xvfb ${SIZE}, no GPU: the processor draws`,
    close: async () => {
      server.kill();
      await server;
    },
  };
}

/** The pipe stays open: Xvfb dies of one that is closed before it has said all. */
function firstWord(pipe: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    pipe.on('data', (chunk) => resolve(String(chunk).trim()));
  });
}
