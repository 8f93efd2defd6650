import { crc32 } from 'node:zlib';
import { breather } from './breathe.ts';

const HEAD = 8;
/** Length, type and checksum of a chunk. */
const FRAME = 12;

/**
 * What is wrong with a PNG's chunks, or null: each lies inside the file with the right checksum,
 * IHDR is the first, and the file ends with IEND. Source: PNG specification, section 5.
 */
export async function pngFault(data: Buffer): Promise<string | null> {
  const breathe = breather();
  let at = HEAD;
  for (let first = true; at < data.length; first = false) {
    if (at + FRAME > data.length) return 'is cut short';
    const length = data.readUInt32BE(at);
    const end = at + FRAME + length;
    const type = data.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type)) return 'has a hole in it';
    if (first && type !== 'IHDR') return 'has a broken header';
    if (end > data.length) return 'is cut short';
    const sum = crc32(data.subarray(at + 4, end - 4));
    if (sum !== data.readUInt32BE(end - 4)) return 'has broken data in it (wrong checksum)';
    if (type === 'IEND') return end === data.length ? null : 'has something after its end';
    await breathe(length);
    at = end;
  }
  return 'is cut short';
}
