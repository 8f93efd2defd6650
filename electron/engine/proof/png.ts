import { crc32 } from 'node:zlib';
import { breather, inflatesTo } from './bytes.ts';
import { decoded, type Picture } from './decode.ts';

const HEAD = 8;
/** Length, type and checksum of a chunk. */
const FRAME = 12;

/**
 * Looks into a PNG: each chunk lies inside the file with the right checksum, and the packed pixels unpack to exactly as
 * many rows as the picture has, each with a filter that there is: the rest of decoding can't fail. A quarter of what a
 * decoder takes that makes pixels of it. Source: PNG specification (third edition), sections 5, 7, 9 and 11.2.
 */
export async function provePng(data: Buffer): Promise<Picture> {
  const parts = await partsOf(data);
  if (typeof parts === 'string') return { fault: parts };
  const { header, packed } = parts;
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const [depth = 0, colour = 0, compression, filter, interlace] = header.subarray(8);
  const pixel = PIXELS[colour];
  const isKnown = pixel?.depths.includes(depth) && compression === 0 && filter === 0;
  if (!pixel || !isKnown || width === 0 || height === 0) return { fault: 'has a broken header' };
  // Blender writes neither: what they ask for besides is the decoder's to know.
  if (interlace !== 0 || colour === PALETTE) return decoded(data);
  const row = 1 + Math.ceil((width * pixel.channels * depth) / 8);
  const isWhole = await inflatesTo(packed, row * height, (piece, at) => {
    for (let next = (row - (at % row)) % row; next < piece.length; next += row) {
      if ((piece[next] as number) > LAST_FILTER) return false;
    }
    return true;
  });
  return isWhole ? { width, height } : { fault: 'does not decode to its end' };
}

const PALETTE = 3;
/** By colour type: how many values a pixel has, and of how many bits each may be. */
const PIXELS: Readonly<Record<number, { readonly channels: number; readonly depths: number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  [PALETTE]: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};
/** Paeth. */
const LAST_FILTER = 4;

/** Chunks that no decoder may pass over; those with a small first letter say nothing of the pixels. */
const CRITICAL = ['PLTE', 'IDAT', 'IEND'];

interface Parts {
  /** What stands in IHDR. */
  readonly header: Buffer;
  /** Of all IDATs together. */
  readonly packed: Buffer;
}

/** The parts of a PNG that its pixels are made of, or what is wrong with its chunks. */
async function partsOf(data: Buffer): Promise<Parts | string> {
  const breathe = breather();
  const packed: Buffer[] = [];
  let header: Buffer | null = null;
  let before = '';
  for (let at = HEAD; at < data.length; ) {
    if (at + FRAME > data.length) return 'is cut short';
    const length = data.readUInt32BE(at);
    const end = at + FRAME + length;
    const type = data.toString('latin1', at + 4, at + 8);
    if (!/^[A-Za-z]{4}$/.test(type)) return 'has a hole in it';
    if (header === null && (type !== 'IHDR' || length !== 13)) return 'has a broken header';
    if (end > data.length) return 'is cut short';
    const body = data.subarray(at + 8, end - 4);
    if (crc32(data.subarray(at + 4, end - 4)) !== data.readUInt32BE(end - 4)) {
      return 'has broken data in it (wrong checksum)';
    }
    if (header === null) header = body;
    else if (type === 'IEND') {
      return end === data.length
        ? { header, packed: Buffer.concat(packed) }
        : 'has something after its end';
    } else if (isCritical(type) && !CRITICAL.includes(type)) return 'has broken data in it';
    if (type === 'IDAT') {
      if (packed.length > 0 && before !== 'IDAT') return 'has broken data in it';
      packed.push(body);
    }
    before = type;
    await breathe(length);
    at = end;
  }
  return 'is cut short';
}

function isCritical(type: string): boolean {
  return type.charCodeAt(0) < 97;
}
