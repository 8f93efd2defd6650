/** What a look into a picture found: its size in pixels, or what is wrong with it. */
export type Picture =
  | { readonly width: number; readonly height: number }
  | { readonly fault: string };

/** Decodes every pixel. A warning of the decoder is a fault too. */
export async function decoded(data: Buffer): Promise<Picture> {
  const sharp = await decoder();
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

/**
 * The decoder, a library of 20 MB. Loaded when it is first asked for: whoever only lists batches, or renders PNG or
 * OpenEXR, needs none.
 */
export function decoder(): Promise<typeof import('sharp').default> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    // A frame is looked at once, and beside it Blender wants the cores.
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}

let loaded: ReturnType<typeof decoder> | undefined;
