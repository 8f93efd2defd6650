import { hasHole } from './zero-hole.ts';

/**
 * What is wrong with a WebP, or null: its RIFF size is the file's and its chunks fill it exactly.
 * Source: WebP container specification.
 */
export function webpFault(data: Buffer): string | null {
  const size = data.length < 20 ? Number.POSITIVE_INFINITY : data.readUInt32LE(4) + 8;
  if (size > data.length) return 'is cut short';
  if (size < data.length) return 'has something after its end';
  let at = 12;
  while (at + 8 <= size) {
    const length = data.readUInt32LE(at + 4);
    at += 8 + length + (length & 1);
  }
  if (at !== size) return 'has broken data in it';
  return null;
}

/**
 * What is wrong with the data of a WebP of that size in pixels, or null. WebP has no checksum, and
 * libwebp decodes zeros without a word.
 */
export function webpHole(data: Buffer, width: number, height: number): string | null {
  // A flat picture does become zeros: a byte for 40 blocks of 16 × 16 was measured; this allows more than twice that.
  const allowed = 64 + (width * height) / 4096;
  return hasHole(data, 0, data.length, allowed) ? 'has a hole of zeros in it' : null;
}
