import { hasHole } from './bytes.ts';

/**
 * What is wrong with a JPEG, or null: it ends in EOI, and no page of it is zeros. JPEG has no
 * checksum, and libjpeg decodes zeros without a word. Source: ITU T.81, annex B.
 */
export function jpegFault(data: Buffer): string | null {
  if (data.length < 4 || data.readUInt16BE(data.length - 2) !== 0xffd9) return 'is cut short';
  return hasHole(data, 0, data.length) ? 'has a hole of zeros in it' : null;
}

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

/**
 * What is wrong with an AVIF, or null: its boxes fill the file exactly, and there are both a head and a picture.
 * Source: ISO/IEC 14496-12 (boxes), AV1 Image File Format.
 */
export function avifFault(data: Buffer): string | null {
  const seen = new Set<string>();
  let at = 0;
  while (at + 8 <= data.length) {
    const short = data.readUInt32BE(at);
    if (short === 1 && at + 16 > data.length) return 'is cut short';
    const size = short === 1 ? Number(data.readBigUInt64BE(at + 8)) : short;
    seen.add(data.toString('latin1', at + 4, at + 8));
    // Zero means up to the end: such a file can't be told from one that is cut.
    if (size < 8) return 'has broken data in it';
    if (at + size > data.length) return 'is cut short';
    at += size;
  }
  if (at !== data.length) return 'has something after its end';
  if (!seen.has('meta') || !seen.has('mdat')) return 'is cut short';
  return hasHole(data, 0, data.length, 4096) ? 'has a hole of zeros in it' : null;
}
