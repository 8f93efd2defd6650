import { type Box, ExrFault, type ExrPart, type ExrTiles } from './exr-header.ts';

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
