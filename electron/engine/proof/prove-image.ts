import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { aFormat, FORMATS, formatOfFile, type OutputFormat } from '../../../shared/formats.ts';
import { lacksHandles, withHandles } from '../lib/with-handles.ts';
import { avifFault, jpegFault, webpFault, webpHole } from './containers.ts';
import { decoded, decoder, type Picture } from './decode.ts';
import { proveExr } from './exr.ts';
import { provePng } from './png.ts';
import { tiffFault } from './tiff.ts';

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

/**
 * Proves that a picture file is whole: it is of the format and the size that was asked for and
 * decodes to its end. The file is read once. Throws only if there are no file handles for a minute.
 */
export async function proveImage(file: string, expected: Expected): Promise<Proof> {
  return proven(() => readWhole(file), expected);
}

/**
 * Brings a file that was just written onto the disk and proves it whole, in one opening. Throws what the disk says where it
 * can't be opened or flushed.
 */
export async function proveFlushed(file: string, expected: Expected): Promise<Proof> {
  // Windows flushes only through a handle that may write.
  const handle = await withHandles(() => open(file, 'r+'));
  try {
    await handle.sync();
    return await proven(() => readAll(handle), expected);
  } finally {
    await handle.close();
  }
}

async function proven(
  read: () => Promise<WholeFile | { readonly fault: string }>,
  expected: Expected,
): Promise<Proof> {
  try {
    const found = await read();
    if ('fault' in found) return { whole: false, reason: found.fault };
    const fault = await pictureFault(found.data, expected);
    if (fault !== null) return { whole: false, reason: fault };
    const { data, mtimeMs, sha256 } = found;
    return { whole: true, bytes: data.length, mtimeMs, sha256 };
  } catch (error) {
    if (lacksHandles(error)) throw error;
    return { whole: false, reason: `can't be checked (${(error as Error).message})` };
  }
}

async function pictureFault(data: Buffer, expected: Expected): Promise<string | null> {
  const found = formatOfFile(data);
  if (found === null) return `is not ${aFormat(expected.format)} picture, or is broken`;
  const { file } = FORMATS[expected.format];
  if (FORMATS[found].file !== file) return `is ${aFormat(found)}, not ${aFormat(file)}`;
  const picture = await PROVERS[expected.format](data);
  if ('fault' in picture) return picture.fault;
  const { width, height } = picture;
  return width === expected.width && height === expected.height
    ? null
    : `is ${width} × ${height} instead of ${expected.width} × ${expected.height}`;
}

/**
 * Loads what frames of a format are proved with, beside the rendering of the first one: PNG and OpenEXR need no decoder, and
 * loading it takes 60 ms of a core. Whatever is wrong with it is told by the first frame that needs it.
 */
export function getReadyToProve(format: OutputFormat): void {
  if (DECODED.includes(format)) void decoder().catch(() => {});
}

const DECODED: readonly OutputFormat[] = ['JPEG', 'TIFF', 'WEBP', 'AVIF'];

/** Looks into a file that begins like one of its format: our own look at the structure first, which is cheap and says more than a decoder does. */
const PROVERS: Readonly<Record<OutputFormat, (data: Buffer) => Promise<Picture>>> = {
  PNG: provePng,
  OPEN_EXR: (data) => proveExr(data, false),
  OPEN_EXR_MULTILAYER: (data) => proveExr(data, true),
  JPEG: (data) => faultOr(jpegFault(data), data),
  TIFF: async (data) => faultOr(await tiffFault(data), data),
  WEBP: proveWebp,
  AVIF: (data) => faultOr(avifFault(data), data),
};

async function faultOr(fault: string | null, data: Buffer): Promise<Picture> {
  return fault === null ? decoded(data) : { fault };
}

async function proveWebp(data: Buffer): Promise<Picture> {
  const picture = await faultOr(webpFault(data), data);
  if ('fault' in picture) return picture;
  const fault = webpHole(data, picture.width, picture.height);
  return fault === null ? picture : { fault };
}

/** A file in memory, and what tells later that it is still the same one. */
interface WholeFile {
  readonly data: Buffer;
  readonly mtimeMs: number;
  /** First 32 hex digits. */
  readonly sha256: string;
}

const PIECE = 4 * 1024 * 1024;

/**
 * Reads and hashes a file in one go, piece by piece. `fault` says why it can't be read. Throws only
 * if there are no file handles for a minute.
 */
async function readWhole(file: string): Promise<WholeFile | { readonly fault: string }> {
  try {
    // Looked at before it is opened: opening a pipe would wait for ever.
    const found = await stat(file);
    const wrong = wrongKind(found);
    if (wrong !== null) return { fault: wrong };
    const handle = await withHandles(() => open(file, 'r'));
    try {
      return await readAll(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    // It says nothing about the file.
    if (lacksHandles(error)) throw error;
    return { fault: fault(error as NodeJS.ErrnoException) };
  }
}

/** Why there is nothing to read in what stands there; `null`: there is. */
function wrongKind(found: Stats): string | null {
  if (found.isDirectory()) return 'is a folder';
  if (!found.isFile()) return 'is not a regular file';
  return found.size === 0 ? 'is empty' : null;
}

async function readAll(handle: FileHandle): Promise<WholeFile | { readonly fault: string }> {
  try {
    const found = await handle.stat();
    const wrong = wrongKind(found);
    if (wrong !== null) return { fault: wrong };
    const { size, mtimeMs } = found;
    const data = Buffer.allocUnsafe(size);
    const hash = createHash('sha256');
    let at = 0;
    while (at < size) {
      const { bytesRead } = await handle.read(data, at, Math.min(PIECE, size - at), at);
      if (bytesRead === 0) return { fault: 'became shorter while it was read' };
      hash.update(data.subarray(at, at + bytesRead));
      at += bytesRead;
    }
    const after = await handle.stat();
    if (after.size !== size || after.mtimeMs !== mtimeMs) {
      return { fault: 'was changed while it was read' };
    }
    return { data, mtimeMs, sha256: hash.digest('hex').slice(0, 32) };
  } catch (error) {
    return { fault: fault(error as NodeJS.ErrnoException) };
  }
}

function fault(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'is not there';
    case 'EACCES':
    case 'EPERM':
      return "can't be read: permission is missing";
    default:
      return `can't be read (${error.message})`;
  }
}
