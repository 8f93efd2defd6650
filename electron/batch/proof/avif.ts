import { hasHole } from './zero-hole.ts';

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
