/** A box of pixels, both corners inside it. */
export interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export interface ExrChannel {
  readonly name: string;
  /** 0 whole numbers of 32 bits, 1 half, 2 float. */
  readonly type: number;
  readonly xSampling: number;
  readonly ySampling: number;
}

export interface ExrTiles {
  readonly width: number;
  readonly height: number;
  /** 0 one level, 1 mipmap, 2 ripmap. */
  readonly mode: number;
  readonly roundUp: boolean;
}

/** The header of one part, as far as it decides where its pixels lie. */
export interface ExrPart {
  /** Only parts of many have one. */
  readonly name: string;
  readonly channels: readonly ExrChannel[];
  readonly compression: number;
  readonly data: Box;
  readonly display: Box;
  /** `null`: scan lines. */
  readonly tiles: ExrTiles | null;
  readonly chunkCount: number | null;
}

export interface ExrHeader {
  readonly multipart: boolean;
  readonly parts: readonly ExrPart[];
  /** Where the offset tables begin. */
  readonly end: number;
}

type Attributes = ReadonlyMap<string, Buffer>;

const TILED = 0x200;
const DEEP = 0x800;
const MULTIPART = 0x1000;

/** A file that breaks the format, in words that go on "The file …". */
export class ExrFault extends Error {}

/**
 * Reads the headers of an OpenEXR file. Throws `ExrFault`.
 * Source: "OpenEXR File Layout", openexr.com.
 */
export function readExrHeader(data: Buffer): ExrHeader {
  if (data.length < 8) throw new ExrFault('is cut short');
  const version = data.readUInt32LE(4);
  if ((version & 0xff) !== 2) throw new ExrFault('is of an unknown version of OpenEXR');
  const multipart = (version & MULTIPART) !== 0;
  const parts: ExrPart[] = [];
  let at = 8;
  do {
    const attributes = new Map<string, Buffer>();
    at = readAttributes(data, at, attributes);
    parts.push(partOf(attributes, version));
    // The list of headers ends with an empty one.
  } while (multipart && byteAt(data, at) !== 0);
  return { multipart, parts, end: multipart ? at + 1 : at };
}

/** Returns where the header ends. */
function readAttributes(data: Buffer, start: number, into: Map<string, Buffer>): number {
  let at = start;
  while (byteAt(data, at) !== 0) {
    const nameEnd = textEnd(data, at);
    const typeEnd = textEnd(data, nameEnd + 1);
    const from = typeEnd + 5;
    if (from > data.length) throw new ExrFault('is cut short');
    const size = data.readInt32LE(typeEnd + 1);
    if (size < 0) throw new ExrFault('has a broken header');
    if (from + size > data.length) throw new ExrFault('is cut short');
    into.set(data.toString('latin1', at, nameEnd), data.subarray(from, from + size));
    at = from + size;
  }
  return at + 1;
}

function partOf(attributes: Attributes, version: number): ExrPart {
  const type = attributes.get('type')?.toString('latin1') ?? '';
  if (type.startsWith('deep') || (version & DEEP) !== 0) {
    throw new ExrFault("is a deep OpenEXR, which Nightshift can't check");
  }
  // A single part says by a flag that it is tiled, a part of many by its type.
  const tiled = (version & MULTIPART) !== 0 ? type === 'tiledimage' : (version & TILED) !== 0;
  return {
    name: attributes.get('name')?.toString('utf8') ?? '',
    channels: channelsOf(needed(attributes, 'channels', 1)),
    compression: needed(attributes, 'compression', 1).readUInt8(0),
    data: boxOf(needed(attributes, 'dataWindow', 16)),
    display: boxOf(needed(attributes, 'displayWindow', 16)),
    tiles: tiled ? tilesOf(needed(attributes, 'tiles', 9)) : null,
    chunkCount: attributes.has('chunkCount')
      ? needed(attributes, 'chunkCount', 4).readInt32LE(0)
      : null,
  };
}

function channelsOf(data: Buffer): ExrChannel[] {
  const channels: ExrChannel[] = [];
  let at = 0;
  while (byteAt(data, at) !== 0) {
    const end = textEnd(data, at);
    if (end + 17 > data.length) throw new ExrFault('has a broken header');
    const channel = {
      name: data.toString('utf8', at, end),
      type: data.readInt32LE(end + 1),
      xSampling: data.readInt32LE(end + 9),
      ySampling: data.readInt32LE(end + 13),
    };
    const known = channel.type >= 0 && channel.type <= 2;
    if (!known || channel.xSampling < 1 || channel.ySampling < 1) {
      throw new ExrFault('has a broken header');
    }
    channels.push(channel);
    at = end + 17;
  }
  if (channels.length === 0) throw new ExrFault('holds no picture');
  return channels;
}

function boxOf(data: Buffer): Box {
  const box = {
    minX: data.readInt32LE(0),
    minY: data.readInt32LE(4),
    maxX: data.readInt32LE(8),
    maxY: data.readInt32LE(12),
  };
  if (box.maxX < box.minX || box.maxY < box.minY) throw new ExrFault('has a broken header');
  return box;
}

