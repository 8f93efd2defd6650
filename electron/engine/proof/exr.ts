import { breather, hasHole, inflatesTo } from './bytes.ts';
import type { Picture } from './decode.ts';
import {
  type Box,
  COMPRESSION,
  chunkCountOf,
  chunksOf,
  type ExrChannel,
  type ExrChunk,
  ExrFault,
  type ExrHeader,
  type ExrPart,
  readExrHeader,
  SAMPLE,
  sampleBytes,
} from './exr-layout.ts';

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

/** PXR24 keeps 24 bits of a float. */
const pxr24Bytes = (channel: ExrChannel) =>
  channel.type === SAMPLE.float ? 3 : sampleBytes(channel);

/**
 * What is wrong with the pixels at `start` to `end` of the file, or null. Uncompressed, RLE, ZIP,
 * ZIPS and PXR24 are expanded and their length is checked (zlib's checksum with it). Of PIZ and DWA
 * the lengths inside have to add up, without holes; of B44 only the size is known.
 */
async function pixelFault(
  file: Buffer,
  start: number,
  end: number,
  part: ExrPart,
  box: Box,
): Promise<string | null> {
  const data = file.subarray(start, end);
  const raw = expandedLength(part.channels, box, sampleBytes);
  // What would not get smaller is stored as it is.
  if (data.length === raw) return null;
  const broken = 'has broken picture data in it';
  if (data.length > raw || data.length === 0) return broken;
  switch (part.compression) {
    case COMPRESSION.none:
      return broken;
    case COMPRESSION.rle:
      return runsTo(data, raw) ? null : broken;
    case COMPRESSION.zips:
    case COMPRESSION.zip:
      return (await inflatesTo(data, raw)) ? null : broken;
    case COMPRESSION.pxr24: {
      const packed = expandedLength(part.channels, box, pxr24Bytes);
      return (await inflatesTo(data, packed)) ? null : broken;
    }
    case COMPRESSION.piz:
      return pizAddsUp(data) && !hasHole(file, start, end) ? null : broken;
    case COMPRESSION.dwaa:
    case COMPRESSION.dwab:
      return (await dwaAddsUp(file, start, end)) ? null : broken;
    default:
      return null;
  }
}

function expandedLength(
  channels: readonly ExrChannel[],
  box: Box,
  bytesOf: (channel: ExrChannel) => number,
): number {
  let length = 0;
  for (const channel of channels) {
    const across = samples(box.minX, box.maxX, channel.xSampling);
    const down = samples(box.minY, box.maxY, channel.ySampling);
    length += across * down * bytesOf(channel);
  }
  return length;
}

/** How many multiples of `every` lie between two numbers, both included. */
function samples(from: number, to: number, every: number): number {
  return Math.floor(to / every) - Math.ceil(from / every) + 1;
}

/** Length of run-length coded data: a negative count has that many bytes after it, another repeats one. */
function runsTo(data: Buffer, length: number): boolean {
  let expanded = 0;
  let at = 0;
  while (at < data.length) {
    const count = data.readInt8(at);
    at += count < 0 ? 1 - count : 2;
    expanded += count < 0 ? -count : count + 1;
  }
  return at === data.length && expanded === length;
}

/**
 * True if a PIZ chunk's lengths add up: a bitmap of the values used, then Huffman data that says its
 * own length, twice. Source: OpenEXR's ImfPizCompressor and ImfHuf.
 */
function pizAddsUp(data: Buffer): boolean {
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
async function dwaAddsUp(file: Buffer, start: number, end: number): Promise<boolean> {
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
