import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { extname } from 'node:path';
import sharp from 'sharp';

/** What one look at a picture file saw. */
export type Look =
  | { readonly kind: 'whole'; readonly pixels: string; readonly signature: string }
  | { readonly kind: 'broken'; readonly why: string; readonly signature: string }
  /** Not there, or another file before the look was over. */
  | { readonly kind: 'gone' };

/** Reads a picture and makes a hash of its pixels: nothing of times, text or compression level. */
export async function lookAt(file: string): Promise<Look> {
  const handle = await open(file, 'r').catch(() => null);
  if (!handle) return { kind: 'gone' };
  try {
    const signature = await signatureOf(handle);
    const bytes = await handle.readFile();
    if ((await signatureOf(handle)) !== signature) return { kind: 'gone' };
    return await pixelsOf(bytes, extname(file)).then(
      (pixels) => ({ kind: 'whole', pixels, signature }) as const,
      (error: Error) => ({ kind: 'broken', why: error.message, signature }) as const,
    );
  } finally {
    await handle.close();
  }
}

/** Tells one content of a file from another without reading it. */
export async function signatureOf(handle: Pick<FileHandle, 'stat'>): Promise<string> {
  const { ino, size, mtimeMs } = await handle.stat();
  return `${ino}:${size}:${mtimeMs}`;
}

/** Throws if the picture is not whole. */
async function pixelsOf(bytes: Buffer, extension: string): Promise<string> {
  if (extension === '.exr') return hashOf(exrBlocks(bytes));
  checkEnd(bytes, extension);
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return hashOf([Buffer.from(`${info.width}x${info.height}x${info.channels}`), data]);
}

function checkEnd(bytes: Buffer, extension: string): void {
  const end = extension === '.png' ? 'IEND\xae\x42\x60\x82' : '\xff\xd9';
  if (!bytes.subarray(-end.length).equals(Buffer.from(end, 'latin1'))) {
    throw new Error(`it does not end as a ${extension} file does`);
  }
}

/**
 * The blocks of picture data of a single-part OpenEXR in the order of the lines, without the header,
 * which holds times. On purpose not Nightshift's own reader: that one is under test.
 */
function exrBlocks(bytes: Buffer): Buffer[] {
  if (bytes.length < 8 || bytes.readUInt32LE(0) !== 20000630) throw new Error('it is no OpenEXR');
  const table = headerEnd(bytes);
  const first = Number(bytes.readBigUInt64LE(table));
  const count = (first - table) / 8;
  if (!Number.isInteger(count) || count < 1) throw new Error('its offset table is broken');
  let end = 0;
  const blocks = Array.from({ length: count }, (_, index) => {
    const start = Number(bytes.readBigUInt64LE(table + 8 * index));
    if (start < first) throw new Error('a block was never written');
    const size = bytes.readInt32LE(start + 4);
    end = Math.max(end, start + 8 + size);
    if (size < 1 || start + 8 + size > bytes.length) throw new Error('a block is cut short');
    return bytes.subarray(start, start + 8 + size);
  });
  if (end !== bytes.length) throw new Error('something stands after its last block');
  return blocks;
}

/** Name, type, size and value of each attribute, up to an empty name. */
function headerEnd(bytes: Buffer): number {
  let at = 8;
  while (bytes[at] !== 0) {
    const type = bytes.indexOf(0, at) + 1;
    const size = bytes.indexOf(0, type) + 1;
    if (type === 0 || size === 0) throw new Error('its header is cut short');
    at = size + 4 + bytes.readInt32LE(size);
    if (at >= bytes.length) throw new Error('its header is cut short');
  }
  return at + 1;
}

function hashOf(parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 32);
}
