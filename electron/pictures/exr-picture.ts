import type { LinearPicture } from './agx.ts';
import { ExrFile, LayerFault, sizeOf } from './exr-file.ts';
import { pictureLayer } from './exr-layers.ts';
import { Shrinker } from './shrinker.ts';

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
  const exr = await ExrFile.open(file);
  try {
    const layer = pictureLayer(exr.header);
    const canvas = layer && exr.header.parts[layer.part]?.display;
    if (!layer || !canvas) return null;
    const shrinker = new Shrinker(sizeOf(canvas), { width, height });
    for await (const { box, pixels } of exr.blocks(layer)) {
      const place = { x: box.minX - canvas.minX, y: box.minY - canvas.minY };
      shrinker.add(pixels, { ...place, ...sizeOf(box) });
    }
    return shrinker.picture();
  } catch (error) {
    if (error instanceof LayerFault) return null;
    throw error;
  } finally {
    await exr.close();
  }
}
