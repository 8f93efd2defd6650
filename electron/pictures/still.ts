import { decoder } from '../engine/proof/index.ts';
import { toneMapped } from './agx.ts';
import { exrPicture } from './exr-picture.ts';

/** Of the longer side. */
const PIXELS = 1920;

/** An OpenEXR file as an 8-bit PNG of a screen's size, through AgX as thumbnails are. Rejects where it can't be read. */
export async function stillOf(file: string) {
  const picture = await exrPicture(file, PIXELS, PIXELS);
  if (picture === null) throw new Error(`There is no picture in ${file}.`);
  const raw = { width: picture.width, height: picture.height, channels: 4 } as const;
  const sharp = await decoder();
  const { data, info } = await sharp(toneMapped(picture), { raw })
    .resize(PIXELS, PIXELS, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#000000' })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}
