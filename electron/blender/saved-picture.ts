import { blocksOf, frontOf } from './blend-front.ts';

/** Four bytes a pixel, red first, straight alpha, the highest line first. */
export interface SavedPicture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Buffer;
}

/** Blender's own are 128 pixels wide and high; others may write larger ones. */
const MOST_PIXELS = 512;
const SIZE_BYTES = 8;
/** Before it stand the ranges of all scenes. */
const BEFORE_BYTES = 64 * 1024;

/**
 * The picture that Blender kept in a `.blend` when an artist saved it: what file browsers show; `null` where there is
 * none, as in what was saved without a window, or none that can be read. Never rejects. It stands among the first blocks
 * (`TEST`, `write_thumb` in `blenloader/intern/writefile.cc`).
 */
export async function savedPicture(file: string): Promise<SavedPicture | null> {
  const front = await frontOf(file, BEFORE_BYTES + 4 * MOST_PIXELS ** 2);
  for (const { code, data } of blocksOf(front)) {
    if (code === 'TEST') return pictureIn(data);
    if (code !== 'REND') return null;
  }
  return null;
}

function pictureIn(data: Buffer): SavedPicture | null {
  if (data.length < SIZE_BYTES) return null;
  const width = data.readInt32LE(0);
  const height = data.readInt32LE(4);
  const isPicture = width > 0 && height > 0 && width <= MOST_PIXELS && height <= MOST_PIXELS;
  const line = 4 * width;
  if (!isPicture || data.length < SIZE_BYTES + line * height) return null;
  const rgba = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++) {
    const from = SIZE_BYTES + (height - 1 - y) * line;
    data.copy(rgba, y * line, from, from + line);
  }
  return isClear(rgba) ? null : { width, height, rgba };
}

/** Of a window that was not drawn yet nothing is seen. */
function isClear(rgba: Buffer): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 0) return false;
  return true;
}
