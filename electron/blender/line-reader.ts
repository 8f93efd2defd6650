import type { Readable } from 'node:stream';

/**
 * Cuts a stream of bytes into lines and never keeps more than one line of at most `limit` bytes:
 * the rest of a longer line is dropped. A carriage return ends a line too. Invalid UTF-8 becomes U+FFFD.
 */
export function readLines(stream: Readable, limit: number, onLine: (line: string) => void): void {
  let kept: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer) => {
    const room = limit - size;
    if (room <= 0 || part.length === 0) return;
    // A copy: a slice would hold the whole chunk in memory.
    kept.push(Buffer.from(part.subarray(0, room)));
    size += Math.min(room, part.length);
  };
  const end = () => {
    if (size > 0) onLine(Buffer.concat(kept).toString('utf8'));
    kept = [];
    size = 0;
  };
  stream.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] !== LINE_FEED && chunk[at] !== CARRIAGE_RETURN) continue;
      keep(chunk.subarray(from, at));
      end();
      from = at + 1;
    }
    keep(chunk.subarray(from));
  });
  stream.on('end', end);
  // A broken pipe is no news: the process's own end is.
  stream.on('error', () => {});
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
