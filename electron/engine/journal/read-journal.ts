import { isAscii } from 'node:buffer';
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { BatchEvent } from '../../../shared/events.ts';
import { isHeader, isSealed, unsealed } from './journal-format.ts';
import { parseEvent, quickEvent } from './parse-event.ts';

/** Read at once. Between two blocks everything else has its turn; one is played in some 5 ms. */
const BLOCK_BYTES = 512 * 1024;
const LINE_END = 0x0a;

/**
 * A whole line without its line end, as text and as the bytes from `start` on and before `end`, which
 * are another line's afterwards.
 */
type OnLine = (text: string, bytes: Buffer, start: number, end: number) => void;

/** How a journal ends. */
export interface JournalEnd {
  /** What stands after the last line end: a line that was being written when the power went. */
  readonly tail: string;
  /** Length of the whole lines in bytes. */
  readonly length: number;
  /** See `journalStamp`; `null`: there is none, or it changed while it was read. */
  readonly stamp: string | null;
}

/**
 * Reads a journal line by line, however large it is; one that is not there is an empty one. Throws what
 * the file system says, and what `onLine` throws.
 */
export async function readJournal(
  file: string,
  onLine: OnLine,
  blockBytes = BLOCK_BYTES,
): Promise<JournalEnd> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!handle) return { tail: '', length: 0, stamp: null };
  try {
    // One byte more than there is: a small journal takes one block, and little memory.
    const { size } = await handle.stat();
    const block = Math.min(blockBytes, size + 1);
    const { bytes, last, ...end } = await readLines(handle, onLine, block);
    const now = await handle.stat({ bigint: true });
    return { ...end, stamp: Number(now.size) === bytes ? stampOf(now, last) : null };
  } finally {
    await handle.close();
  }
}

/** The end of a journal that its stamp sums up, in bytes. */
const STAMPED_BYTES = 4096;

/**
 * What tells one state of a journal from every other: which file it is, its size and times, and a checksum of its
 * end. Journals only grow, or lose what was torn at their end; under the lock the same stamp means the same
 * lines. `null`: it can't be read.
 */
export async function journalStamp(file: string): Promise<string | null> {
  // Opened, since a network drive may answer for a closed file from memory.
  const handle = await open(file, 'r').catch(() => null);
  try {
    const found = await handle?.stat({ bigint: true });
    if (!handle || !found) return null;
    const last = Buffer.alloc(Math.min(Number(found.size), STAMPED_BYTES));
    await handle.read(last, 0, last.length, Number(found.size) - last.length);
    return stampOf(found, last);
  } catch {
    return null;
  } finally {
    await handle?.close();
  }
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats, last: Buffer): string {
  return [dev, ino, size, mtimeNs, ctimeNs, crc32(last)].join(' ');
}

async function readLines(
  handle: FileHandle,
  onLine: OnLine,
  blockBytes: number,
): Promise<Omit<JournalEnd, 'stamp'> & { readonly bytes: number; readonly last: Buffer }> {
  /** The beginning of a line that goes on in the next block. */
  let begun: Buffer[] = [];
  let length = 0;
  let bytes = 0;
  let last = Buffer.alloc(0);
  for await (const block of blocksOf(handle, blockBytes)) {
    bytes += block.length;
    last = Buffer.concat([last, block.subarray(-STAMPED_BYTES)]).subarray(-STAMPED_BYTES);
    const first = block.indexOf(LINE_END);
    if (first === -1) {
      begun.push(Buffer.from(block));
      continue;
    }
    const whole = Buffer.concat([...begun, block.subarray(0, first + 1)]);
    tellLines(whole, onLine);
    const end = block.lastIndexOf(LINE_END) + 1;
    tellLines(block.subarray(first + 1, end), onLine);
    length += whole.length + end - first - 1;
    begun = [Buffer.from(block.subarray(end))];
  }
  return { tail: Buffer.concat(begun).toString('utf8'), length, bytes, last };
}

/** While one block is being looked at, the next is read. */
async function* blocksOf(handle: FileHandle, bytes: number): AsyncGenerator<Buffer> {
  let [now, then] = [Buffer.allocUnsafe(bytes), Buffer.allocUnsafe(bytes)];
  let position = 0;
  let reading = handle.read(now, 0, bytes, position);
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) return;
    position += bytesRead;
    reading = handle.read(then, 0, bytes, position);
    // Who stops in the middle does not wait for it; that it failed is told to who goes on.
    reading.catch(() => {});
    yield now.subarray(0, bytesRead);
    [now, then] = [then, now];
  }
}

/** @param bytes whole lines, each with its line end */
function tellLines(bytes: Buffer, onLine: OnLine): void {
  const encoding = isAscii(bytes) ? 'latin1' : 'utf8';
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(LINE_END, start);
    // A text of its own, not a part of the block's: what is kept of it must not keep the block.
    onLine(bytes.toString(encoding, start, end), bytes, start, end);
    start = end + 1;
  }
}

/**
 * Tells every event of a journal in its order, for what is only to be shown: lines that can't be used are passed
 * over. Safe beside a process that writes it. Throws what the file system says.
 */
export async function readEvents(
  file: string,
  onEvent: (event: BatchEvent) => void,
): Promise<void> {
  await readJournal(file, (text, bytes, start, end) => {
    const event = eventOf(text, bytes, start, end);
    if (event) onEvent(event);
  });
}

/** One line as an event; `null`: it is none, or can't be used. Its bytes as for `OnLine`. */
export function eventOf(
  text: string,
  bytes: Buffer,
  start: number,
  end: number,
): BatchEvent | null {
  try {
    const hasSeal = isSealed(bytes, start, end);
    if (isHeader(text)) return null;
    return quickEvent(text) ?? parseEvent(hasSeal ? unsealed(text) : text);
  } catch {
    return null;
  }
}
