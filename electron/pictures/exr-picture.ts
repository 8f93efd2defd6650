import { type FileHandle, open } from 'node:fs/promises';
import { FloatType, HalfFloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import {
  type Box,
  chunkCountOf,
  chunksOf,
  ExrFault,
  type ExrHeader,
  type ExrPart,
  readExrHeader,
} from '../batch/proof/index.ts';
import type { LinearPicture } from './agx.ts';
import { chunkFile } from './exr-chunk-file.ts';
import { pictureLayer } from './exr-layer.ts';
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
