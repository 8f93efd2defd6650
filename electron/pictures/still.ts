import { decoder } from '../engine/proof/index.ts';
import { makePicture } from './make-picture.ts';

/** A picture file as an 8-bit PNG of a screen's size, tone-mapped as thumbnails are. Rejects where it can't be read. */
export async function stillOf(file: string) {
  const picture = await makePicture(file, 'screen');
  if (picture === null) throw new Error(`There is no picture in ${file}.`);
  const sharp = await decoder();
  const { data, info } = await sharp(picture).png().toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}
