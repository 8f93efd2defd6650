import type { OutputFormat } from '../../../shared/shot.ts';
import { lacksHandles } from '../lib/with-handles.ts';
import { proveExr } from './exr.ts';
import { aFormat, fileFormat } from './file-format.ts';
import { avifFault, jpegFault, pngFault, webpFault, webpHole } from './png.ts';
import { readWhole } from './read-whole.ts';
import { decoded } from './sharp-decode.ts';
import { tiffFault } from './tiff.ts';

export { flushFile, publish } from '../lib/publish.ts';

/** What a frame's file has to be. Pixels. */
export interface Expected {
  readonly format: OutputFormat;
  readonly width: number;
  readonly height: number;
}

export type Proof =
  | {
      readonly whole: true;
      readonly bytes: number;
      readonly mtimeMs: number;
      /** First 32 hex digits of the SHA-256 of the file. */
      readonly sha256: string;
    }
  /** `reason` goes on a sentence that begins with the file: `is cut short`. */
  | { readonly whole: false; readonly reason: string };

/** What a look into a picture found: its size in pixels, or what is wrong with it. */
export type Picture =
  | { readonly width: number; readonly height: number }
  | { readonly fault: string };

/**
 * Proves that a picture file is whole: it is of the format and the size that was asked for and
 * decodes to its end. The file is read once. Throws only if there are no file handles for a minute.
 */
export async function proveImage(file: string, expected: Expected): Promise<Proof> {
  try {
    const read = await readWhole(file);
    if ('fault' in read) return { whole: false, reason: read.fault };
    const fault = await pictureFault(read.data, expected);
    if (fault !== null) return { whole: false, reason: fault };
    const { data, mtimeMs, sha256 } = read;
    return { whole: true, bytes: data.length, mtimeMs, sha256 };
  } catch (error) {
    if (lacksHandles(error)) throw error;
    return { whole: false, reason: `can't be checked (${(error as Error).message})` };
  }
}

async function pictureFault(data: Buffer, expected: Expected): Promise<string | null> {
  const format = fileFormat(data);
  if (format === null) return `is not ${aFormat(expected.format)} picture, or is broken`;
  const wanted = expected.format === 'OPEN_EXR_MULTILAYER' ? 'OPEN_EXR' : expected.format;
  if (format !== wanted) return `is ${aFormat(format)}, not ${aFormat(wanted)}`;
  const picture = await look(data, expected.format);
  if ('fault' in picture) return picture.fault;
  const { width, height } = picture;
  return width === expected.width && height === expected.height
    ? null
    : `is ${width} × ${height} instead of ${expected.width} × ${expected.height}`;
}

/** Our own look at the structure first: it is cheap and says more than a decoder does. */
async function look(data: Buffer, format: OutputFormat): Promise<Picture> {
  switch (format) {
    case 'OPEN_EXR':
    case 'OPEN_EXR_MULTILAYER':
      return proveExr(data, format === 'OPEN_EXR_MULTILAYER');
    case 'PNG':
      return faultOr(await pngFault(data), data);
    case 'JPEG':
      return faultOr(jpegFault(data), data);
    case 'TIFF':
      return faultOr(await tiffFault(data), data);
    case 'WEBP':
      return lookAtWebp(data);
    case 'AVIF':
      return faultOr(avifFault(data), data);
  }
}

async function faultOr(fault: string | null, data: Buffer): Promise<Picture> {
  return fault === null ? decoded(data) : { fault };
}

async function lookAtWebp(data: Buffer): Promise<Picture> {
  const picture = await faultOr(webpFault(data), data);
  if ('fault' in picture) return picture;
  const fault = webpHole(data, picture.width, picture.height);
  return fault === null ? picture : { fault };
}
