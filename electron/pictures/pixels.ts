import { stat } from 'node:fs/promises';
import { FORMATS, formatOfFile } from '../../shared/formats.ts';
import type { PictureLayer, PixelAnswer, PixelKind, Region } from '../../shared/picture.ts';
import { type Box, decoder, ExrFault, SAMPLE } from '../engine/proof/index.ts';
import { type ExrBlock, ExrFile, LayerFault, sampleOf, sizeOf } from './exr-file.ts';
import { exrLayers, type NamedLayer, pictureLayer } from './exr-layers.ts';
import { firstBytes } from './make-picture.ts';
import { PixelGrid } from './pixel-grid.ts';

/** What is asked of the pixels of a file. */
export interface PixelsAsked {
  /** Id of a layer; empty: the picture. */
  readonly layer: string;
  /** `null`: all of it. */
  readonly region: Region | null;
  /** At most. */
  readonly columns: number;
  readonly rows: number;
}

/** A picture that is expanded, or blocks of one. */
type Kept = Expanded | Map<number, ExrBlock['pixels']>;

interface Expanded {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array | Uint16Array;
}

/** Memory that expanded pictures may take; the last one stays, however large it is. */
const MOST_KEPT = 384 * 2 ** 20;

/** Values of picture files. What it expanded last it keeps, so that the next part of a picture is there at once. */
export class PixelReader {
  /** By file, time and layer; the longest unused first. */
  readonly #kept = new Map<string, Kept>();

  /**
   * Never rejects: what can't be read is said.
   * @param bytes a file of another length is not the frame that is known
   */
  async read(file: string, bytes: number, asked: PixelsAsked): Promise<PixelAnswer> {
    try {
      const { mtimeMs, size } = await stat(file);
      if (size !== bytes)
        return fault('The file is not the one that was rendered: it was changed.');
      const format = formatOfFile(await firstBytes(file));
      if (!format) return fault('This file is no picture that Nightshift can read.');
      const name = `${file} ${mtimeMs} ${size}`;
      const answer =
        FORMATS[format].thumbnail === 'exr'
          ? await this.#exr(file, name, asked)
          : await this.#decoded(file, name, asked);
      this.#forgetOld();
      return answer;
    } catch (error) {
      return fault(wordsOf(error));
    }
  }

  async #decoded(file: string, name: string, asked: PixelsAsked): Promise<PixelAnswer> {
    const kept = this.#touch(name) ?? (await expanded(file));
    const picture = kept as Expanded;
    this.#kept.set(name, picture);
    const kind = picture.pixels instanceof Uint16Array ? 'u16' : 'u8';
    const frame = { ...picture, x: 0, y: 0 };
    const grid = gridFor(frame, kind, asked);
    if (!grid) return fault('There is nothing of the picture there.');
    const values = new PixelGrid(grid);
    values.add({ ...frame, lowestFirst: false });
    const channels = ['R', 'G', 'B', 'A'].slice(0, picture.channels < 3 ? 1 : picture.channels);
    const layer = { id: '', name: 'Picture', channels, colour: true };
    return answerOf(frame, grid, values, [layer], layer);
  }

  async #exr(file: string, name: string, asked: PixelsAsked): Promise<PixelAnswer> {
    const exr = await ExrFile.open(file);
    try {
      const layers = exrLayers(exr.header);
      const wished = layers.find(({ id }) => id === asked.layer);
      const layer = wished ?? pictureLayer(exr.header) ?? layers[0];
      const part = layer && exr.header.parts[layer.part];
      if (!layer || !part) return fault('There is no layer in this file that can be shown.');
      const canvas = part.display;
      const kind = sampleOf(part, layer) === SAMPLE.half ? 'f16' : 'f32';
      const grid = gridFor(sizeOf(canvas), kind, asked);
      const told = layers.map(toldOf);
      if (!grid) return fault('There is nothing of the picture there.', told);
      const values = new PixelGrid(grid);
      const key = `${name} ${layer.id}`;
      const known = (this.#touch(key) as Map<number, ExrBlock['pixels']> | undefined) ?? new Map();
      this.#kept.set(key, known);
      const wanted = boxOf(grid.region, canvas);
      try {
        for await (const { box, pixels } of exr.blocks(layer, wanted, known)) {
          values.add({
            x: box.minX - canvas.minX,
            y: box.minY - canvas.minY,
            ...sizeOf(box),
            pixels,
            channels: 4,
            lowestFirst: true,
          });
          this.#forgetBlocks(known);
        }
      } catch (error) {
        if (!(error instanceof LayerFault)) throw error;
        return fault(`${layer.name} ${error.message}: this file packs them together.`, told);
      }
      return answerOf(sizeOf(canvas), grid, values, told, layer);
    } finally {
      await exr.close();
    }
  }

  #touch(name: string): Kept | undefined {
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    return kept;
  }

  #forgetOld(): void {
    let bytes = 0;
    for (const kept of this.#kept.values()) bytes += bytesOf(kept);
    for (const [name, kept] of this.#kept) {
      if (bytes <= MOST_KEPT || this.#kept.size === 1) return;
      this.#kept.delete(name);
      bytes -= bytesOf(kept);
    }
  }

  /** Of one layer that is larger than all that may be kept, the blocks that came first go. */
  #forgetBlocks(known: Map<number, ExrBlock['pixels']>): void {
    let bytes = bytesOf(known);
    for (const [index, pixels] of known) {
      if (bytes <= MOST_KEPT) return;
      known.delete(index);
      bytes -= pixels.byteLength;
    }
  }
}

