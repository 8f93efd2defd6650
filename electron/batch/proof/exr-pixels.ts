import { COMPRESSION, SAMPLE, sampleBytes } from './exr-codes.ts';
import type { Box, ExrChannel, ExrPart } from './exr-header.ts';
import { dwaAddsUp, pizAddsUp } from './exr-packed.ts';
import { inflatesTo } from './inflated.ts';
import { hasHole } from './zero-hole.ts';

/** PXR24 keeps 24 bits of a float. */
const pxr24Bytes = (channel: ExrChannel) =>
  channel.type === SAMPLE.float ? 3 : sampleBytes(channel);

/**
 * What is wrong with the pixels at `start` to `end` of the file, or null. Uncompressed, RLE, ZIP,
 * ZIPS and PXR24 are expanded and their length is checked (zlib's checksum with it). Of PIZ and DWA
 * the lengths inside have to add up, without holes; of B44 only the size is known.
 */
export async function pixelFault(
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
