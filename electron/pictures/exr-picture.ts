import { type FileHandle, open } from 'node:fs/promises';
import { FloatType, HalfFloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import {
  type Box,
  chunkCountOf,
  chunksOf,
  type ExrChannel,
  ExrFault,
  type ExrHeader,
  type ExrPart,
  readExrHeader,
} from '../engine/proof/index.ts';
import type { LinearPicture } from './agx.ts';
import { chunkFile } from './exr-chunk-file.ts';
import { Shrinker } from './shrinker.ts';

/** Bytes that most headers fit in; one with a cryptomatte's names may need more. */
const FIRST_READ = 2 ** 18;
/** So long other wishes may wait. */
const TURN_MS = 20;

/**
 * The picture of an OpenEXR file, made smaller while it is read: one block at a time is in memory.
 * `null` where it holds no picture that can be read.
 * @param width, height pixels that it has to fill; it may come larger, never smaller unless it is
 */
export async function exrPicture(
  file: string,
  width: number,
  height: number,
): Promise<LinearPicture | null> {
  const handle = await open(file);
  try {
    const { header, data } = await headerOf(handle);
    const layer = pictureLayer(header);
    const part = layer && header.parts[layer.part];
    if (!layer || !part) return null;
    const canvas = part.display;
    const shrinker = new Shrinker(sizeOf(canvas), { width, height });
    const loader = new EXRLoader();
    const type = part.channels[Object.values(layer.places)[0] ?? 0]?.type;
    loader.setDataType(type === 1 ? HalfFloatType : FloatType);
    const offsets = offsetsOf(header, data, layer.part);
    let turn = performance.now();
    let index = -1;
    for (const chunk of chunksOf(part)) {
      index += 1;
      // Of a mipmap only the full size.
      if (chunk.place.length === 4 && (chunk.place[2] !== 0 || chunk.place[3] !== 0)) continue;
      const packed = await readChunk(
        handle,
        offsets[index] ?? 0,
        header.multipart,
        chunk.place.length,
      );
      const { channels, compression } = part;
      const size = sizeOf(chunk.box);
      const alone = chunkFile({
        ...size,
        channels,
        compression,
        places: layer.places,
        data: packed,
      });
      if (!alone) return null;
      shrinker.add(loader.parse(alone).data as Uint16Array | Float32Array, {
        x: chunk.box.minX - canvas.minX,
        y: chunk.box.minY - canvas.minY,
        ...size,
      });
      if (performance.now() - turn > TURN_MS) {
        await new Promise(setImmediate);
        turn = performance.now();
      }
    }
    return shrinker.picture();
  } finally {
    await handle.close();
  }
}

function sizeOf(box: Box): { width: number; height: number } {
  return { width: box.maxX - box.minX + 1, height: box.maxY - box.minY + 1 };
}

/** Header and offset tables, however long they are. */
async function headerOf(handle: FileHandle): Promise<{ header: ExrHeader; data: Buffer }> {
  const { size } = await handle.stat();
  for (let length = FIRST_READ; ; length *= 8) {
    const data = await readAt(handle, 0, Math.min(length, size));
    try {
      const header = readExrHeader(data);
      const table = header.parts.reduce((sum, part) => sum + 8 * chunkCountOf(part), header.end);
      if (table <= data.length) return { header, data };
      if (table > size) throw new ExrFault('is cut short');
    } catch (error) {
      if (length >= size) throw error;
    }
  }
}

/** Where the chunks of one part lie in the file. */
function offsetsOf({ parts, end }: ExrHeader, data: Buffer, wanted: number): number[] {
  const counts = parts.map((part: ExrPart) => chunkCountOf(part));
  const before = counts.slice(0, wanted).reduce((sum, count) => sum + count, 0);
  return Array.from({ length: counts[wanted] ?? 0 }, (_, index) =>
    Number(data.readBigUInt64LE(end + 8 * (before + index))),
  );
}

/** The packed pixels of a chunk: behind its part's number, its place and its size. */
async function readChunk(
  handle: FileHandle,
  offset: number,
  multipart: boolean,
  places: number,
): Promise<Buffer> {
  const length = 4 * (places + (multipart ? 2 : 1));
  const head = await readAt(handle, offset, length);
  const size = head.readInt32LE(length - 4);
  if (size < 0 || size > LARGEST_CHUNK) throw new ExrFault('has broken picture data in it');
  return readAt(handle, offset + length, size);
}

/** A broken length must not ask for all the memory. */
const LARGEST_CHUNK = 2 ** 30;

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new ExrFault('is cut short');
  return buffer;
}

/** The channels of a file that make its picture. */
export interface ExrLayer {
  /** Which part of the file. */
  readonly part: number;
  /** Places in the part's channel list. */
  readonly places: Readonly<Partial<Record<'R' | 'G' | 'B' | 'A' | 'Y', number>>>;
}

/**
 * The layer that a person would call the picture: the composite, else the first `Combined`, else channels
 * without a layer, else the first with colours; a file of one grey channel is its own picture. `null`: none.
 * Names as Blender writes them: `ViewLayer.Combined.R`; in a file of many parts the part may carry the layer.
 */
export function pictureLayer({ parts }: ExrHeader): ExrLayer | null {
  const layers = parts.flatMap((part, index) => layersOf(part, index));
  layers.sort((a, b) => b.rank - a.rank);
  return layers[0] ?? null;
}

type Ranked = ExrLayer & { readonly rank: number };

function layersOf(part: ExrPart, index: number): Ranked[] {
  const groups = new Map<string, Record<string, number>>();
  for (const [place, channel] of part.channels.entries()) {
    if (channel.xSampling !== 1 || channel.ySampling !== 1) continue;
    const [layer, last] = split(channel);
    const group = groups.get(layer) ?? {};
    group[last] = place;
    groups.set(layer, group);
  }
  return [...groups].flatMap(([layer, { R, G, B, A, Y, V }]): Ranked[] => {
    const alpha = A === undefined ? {} : { A };
    const grey = Y ?? V;
    if (R !== undefined && G !== undefined && B !== undefined) {
      return [{ part: index, places: { R, G, B, ...alpha }, rank: rankOf(layer || part.name) }];
    }
    return grey === undefined ? [] : [{ part: index, places: { Y: grey, ...alpha }, rank: 0 }];
  });
}

function split({ name }: ExrChannel): [string, string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
}

function rankOf(layer: string): number {
  const words = layer.split('.');
  if (words[0] === 'Composite') return 4;
  if (words.includes('Combined')) return 3;
  return layer === '' ? 2 : 1;
}