function tilesOf(data: Buffer): ExrTiles {
  const mode = data.readUInt8(8);
  const tiles = {
    width: data.readUInt32LE(0),
    height: data.readUInt32LE(4),
    mode: mode & 0xf,
    roundUp: mode >> 4 === 1,
  };
  if (tiles.width === 0 || tiles.height === 0 || tiles.mode > 2) {
    throw new ExrFault('has a broken header');
  }
  return tiles;
}

function needed(attributes: Attributes, name: string, size: number): Buffer {
  const found = attributes.get(name);
  if (!found || found.length < size) throw new ExrFault('has a broken header');
  return found;
}

function byteAt(data: Buffer, at: number): number {
  const byte = data[at];
  if (byte === undefined) throw new ExrFault('is cut short');
  return byte;
}

function textEnd(data: Buffer, at: number): number {
  const end = data.indexOf(0, at);
  if (end < 0) throw new ExrFault('is cut short');
  // The longest name that the format allows.
  if (end - at > 255) throw new ExrFault('has a broken header');
  return end;
}

/** One block of pixels as the offset table counts them. */
export interface ExrChunk {
  /** What the chunk itself has to say of its place: `y`, or tile x, y and level x, y. */
  readonly place: readonly number[];
  /** The pixels that it holds. */
  readonly box: Box;
}

/** Scan lines in one chunk, by compression. Source: OpenEXR's ImfCompression. */
const LINES: readonly (number | undefined)[] = [1, 1, 1, 16, 32, 16, 32, 32, 32, 256, 256, 32];

/** Every chunk of a part, in the order of its offset table. Throws `ExrFault`. */
export function* chunksOf(part: ExrPart): Generator<ExrChunk> {
  if (part.tiles) yield* tileChunks(part.data, part.tiles);
  else yield* lineChunks(part.data, linesOf(part.compression));
}

/** How many there are, without making them: a broken header may ask for billions. */
export function chunkCountOf(part: ExrPart): number {
  const { data, tiles } = part;
  if (!tiles) return Math.ceil((data.maxY - data.minY + 1) / linesOf(part.compression));
  let count = 0;
  for (const [width, height] of levelsOf(data, tiles).map((level) => level.size)) {
    count += Math.ceil(width / tiles.width) * Math.ceil(height / tiles.height);
  }
  return count;
}

function linesOf(compression: number): number {
  const lines = LINES[compression];
  if (lines === undefined) throw new ExrFault('uses a compression that Nightshift does not know');
  return lines;
}

function* lineChunks(data: Box, lines: number): Generator<ExrChunk> {
  for (let minY = data.minY; minY <= data.maxY; minY += lines) {
    const maxY = Math.min(minY + lines - 1, data.maxY);
    yield { place: [minY], box: { ...data, minY, maxY } };
  }
}

function* tileChunks(data: Box, tiles: ExrTiles): Generator<ExrChunk> {
  for (const { level, size } of levelsOf(data, tiles)) {
    const [width, height] = size;
    for (let ty = 0; ty * tiles.height < height; ty += 1) {
      for (let tx = 0; tx * tiles.width < width; tx += 1) {
        const minX = data.minX + tx * tiles.width;
        const minY = data.minY + ty * tiles.height;
        const maxX = Math.min(minX + tiles.width, data.minX + width) - 1;
        const maxY = Math.min(minY + tiles.height, data.minY + height) - 1;
        yield { place: [tx, ty, ...level], box: { minX, minY, maxX, maxY } };
      }
    }
  }
}

interface Level {
  readonly level: readonly [number, number];
  readonly size: readonly [number, number];
}

/** One level; or a mipmap's, both halved together; or a ripmap's, every pair of halvings. */
function levelsOf(data: Box, tiles: ExrTiles): Level[] {
  const width = data.maxX - data.minX + 1;
  const height = data.maxY - data.minY + 1;
  if (tiles.mode === 0) return [{ level: [0, 0], size: [width, height] }];
  const halved = (full: number, level: number) =>
    Math.max(1, tiles.roundUp ? Math.ceil(full / 2 ** level) : Math.floor(full / 2 ** level));
  const count = (full: number) =>
    1 + (tiles.roundUp ? Math.ceil(Math.log2(full)) : Math.floor(Math.log2(full)));
  const at = (x: number, y: number): Level => ({
    level: [x, y],
    size: [halved(width, x), halved(height, y)],
  });
  const steps = (length: number) => Array.from({ length }, (_, index) => index);
  if (tiles.mode === 1) return steps(count(Math.max(width, height))).map((l) => at(l, l));
  return steps(count(height)).flatMap((y) => steps(count(width)).map((x) => at(x, y)));
}

/** Numbers of the OpenEXR format. Source: "OpenEXR File Layout", openexr.com. */
export const COMPRESSION = {
  none: 0,
  rle: 1,
  zips: 2,
  zip: 3,
  piz: 4,
  pxr24: 5,
  dwaa: 8,
  dwab: 9,
} as const;

/** What the samples of a channel are. */
export const SAMPLE = { whole: 0, half: 1, float: 2 } as const;

/** Bytes of one sample of a channel once it is expanded. */
export function sampleBytes({ type }: { readonly type: number }): number {
  return type === SAMPLE.half ? 2 : 4;
}
