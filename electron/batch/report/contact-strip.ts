import sharp from 'sharp';

/** Pixels that a picture of a strip fills at most. */
const CELL = { width: 320, height: 180 } as const;
const GAP = 6;
/** As dark as the window, so that the strip looks the same on a light and on a dark page. */
const GROUND = '#15171b';

/** Pictures side by side in their order, as JPEG, none larger than it was. Rejects where one can't be decoded. */
export async function contactStrip(pictures: readonly Uint8Array[]): Promise<Buffer> {
  const cells = await Promise.all(pictures.map(cellOf));
  const height = Math.max(...cells.map((cell) => cell.height));
  let left = 0;
  const places = cells.map((cell) => {
    const place = { input: cell.data, left, top: Math.floor((height - cell.height) / 2) };
    left += cell.width + GAP;
    return place;
  });
  const ground = { width: left - GAP, height, channels: 3, background: GROUND } as const;
  return sharp({ create: ground })
    .composite(places)
    .jpeg({ quality: 84, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

async function cellOf(picture: Uint8Array) {
  const { width, height } = CELL;
  const { data, info } = await sharp(picture)
    .resize(width, height, { fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
