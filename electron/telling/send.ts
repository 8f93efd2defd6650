import { printable } from '../../shared/safe-text.ts';
import type { WallClock } from '../engine/index.ts';
import type { Outgoing, Picture } from './services.ts';

/** Node's own, or what stands in for it in a test. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What came of telling a place. `why`: a sentence for the artist, with nothing secret in it. */
export type Told =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly why: string;
      /** The answer's; `null`: none came. */
      readonly status: number | null;
      /** It may go better later. */
      readonly heals: boolean;
      /** Not before so many ms, as the service says. */
      readonly waitMs: number | null;
    };

const ANSWER_MS = 20_000;
/** Before each further try: 20 minutes of a network that is away, and then the message is old. */
const PAUSES_MS = [2_000, 10_000, 30_000, 60_000, 180_000, 300_000, 600_000] as const;
const LONGEST_WAIT_MS = 900_000;

export interface SendMeans {
  readonly fetch: Fetch;
  readonly clock: Pick<WallClock, 'after'>;
  /** Aborted: no more tries. */
  readonly signal: AbortSignal;
  /** What is taken out of every sentence. */
  readonly secrets: readonly string[];
}

/** Sends a request, and again where that can help. Never rejects. @param pauses between tries, ms; none: one try */
export async function send(
  outgoing: Outgoing,
  means: SendMeans,
  pauses: readonly number[] = PAUSES_MS,
): Promise<Told> {
  for (let tries = 0; ; tries += 1) {
    const told = await sendOnce(outgoing, means);
    const pause = pauses[tries];
    if (told.ok || !told.heals || pause === undefined || means.signal.aborted) return told;
    await waited(Math.min(LONGEST_WAIT_MS, Math.max(pause, told.waitMs ?? 0)), means);
    if (means.signal.aborted) return told;
  }
}

async function sendOnce(outgoing: Outgoing, means: SendMeans): Promise<Told> {
  const { host } = new URL(outgoing.url);
  const noTime = failed(`There was no time left to tell ${host}.`);
  if (means.signal.aborted) return noTime;
  const limit = new AbortController();
  const callOff = means.clock.after(ANSWER_MS, () => limit.abort());
  try {
    const answer = await means.fetch(outgoing.url, {
      method: 'POST',
      headers: outgoing.headers,
      body: bodyOf(outgoing.body),
      // Neither secrets nor pictures go to a host that nobody has written down.
      redirect: 'manual',
      signal: AbortSignal.any([means.signal, limit.signal]),
    });
    return await judged(answer, host, means.secrets);
  } catch (error) {
    if (means.signal.aborted) return noTime;
    if (limit.signal.aborted) return failed(`${host} did not answer within 20 s.`);
    return unreached(error, host);
  } finally {
    callOff();
  }
}

/** Without an answer. */
function failed(why: string, heals = true): Told {
  return { ok: false, why, status: null, heals, waitMs: null };
}

function bodyOf(body: Outgoing['body']): string | Blob | FormData {
  if (typeof body === 'string') return body;
  if ('data' in body) return blobOf(body);
  const form = new FormData();
  for (const part of body) {
    if ('text' in part) form.append(part.name, part.text);
    else form.append(part.name, blobOf(part.picture), part.picture.name);
  }
  return form;
}

function blobOf({ data }: Picture): Blob {
  return new Blob([data], { type: 'image/jpeg' });
}

/** What an answer means. */
async function judged(answer: Response, host: string, secrets: readonly string[]): Promise<Told> {
  const { status } = answer;
  if (answer.ok) {
    await answer.body?.cancel();
    return { ok: true };
  }
  const words = await firstWords(answer);
  if (status >= 300 && status < 400) {
    const to = answer.headers.get('location') ?? '';
    const where = URL.canParse(to, answer.url || undefined)
      ? ` to ${new URL(to, answer.url || undefined).host}`
      : '';
    const why = `${host} sends on${where}, where Nightshift does not follow. Write the address that it leads to.`;
    return { ok: false, why, status, heals: false, waitMs: null };
  }
  const said = saidIn(words, secrets);
  const why = `${host} answered ${status}${said === '' ? '' : `: ${said}`}.${MEANINGS[status] ?? ''}`;
  const heals = status === 429 || status === 408 || status >= 500;
  return { ok: false, why, status, heals, waitMs: heals ? waitOf(answer, words) : null };
}

const MEANINGS: Readonly<Record<number, string>> = {
  401: ' The token is not right, or missing.',
  403: ' The token is not right, or may not write there.',
  404: ' There is no such webhook, chat or topic any more.',
};

/** Bytes: enough for a sentence. */
const ENOUGH = 2000;

/** What an answer begins with; the rest, however much it is, is never taken in. */
async function firstWords({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= ENOUGH) break;
    }
  } catch {
    // What came until then says enough.
  }
  return Buffer.concat(chunks).subarray(0, ENOUGH).toString('utf8');
}

/** What a service says of an error: Discord's `message`, Telegram's `description`, ntfy's `error`, Slack's plain word. */
function saidIn(words: string, secrets: readonly string[]): string {
  const json = objectIn(words);
  const said = json ? (json.message ?? json.description ?? json.error) : words;
  if (typeof said !== 'string' || /^\s*</.test(said)) return '';
  // Before it is cut: half a secret is one, too.
  return printable(withoutSecrets(said.trim(), secrets))
    .slice(0, 200)
    .replace(/[.\s]+$/, '');
}

/** As `Retry-After` says, in seconds or as a date, or Discord's and Telegram's own `retry_after`. */
function waitOf(answer: Response, words: string): number | null {
  const header = answer.headers.get('retry-after');
  const json = objectIn(words);
  const inside = json?.retry_after ?? (json?.parameters as Json | undefined)?.retry_after;
  const seconds = typeof inside === 'number' ? inside : Number(header ?? Number.NaN);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1000));
  const until = Date.parse(header ?? '') - Date.parse(answer.headers.get('date') ?? '');
  return Number.isFinite(until) ? Math.max(0, until) : null;
}

type Json = Readonly<Record<string, unknown>>;

function objectIn(text: string): Json | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Json) : null;
  } catch {
    return null;
  }
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '•••'), text);
}

/** Why no answer came. The error's own message may hold the whole address, so only its code is used. */
function unreached(error: unknown, host: string): Told {
  const cause = error instanceof Error ? (error.cause ?? error) : null;
  const code =
    cause !== null && typeof cause === 'object' && 'code' in cause ? String(cause.code) : '';
  const isUntrusted = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ALTNAME/.test(code);
  const why = isUntrusted
    ? `${host} has no certificate that this computer trusts (${code}).`
    : (REASONS[code]?.(host) ?? `${host} could not be reached${code && ` (${code})`}.`);
  return failed(why, !isUntrusted);
}

const REASONS: Readonly<Record<string, (host: string) => string>> = {
  ENOTFOUND: (host) => `${host} was not found: there is no such host, or no network.`,
  EAI_AGAIN: (host) => `${host} was not found: there is no network.`,
  ECONNREFUSED: (host) => `Nobody listens at ${host}.`,
};

/** So long, or until it is called off. */
function waited(ms: number, { clock, signal }: SendMeans): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      callOff();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const callOff = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
