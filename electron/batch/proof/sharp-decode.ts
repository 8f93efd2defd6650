import sharp from 'sharp';
import type { Picture } from './prove-image.ts';

// A frame is looked at once, and beside it Blender wants the cores.
sharp.cache(false);
sharp.concurrency(1);

/** Decodes every pixel. A warning of the decoder is a fault too. */
export async function decoded(data: Buffer): Promise<Picture> {
  try {
    const picture = sharp(data, {
      failOn: 'warning',
      limitInputPixels: false,
      unlimited: true,
      sequentialRead: true,
    });
    // Raw pixels are the cheapest thing that needs all of them.
    const { info } = await picture.raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height };
  } catch (error) {
    const [words = ''] = (error as Error).message.split('\n');
    return { fault: `does not decode to its end (${words})` };
  }
}
