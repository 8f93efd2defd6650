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
