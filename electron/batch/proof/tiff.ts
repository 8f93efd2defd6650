import { breather } from './breathe.ts';
import { inflatesTo } from './inflated.ts';
import { readTiffDirectory, type TiffDirectory, TiffFault } from './tiff-directory.ts';
import { hasHole } from './zero-hole.ts';

const NONE = 1;
const LZW = 5;
const DEFLATE = [8, 32946];

/**
 * What is wrong with a TIFF, or null: the directory and every strip or tile lie inside the file, and
 * the file ends where the last of them ends. Deflate is expanded here, since libtiff stops before
 * its checksum. Uncompressed pixels have nothing to check but their length.
 * Source: TIFF 6.0, sections 2 and 15.
 */
export async function tiffFault(data: Buffer): Promise<string | null> {
  try {
    await checkBlocks(data, readTiffDirectory(data));
    return null;
  } catch (error) {
    if (error instanceof TiffFault) return error.message;
    throw error;
  }
}

async function checkBlocks(data: Buffer, directory: TiffDirectory): Promise<void> {
  const { offsets, counts, compression } = directory;
  if (offsets.length === 0 || offsets.length !== counts.length) {
    throw new TiffFault('has a broken directory');
  }
  const breathe = breather();
  let last = directory.end;
  for (const [index, start] of offsets.entries()) {
    const end = start + (counts[index] as number);
    if (start === 0 || end === start) {
      throw new TiffFault('is not finished: parts of the picture were never written');
    }
    if (end > data.length) throw new TiffFault('is cut short');
    await checkPixels(data, start, end, blockLength(directory, index), compression);
    last = Math.max(last, end);
    await breathe(end - start);
  }
  // Directories stand at even places: one byte may be left over.
  if (data.length - last > 1) throw new TiffFault('has something after its end');
}

async function checkPixels(
  data: Buffer,
  start: number,
  end: number,
  length: number,
  compression: number,
): Promise<void> {
  const broken = new TiffFault('has broken picture data in it');
  if (compression === NONE && end - start !== length) throw broken;
  if (DEFLATE.includes(compression) && !(await inflatesTo(data.subarray(start, end), length))) {
    throw broken;
  }
  if (compression === LZW && hasHole(data, start, end)) {
    throw new TiffFault('has a hole of zeros in it');
  }
}

/** Bytes of a strip or tile once it is expanded. */
function blockLength(directory: TiffDirectory, index: number): number {
  const { width, height, tile, rowsPerStrip, bitsPerSample, samples, planar } = directory;
  const bits = bitsPerSample * (planar ? 1 : samples);
  if (tile) return tile.height * Math.ceil((tile.width * bits) / 8);
  const strips = Math.ceil(height / rowsPerStrip);
  const rows = Math.min(rowsPerStrip, height - (index % strips) * rowsPerStrip);
  return rows * Math.ceil((width * bits) / 8);
}
