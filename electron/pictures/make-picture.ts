import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Sharp } from 'sharp';
import { FORMATS, formatOfFile, HEAD_BYTES, type OutputFormat } from '../../shared/formats.ts';
import type { FrameRecord } from '../../shared/frame-state.ts';
import type { BatchJob } from '../../shared/job.ts';
import { GROUND } from '../../shared/picture.ts';
import type { ThumbnailSize } from '../../shared/thumbnail.ts';
import { savedPicture } from '../blender/saved-picture.ts';
import { decoder } from '../engine/proof/index.ts';
import { toneMapped } from './agx.ts';

/** Pixels: twice those of the place where it is shown, for dense screens. */
interface Within {
  readonly width: number;
  readonly height: number;
  readonly fit: 'cover' | 'inside';
}

const SIZES: Readonly<Record<ThumbnailSize, Within>> = {
  /** Fills the cell of a table row. */
  row: { width: 144, height: 80, fit: 'cover' },
  /** The whole picture, as wide as the inspector. */
  large: { width: 640, height: 640, fit: 'inside' },
};

/** The thumbnail of a picture file as WebP; `null` where there is none to be made. Rejects if it can't be read. */
export async function makePicture(file: string, size: ThumbnailSize): Promise<Buffer | null> {
  const source = await opened(file, size);
  return source && small(source, size);
}

/** The picture that Blender kept in a .blend, as WebP; `null`: none, or none that can be read. */
export async function makeSavedPicture(file: string, size: ThumbnailSize): Promise<Buffer | null> {
  const picture = await savedPicture(file);
  if (!picture) return null;
  const { width, height, rgba } = picture;
  const sharp = await decoder();
  return small(sharp(rgba, { raw: { width, height, channels: 4 } }), size);
}

function small(source: Sharp, size: ThumbnailSize): Promise<Buffer> {
  const { width, height, fit } = SIZES[size];
  return source
    .resize(width, height, { fit, withoutEnlargement: true })
    .flatten({ background: GROUND })
    .toColourspace('srgb')
    .webp({ quality: 82, effort: 2 })
    .toBuffer();
}

/** Of the longer side of a still. */
const STILL = 1920;

/** An OpenEXR file as an 8-bit PNG of a screen's size, through AgX as thumbnails are. Rejects where it can't be read. */
export async function stillOf(file: string) {
  const source = await OPENERS.exr(file, { width: STILL, height: STILL });
  if (source === null) throw new Error(`There is no picture in ${file}.`);
  const { data, info } = await source
    .resize(STILL, STILL, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#000000' })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}

async function opened(file: string, size: ThumbnailSize): Promise<Sharp | null> {
  const format = formatOfFile(await firstBytes(file));
  return format && OPENERS[FORMATS[format].thumbnail](file, SIZES[size]);
}

/** Who makes a picture of a file, as the table of formats says. */
const OPENERS: Readonly<
  Record<
    (typeof FORMATS)[OutputFormat]['thumbnail'],
    (file: string, within: Pick<Within, 'width' | 'height'>) => Promise<Sharp | null>
  >
> = {
  sharp: async (file) => {
    const sharp = await decoder();
    return sharp(file, { limitInputPixels: false, unlimited: true, sequentialRead: true });
  },
  exr: async (file, { width, height }) => {
    // A library of its own, which most folders never need.
    const { exrPicture } = await import('./exr-picture.ts');
    const picture = await exrPicture(file, width, height);
    if (!picture) return null;
    const raw = { width: picture.width, height: picture.height, channels: 4 } as const;
    const sharp = await decoder();
    return sharp(toneMapped(picture), { raw });
  },
};

export async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * The picture of a frame that is done, as large as the inspector's, as WebP. `null` where its file is gone, is not
 * the recorded one any more, or can't be read. Never rejects.
 */
export async function framePicture(
  { plan }: Pick<BatchJob, 'plan'>,
  { file, bytes }: FrameRecord,
): Promise<Buffer | null> {
  // A journal is a text that anybody may have changed.
  if (plan === null || basename(file) !== file) return null;
  const path = join(plan.directory, file);
  const found = await stat(path).catch(() => null);
  if (!found?.isFile() || found.size !== bytes) return null;
  return makePicture(path, 'large').catch(() => null);
}
