import { connect } from 'node:net';
import { z } from 'zod';

const holder = z.object({
  pid: z.int(),
  /** ms since 1970. */
  since: z.number(),
  face: z.enum(['app', 'command line']),
});
/** Who holds a lock, in its own words. */
export type Holder = Readonly<z.infer<typeof holder>>;

export type HolderAnswer =
  | { readonly held: false }
  /** `holder` is null if it did not say in time who it is; it holds all the same. */
  | { readonly held: true; readonly holder: Holder | null };

/** Who it is, as part of a sentence; `null`: it did not say. */
export function holderText(holder: Holder | null): string {
  if (!holder) return 'another Nightshift';
  const since = new Date(holder.since).toLocaleString('sv-SE');
  const who = holder.face === 'app' ? 'the Nightshift app' : 'Nightshift on the command line';
  return `${who} (process ${holder.pid}, since ${since})`;
}

/** Asks the process that listens at the address, for at most half a second. */
export function askHolder(address: string): Promise<HolderAnswer> {
  return new Promise((resolve) => {
    let text = '';
    let connected = false;
    const socket = connect(address);
    const answer = (value: HolderAnswer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(value);
    };
    const timer = setTimeout(() => answer({ held: true, holder: null }), 500);
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      connected = true;
    });
    socket.on('data', (part: string) => {
      text += part;
      if (text.includes('\n') || text.length > 4096) answer({ held: true, holder: parsed(text) });
    });
    // Cut off without a word: it went away while we asked.
    socket.on('close', () => answer({ held: false }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const nobody = connected || error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
      answer(nobody ? { held: false } : { held: true, holder: null });
    });
  });
}

function parsed(text: string): Holder | null {
  try {
    const result = holder.safeParse(JSON.parse(text));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
