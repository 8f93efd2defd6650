import { hasHole } from './zero-hole.ts';

/**
 * What is wrong with a JPEG, or null: it ends in EOI, and no page of it is zeros. JPEG has no
 * checksum, and libjpeg decodes zeros without a word. Source: ITU T.81, annex B.
 */
export function jpegFault(data: Buffer): string | null {
  if (data.length < 4 || data.readUInt16BE(data.length - 2) !== 0xffd9) return 'is cut short';
  return hasHole(data, 0, data.length) ? 'has a hole of zeros in it' : null;
}
