import { chunkCountOf, chunksOf, type ExrChunk } from './exr-chunks.ts';
import { ExrFault, type ExrHeader, type ExrPart, readExrHeader } from './exr-header.ts';
import { pixelFault } from './exr-pixels.ts';
import type { Picture } from './prove-image.ts';
import { breather } from './read-whole.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Proves an OpenEXR file: its headers, no zero in an offset table, every chunk where the table says
 * and of the place it should be, none over another, the file ends where the last one ends, and the
 * pixels as far as `pixelFault` can. Single and multi-part, scan lines and tiles. The size is the
 * display window's: that is the picture, as Blender writes it.
 */
export async function proveExr(data: Buffer, multilayer: boolean): Promise<Picture> {
  try {
    const header = readExrHeader(data);
    await checkChunks(data, header);
    if (multilayer && !hasLayers(header)) {
      return { fault: 'is an OpenEXR with one layer, not a multilayer one' };
    }
    const display = (header.parts[0] as ExrPart).display;
    return {
      width: display.maxX - display.minX + 1,
      height: display.maxY - display.minY + 1,
    };
  } catch (error) {
    if (error instanceof ExrFault) return { fault: error.message };
    throw error;
  }
}

/** Layers are parts of their own, or stand before a channel's name (`ViewLayer.Combined.R`). */
function hasLayers({ parts }: ExrHeader): boolean {
  return parts.length > 1 || parts.some((part) => part.channels.some((c) => c.name.includes('.')));
}

async function checkChunks(data: Buffer, header: ExrHeader): Promise<void> {
  const counts = header.parts.map(chunkCount);
  let table = header.end;
  const pixels = table + 8 * counts.reduce((sum, count) => sum + count, 0);
  if (pixels > data.length) throw new ExrFault('is cut short');
  const breathe = breather();
  const spans: Span[] = [];
  for (const [number, part] of header.parts.entries()) {
    for (const chunk of chunksOf(part)) {
      const span = chunkAt(data, table, header.multipart ? number : null, chunk);
      if (span.start < pixels) throw new ExrFault('has a broken offset table');
      const from = span.start + headLength(header.multipart, chunk);
      const fault = await pixelFault(data, from, span.end, part, chunk.box);
      if (fault !== null) throw new ExrFault(fault);
      spans.push(span);
      table += 8;
      await breathe(span.end - span.start);
    }
  }
  checkOrder(spans, data.length);
}

function chunkCount(part: ExrPart): number {
  const count = chunkCountOf(part);
  if (part.chunkCount !== null && part.chunkCount !== count) {
    throw new ExrFault('has a broken header');
  }
  return count;
}

/** Reads one chunk's head through its place in the offset table. */
function chunkAt(data: Buffer, table: number, part: number | null, chunk: ExrChunk): Span {
  const offset = data.readBigUInt64LE(table);
  if (offset === 0n) throw new ExrFault('is not finished: parts of the picture were never written');
  const start = Number(offset);
  const head = headLength(part !== null, chunk);
  if (start + head > data.length) throw new ExrFault('is cut short');
  const said = part === null ? chunk.place : [part, ...chunk.place];
  const right = said.every((value, index) => data.readInt32LE(start + 4 * index) === value);
  const size = data.readInt32LE(start + head - 4);
  if (!right || size < 0) throw new ExrFault('has broken picture data in it');
  const end = start + head + size;
  if (end > data.length) throw new ExrFault('is cut short');
  return { start, end };
}

/** Part number, place and size, four bytes each. */
function headLength(multipart: boolean, chunk: ExrChunk): number {
  return 4 * ((multipart ? 1 : 0) + chunk.place.length + 1);
}

function checkOrder(spans: readonly Span[], length: number): void {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  let end = 0;
  for (const span of sorted) {
    if (span.start < end) throw new ExrFault('has a broken offset table');
    end = span.end;
  }
  if (end !== length) throw new ExrFault('has something after its end');
}
