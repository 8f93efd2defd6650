import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { assertNever } from '../../../shared/assert-never.ts';
import { FORMATS, formatOfFile, type OutputFormat } from '../../../shared/formats.ts';
import { withHandles } from '../lib/with-handles.ts';
import { decoder } from './decode.ts';
import { chunkCountOf, readExrHeader } from './exr-layout.ts';

/**
 * Whether two files that were proved whole hold the same picture: every pixel of every layer, bit for bit. When and how
 * long they were rendered, which formats write into their files too, is no part of it. `false` also where one can't be read.
 */
export async function samePicture(a: string, b: string, format: OutputFormat): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([a, b].map((file) => withHandles(() => readFile(file))));
    if (!one || !other) return false;
    if (one.equals(other)) return true;
    const isOfFormat = (data: Buffer) => {
      const found = formatOfFile(data);
      return found !== null && FORMATS[found].file === FORMATS[format].file;
    };
    if (!isOfFormat(one) || !isOfFormat(other)) return false;
    const [left, right] = [await pictureIn(one, format), await pictureIn(other, format)];
    return isDeepStrictEqual(left, right);
  } catch {
    return false;
  }
}

/** What of a file is its picture. Compressed data is taken as it stands: one encoder makes one thing of the same pixels. */
async function pictureIn(data: Buffer, format: OutputFormat): Promise<unknown> {
  switch (format) {
    case 'PNG':
      return chunksOfPng(data);
    case 'OPEN_EXR':
    case 'OPEN_EXR_MULTILAYER': {
      const { parts, end } = readExrHeader(data);
      const chunks = parts.reduce((sum, part) => sum + chunkCountOf(part), 0);
      return { parts, chunks: data.subarray(end + 8 * chunks) };
    }
    case 'JPEG':
      return segmentsOfJpeg(data);
    case 'WEBP':
      return chunksOfWebp(data);
    case 'TIFF':
    case 'AVIF':
      return samplesOf(data);
    default:
      return assertNever(format);
  }
}

/** Source: PNG specification, section 11.3.3. */
const WORDS_OF_PNG = ['tEXt', 'zTXt', 'iTXt', 'tIME', 'eXIf'];

function chunksOfPng(data: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let at = 8;
  while (at + 12 <= data.length) {
    const end = at + 12 + data.readUInt32BE(at);
    if (!WORDS_OF_PNG.includes(data.toString('latin1', at + 4, at + 8))) {
      chunks.push(data.subarray(at, end));
    }
    at = end;
  }
  return chunks;
}

/** Without what applications say (APP1 to APP15, COM). Source: ITU T.81, annex B. */
function segmentsOfJpeg(data: Buffer): readonly Buffer[] {
  const segments: Buffer[] = [];
  let at = 2;
  while (at + 4 <= data.length) {
    const marker = data.readUInt16BE(at);
    // The picture itself, up to the end.
    if (marker === 0xffda) return [...segments, data.subarray(at)];
    const end = at + 2 + data.readUInt16BE(at + 2);
    const isWords = (marker >= 0xffe1 && marker <= 0xffef) || marker === 0xfffe;
    if (!isWords) segments.push(data.subarray(at, end));
    at = end;
  }
  throw new Error('There is no picture in it.');
}

/** Source: WebP container specification. */
const WORDS_OF_WEBP = ['EXIF', 'XMP '];

function chunksOfWebp(data: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let at = 12;
  while (at + 8 <= data.length) {
    const length = data.readUInt32LE(at + 4);
    const end = at + 8 + length + (length & 1);
    if (!WORDS_OF_WEBP.includes(data.toString('latin1', at, at + 4))) {
      chunks.push(data.subarray(at, end));
    }
    at = end;
  }
  return chunks;
}

/** In 16 bits each, which holds all that such files have. */
async function samplesOf(data: Buffer): Promise<unknown> {
  const sharp = await decoder();
  const picture = sharp(data, { limitInputPixels: false, unlimited: true });
  const { data: samples, info } = await picture
    .toColourspace('rgb16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, channels, samples };
}
