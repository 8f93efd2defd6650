import { breather, hasHole, inflatesTo } from './bytes.ts';

const NONE = 1;
const LZW = 5;
const DEFLATE = [8, 32946];

/**
 * What is wrong with a TIFF, or null: the directory and every strip or tile lie inside the file, and
 * the file ends where the last of them ends. Deflate is expanded here, since libtiff stops before
 * its checksum. Uncompressed pixels have nothing to check but their length.
 * Source: TIFF 6.0, sections 2 and 15.
 */
export async function tiffFault(data: Buffer): Promise<string | null> {
  try {
    await checkBlocks(data, readTiffDirectory(data));
    return null;
  } catch (error) {
    if (error instanceof TiffFault) return error.message;
    throw error;
  }
}

async function checkBlocks(data: Buffer, directory: TiffDirectory): Promise<void> {
  const { offsets, counts, compression } = directory;
  if (offsets.length === 0 || offsets.length !== counts.length) {
    throw new TiffFault('has a broken directory');
  }
  const breathe = breather();
  let last = directory.end;
  for (const [index, start] of offsets.entries()) {
    const end = start + (counts[index] as number);
    if (start === 0 || end === start) {
      throw new TiffFault('is not finished: parts of the picture were never written');
    }
    if (end > data.length) throw new TiffFault('is cut short');
    await checkPixels(data, start, end, blockLength(directory, index), compression);
    last = Math.max(last, end);
    await breathe(end - start);
  }
  // Directories stand at even places: one byte may be left over.
  if (data.length - last > 1) throw new TiffFault('has something after its end');
}

async function checkPixels(
  data: Buffer,
  start: number,
  end: number,
  length: number,
  compression: number,
): Promise<void> {
  const broken = new TiffFault('has broken picture data in it');
  if (compression === NONE && end - start !== length) throw broken;
  if (DEFLATE.includes(compression) && !(await inflatesTo(data.subarray(start, end), length))) {
    throw broken;
  }
  if (compression === LZW && hasHole(data, start, end)) {
    throw new TiffFault('has a hole of zeros in it');
  }
}

/** Bytes of a strip or tile once it is expanded. */
function blockLength(directory: TiffDirectory, index: number): number {
  const { width, height, tile, rowsPerStrip, bitsPerSample, samples, planar } = directory;
  const bits = bitsPerSample * (planar ? 1 : samples);
  if (tile) return tile.height * Math.ceil((tile.width * bits) / 8);
  const strips = Math.ceil(height / rowsPerStrip);
  const rows = Math.min(rowsPerStrip, height - (index % strips) * rowsPerStrip);
  return rows * Math.ceil((width * bits) / 8);
}

/** What the first directory of a TIFF says of where its pixels lie. */
interface TiffDirectory {
  readonly width: number;
  readonly height: number;
  readonly compression: number;
  readonly bitsPerSample: number;
  readonly samples: number;
  /** Each sample's plane by itself. */
  readonly planar: boolean;
  readonly rowsPerStrip: number;
  /** `null`: strips. */
  readonly tile: { readonly width: number; readonly height: number } | null;
  /** Of the strips or tiles, bytes. */
  readonly offsets: readonly number[];
  readonly counts: readonly number[];
  /** Where the directory and its values end in the file. */
  readonly end: number;
}

/** A file that breaks the format, in words that go on "The file …". */
class TiffFault extends Error {}

/** Reads whole numbers in the file's own byte order. */
interface Reader {
  readonly big: boolean;
  /** A number of 1, 2, 4 or 8 bytes. */
  at(offset: number, bytes: number): number;
}

/** Bytes of a value, by its type; types that hold no whole number are not needed. */
const TYPE_BYTES: readonly (number | undefined)[] = [
  undefined,
  1,
  1,
  2,
  4,
  8,
  1,
  1,
  2,
  4,
  8,
  4,
  8,
  4,
  undefined,
  undefined,
  8,
  8,
  8,
];

/** Reads the first directory of a TIFF or BigTIFF. Throws `TiffFault`. */
function readTiffDirectory(data: Buffer): TiffDirectory {
  const read = readerOf(data);
  const word = read.big ? 8 : 4;
  const start = read.at(word, word);
  if (start === 0) throw new TiffFault('is not finished: it has no directory');
  const counter = read.big ? 8 : 2;
  const size = read.big ? 20 : 12;
  const count = read.at(start, counter);
  if (count === 0) throw new TiffFault('has a broken directory');
  let end = start + counter + count * size + word;
  if (end > data.length) throw new TiffFault('is cut short');
  const tags = new Map<number, number[]>();
  for (let index = 0; index < count; index += 1) {
    const entry = readEntry(read, start + counter + index * size, word);
    tags.set(entry.tag, entry.values);
    end = Math.max(end, entry.end);
  }
  if (end > data.length) throw new TiffFault('is cut short');
  return { ...fieldsOf(tags), end };
}

function fieldsOf(tags: ReadonlyMap<number, readonly number[]>): Omit<TiffDirectory, 'end'> {
  const one = (tag: number, fallback?: number) => {
    const value = tags.get(tag)?.[0] ?? fallback;
    if (value === undefined || value === 0) throw new TiffFault('has a broken directory');
    return value;
  };
  const height = one(257);
  const tiled = tags.has(324);
  return {
    width: one(256),
    height,
    compression: one(259, 1),
    bitsPerSample: one(258, 1),
    samples: one(277, 1),
    planar: one(284, 1) === 2,
    rowsPerStrip: Math.min(one(278, height), height),
    tile: tiled ? { width: one(322), height: one(323) } : null,
    offsets: tags.get(tiled ? 324 : 273) ?? [],
    counts: tags.get(tiled ? 325 : 279) ?? [],
  };
}

function readEntry(read: Reader, at: number, word: number) {
  const tag = read.at(at, 2);
  const bytes = TYPE_BYTES[read.at(at + 2, 2)];
  const count = read.at(at + 4, word);
  if (bytes === undefined) return { tag, values: [], end: 0 };
  const inside = bytes * count <= word;
  const from = inside ? at + 4 + word : read.at(at + 4 + word, word);
  const values: number[] = [];
  // Text and fractions are passed over; only their place counts.
  const wanted = WANTED.has(tag) ? count : 0;
  for (let index = 0; index < wanted; index += 1) {
    values.push(read.at(from + index * bytes, bytes));
  }
  return { tag, values, end: inside ? 0 : from + bytes * count };
}

const WANTED = new Set([256, 257, 258, 259, 273, 277, 278, 279, 284, 322, 323, 324, 325]);

function readerOf(data: Buffer): Reader {
  const little = data[0] === 0x49;
  return {
    big: (little ? data[2] : data[3]) === 0x2b,
    at(offset, bytes) {
      if (offset + bytes > data.length) throw new TiffFault('is cut short');
      if (bytes === 8) {
        return Number(little ? data.readBigUInt64LE(offset) : data.readBigUInt64BE(offset));
      }
      return little ? data.readUIntLE(offset, bytes) : data.readUIntBE(offset, bytes);
    },
  };
}
