/** What the first directory of a TIFF says of where its pixels lie. */
export interface TiffDirectory {
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
export class TiffFault extends Error {}

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
export function readTiffDirectory(data: Buffer): TiffDirectory {
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
