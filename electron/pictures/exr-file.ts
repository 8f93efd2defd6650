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
  SAMPLE,
} from '../engine/proof/index.ts';
import { chunkFile } from './exr-chunk-file.ts';
import type { ExrLayer } from './exr-layers.ts';

/** Bytes that most headers fit in; one with a cryptomatte's names may need more. */
const FIRST_READ = 2 ** 18;
/** So long other wishes may wait. */
const TURN_MS = 20;

/** A layer whose blocks can't be read without those of all others. */
export class LayerFault extends Error {}

/** Expanded pixels of one block: red, green, blue and alpha each, halves or floats, the lowest line first. */
export interface ExrBlock {
  /** In the coordinates of the file. */
  readonly box: Box;
  readonly pixels: Uint16Array | Float32Array;
}

/** An OpenEXR file that is open; close it. */
export class ExrFile {
  private constructor(
    private readonly handle: FileHandle,
    readonly header: ExrHeader,
    private readonly head: Buffer,
  ) {}

  /** Throws `ExrFault`, and what the disk says. */
  static async open(file: string): Promise<ExrFile> {
    const handle = await open(file);
    try {
      const { header, data } = await headerOf(handle);
      return new ExrFile(handle, header, data);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /**
   * The blocks of a layer, one after the other: no more of it is in memory. Throws `LayerFault` where they can't be read
   * alone, `ExrFault` where they are broken.
   * @param wanted those that touch this box; `null`: all
   * @param known where expanded blocks are kept, by their place in the offset table
   */
  async *blocks(
    layer: ExrLayer,
    wanted: Box | null = null,
    known?: Map<number, ExrBlock['pixels']>,
  ): AsyncGenerator<ExrBlock> {
    const part = this.header.parts[layer.part];
    if (!part) return;
    const loader = new EXRLoader();
    loader.setDataType(sampleOf(part, layer) === SAMPLE.half ? HalfFloatType : FloatType);
    const offsets = offsetsOf(this.header, this.head, layer.part);
    let turn = performance.now();
    let index = -1;
    for (const { place, box } of chunksOf(part)) {
      index += 1;
      // Of a mipmap only the full size.
      if (place.length === 4 && (place[2] !== 0 || place[3] !== 0)) continue;
      if (wanted && !touch(box, wanted)) continue;
      let pixels = known?.get(index);
      if (!pixels) {
        const data = await this.#chunk(offsets[index] ?? 0, place.length);
        const { channels, compression } = part;
        const { places } = layer;
        const alone = chunkFile({ ...sizeOf(box), channels, compression, places, data });
        if (!alone) throw new LayerFault('can’t be read without the others');
        pixels = loader.parse(alone).data as ExrBlock['pixels'];
        known?.set(index, pixels);
      }
      yield { box, pixels };
      if (performance.now() - turn > TURN_MS) {
        await new Promise(setImmediate);
        turn = performance.now();
      }
    }
  }

  /** The packed pixels of a chunk: behind its part's number, its place and its size. */
  async #chunk(offset: number, places: number): Promise<Buffer> {
    const length = 4 * (places + (this.header.multipart ? 2 : 1));
    const head = await readAt(this.handle, offset, length);
    const size = head.readInt32LE(length - 4);
    if (size < 0 || size > LARGEST_CHUNK) throw new ExrFault('has broken picture data in it');
    return readAt(this.handle, offset + length, size);
  }
}

/** What the samples of a layer are, which is one kind for all of its channels. */
export function sampleOf({ channels }: ExrPart, { places }: ExrLayer): number | undefined {
  return channels[Object.values(places)[0] ?? 0]?.type;
}

export function sizeOf(box: Box): { width: number; height: number } {
  return { width: box.maxX - box.minX + 1, height: box.maxY - box.minY + 1 };
}

function touch(a: Box, b: Box): boolean {
  return a.minX <= b.maxX && b.minX <= a.maxX && a.minY <= b.maxY && b.minY <= a.maxY;
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

/** A broken length must not ask for all the memory. */
const LARGEST_CHUNK = 2 ** 30;

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new ExrFault('is cut short');
  return buffer;
}
