import { inflate, type ZlibOptions } from 'node:zlib';

/** True if zlib data expands to exactly `length` bytes, with nothing after it and its checksum right. */
export function inflatesTo(data: Buffer, length: number): Promise<boolean> {
  return new Promise((resolve) => {
    // One step for most: each further one is a way to a thread and back.
    const chunkSize = Math.min(length + 64, LARGEST_STEP);
    const options: ZlibOptions = { info: true, chunkSize, maxOutputLength: Math.max(1, length) };
    inflate(data, options, (error, result) => {
      if (error) return resolve(false);
      // With `info` the answer is the buffer and the engine that made it.
      const { buffer, engine } = result as unknown as {
        readonly buffer: Buffer;
        readonly engine: { readonly bytesWritten: number };
      };
      resolve(buffer.length === length && engine.bytesWritten === data.length);
    });
  });
}

const LARGEST_STEP = 4 * 1024 * 1024;

/** File systems lose whole pages, at multiples of this many bytes. */
const PAGE = 4096;
const ZEROS = Buffer.alloc(PAGE);

/**
 * True if compressed data between `start` and `end` (offsets in the file) has a page of zeros, or
 * ends in zeros: what is left where the power went before the disk had the data. `allowed`: the
 * longest run, in bytes, that flat pictures may have. Measured on black 4K frames of Blender 4.3:
 * PIZ none, DWA 29, JPEG none.
 */
export function hasHole(data: Buffer, start: number, end: number, allowed = 64): boolean {
  let last = end;
  while (last > start && data[last - 1] === 0) last -= 1;
  if (end - last > allowed) return true;
  let run = 0;
  for (let at = Math.ceil(start / PAGE) * PAGE; at + PAGE <= end; at += PAGE) {
    const empty = data[at] === 0 && ZEROS.equals(data.subarray(at, at + PAGE));
    run = empty ? run + PAGE : 0;
    if (run > allowed) return true;
  }
  return false;
}

/** Gives other work a turn after every few megabytes, so that a large file never stops the window. */
export function breather(bytesBetween = 4 * 1024 * 1024): (bytes: number) => Promise<void> {
  let left = bytesBetween;
  return async (bytes) => {
    left -= bytes;
    if (left > 0) return;
    left = bytesBetween;
    await new Promise((resolve) => setImmediate(resolve));
  };
}
