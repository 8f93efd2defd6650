import { inflatesTo } from './inflated.ts';
import { hasHole } from './zero-hole.ts';

/**
 * True if a PIZ chunk's lengths add up: a bitmap of the values used, then Huffman data that says its
 * own length, twice. Source: OpenEXR's ImfPizCompressor and ImfHuf.
 */
export function pizAddsUp(data: Buffer): boolean {
  if (data.length < 4) return false;
  const least = data.readUInt16LE(0);
  const most = data.readUInt16LE(2);
  // A picture of nothing but zeros has no bitmap.
  const coded = 4 + (least <= most ? most - least + 1 : 0);
  if (most >= 8192 || coded + 4 > data.length) return false;
  const length = data.readInt32LE(coded);
  if (length !== data.length - coded - 4) return false;
  if (length < 20) return length === 0;
  const table = data.readUInt32LE(coded + 12);
  const bits = data.readUInt32LE(coded + 16);
  return 20 + Math.ceil(bits / 8) <= length && table <= length;
}

/**
 * True if a DWA chunk's sections fill it and those in zlib expand to the lengths that it says. The
 * AC section is most often Huffman coded: of that only that it has no hole.
 * Source: OpenEXR's ImfDwaCompressor.
 */
export async function dwaAddsUp(file: Buffer, start: number, end: number): Promise<boolean> {
  const data = file.subarray(start, end);
  if (data.length < HEAD) return false;
  const number = (index: number) => Number(data.readBigUInt64LE(8 * index));
  const version = number(0);
  // From version 2 on, rules for channels follow the lengths; they begin with their own size.
  const rules = version >= 2 && data.length >= HEAD + 2 ? data.readUInt16LE(HEAD) : 0;
  let at = HEAD + rules;
  const deflatedAc = number(10) === 1;
  const sections = [
    { packed: number(2), expanded: number(1) },
    { packed: number(3), expanded: deflatedAc ? 2 * number(8) : null },
    { packed: number(4), expanded: 2 * number(9) },
    { packed: number(5), expanded: number(6) },
  ];
  if (at + sections.reduce((sum, { packed }) => sum + packed, 0) !== data.length) return false;
  for (const { packed, expanded } of sections) {
    const to = at + packed;
    if (packed > 0) {
      const good =
        expanded === null
          ? !hasHole(file, start + at, start + to)
          : expanded < LARGEST && (await inflatesTo(data.subarray(at, to), expanded));
      if (!good) return false;
    }
    at = to;
  }
  return true;
}

/** Eleven numbers of eight bytes. */
const HEAD = 88;
/** No chunk expands to more: a broken length must not ask for all the memory. */
const LARGEST = 2 ** 30;
