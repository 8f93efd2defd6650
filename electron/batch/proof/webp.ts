import { hasZeroPage } from './zero-page.ts';

/**
 * What is wrong with a WebP, or null: its RIFF size is the file's, its chunks fill it exactly and
 * no page of it is zeros. Source: WebP container specification.
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
  return hasZeroPage(data) ? 'has a hole of zeros in it' : null;
}