/** As its file has them, in its depth; nothing is matched to a screen. */
async function expanded(file: string): Promise<Expanded> {
  const sharp = await decoder();
  const options = { limitInputPixels: false, unlimited: true, sequentialRead: true } as const;
  const picture = sharp(file, { ...options, ignoreIcc: true });
  const { depth, channels: bands } = await picture.metadata();
  const deep = depth === 'ushort';
  const grey = bands !== undefined && bands < 3;
  const space = deep ? (grey ? 'grey16' : 'rgb16') : grey ? 'b-w' : 'srgb';
  const { data, info } = await picture
    .toColourspace(space)
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels = deep
    ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { width, height, channels, pixels };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What of the picture is asked for, and in how many columns and rows it comes; `null`: nothing of it is there. */
function gridFor({ width, height }: Size, kind: PixelKind, asked: PixelsAsked) {
  const { x: left, y: top, ...wished } = asked.region ?? { x: 0, y: 0, width, height };
  const x = Math.max(0, left);
  const y = Math.max(0, top);
  const region = {
    x,
    y,
    width: Math.min(width, left + wished.width) - x,
    height: Math.min(height, top + wished.height) - y,
  };
  if (region.width <= 0 || region.height <= 0) return null;
  const scale = Math.min(1, asked.columns / region.width, asked.rows / region.height);
  const columns = Math.max(1, Math.round(region.width * scale));
  const rows = Math.max(1, Math.round(region.height * scale));
  return { region, columns, rows, kind };
}

function boxOf({ x, y, width, height }: Region, canvas: Box): Box {
  const minX = canvas.minX + x;
  const minY = canvas.minY + y;
  return { minX, minY, maxX: minX + width - 1, maxY: minY + height - 1 };
}

function answerOf(
  { width, height }: Size,
  { region, columns, rows, kind }: NonNullable<ReturnType<typeof gridFor>>,
  grid: PixelGrid,
  layers: readonly PictureLayer[],
  { id }: PictureLayer,
): PixelAnswer {
  const head = { width, height, kind, region, columns, rows, layers, layer: id };
  return { head, values: grid.values() };
}

function toldOf({ id, name, channels, colour }: NamedLayer): PictureLayer {
  return { id, name, channels, colour };
}

function fault(words: string, layers: readonly PictureLayer[] = []): PixelAnswer {
  return { fault: words, layers };
}

function bytesOf(kept: Kept): number {
  if (!(kept instanceof Map)) return kept.pixels.byteLength;
  let bytes = 0;
  for (const pixels of kept.values()) bytes += pixels.byteLength;
  return bytes;
}

function wordsOf(error: unknown): string {
  if (error instanceof ExrFault) return `The file ${error.message}.`;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'The file is not there any more.';
  return `The file can’t be read (${message.split('\n')[0]}).`;
}
