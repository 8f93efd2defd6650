import { type FileHandle, open, stat } from 'node:fs/promises';
import { createGunzip, constants as zlib } from 'node:zlib';

/**
 * The first bytes of a `.blend`, unpacked: as many as are asked for where it holds so many, or a few more; empty where it
 * can't be read. No more is read or unpacked than that needs, whatever the file claims.
 */
export async function frontOf(file: string, bytes: number): Promise<Buffer> {
  try {
    // Looked at before it is opened: opening a pipe would wait for ever.
    if (!(await stat(file)).isFile()) return NOTHING;
    const handle = await open(file, 'r');
    try {
      return await unpacked(handle, bytes);
    } finally {
      await handle.close();
    }
  } catch {
    return NOTHING;
  }
}

/** What a `.blend` says of itself before anything else. */
export interface BlendHeader {
  /** Such as `4.3`. */
  readonly version: string;
  /** Files of machines that wrote the other byte order are older than all that is rendered: their blocks aren't read. */
  readonly isOtherOrder: boolean;
  /** Where its blocks begin, how long the head of each is, and where in it their length stands. In bytes. */
  readonly at: number;
  readonly head: number;
  readonly length: number;
}

export const HEADER_BYTES = 17;
/**
 * What stands at the start of every `.blend` (`BLO_core_blend_header.hh` in Blender's source). Up to 4.x: pointer
 * size, byte order, three digits. From 5.0 on: size of the header, format, byte order, four digits.
 */
const HEADER = /^BLENDER(?:([-_])([vV])(\d{3})|\d\d-\d\d([vV])(\d{4}))/;

/** `null`: it is no `.blend`. */
export function headerOf(front: Buffer): BlendHeader | null {
  const found = HEADER.exec(front.toString('latin1', 0, HEADER_BYTES));
  if (!found) return null;
  const [, pointers, order, digits, newOrder, newDigits] = found;
  const number = Number(digits ?? newDigits);
  const version = `${Math.floor(number / 100)}.${number % 100}`;
  const isOtherOrder = (order ?? newOrder) === 'V';
  if (newDigits !== undefined) return { version, isOtherOrder, at: 17, head: 32, length: 16 };
  // Pointers of eight bytes, or of four.
  return { version, isOtherOrder, at: 12, head: pointers === '-' ? 24 : 20, length: 4 };
}

/** One block of a file: four letters, and what it holds. */
interface Block {
  readonly code: string;
  readonly data: Buffer;
}

/** The blocks that are whole within the first bytes of a file, in their order. */
export function* blocksOf(front: Buffer): Generator<Block> {
  const header = headerOf(front);
  if (!header || header.isOtherOrder) return;
  let { at } = header;
  while (at + header.head <= front.length) {
    const data = at + header.head;
    const end = data + front.readUInt32LE(at + header.length);
    if (end > front.length) return;
    yield { code: front.toString('latin1', at, at + 4), data: front.subarray(data, end) };
    at = end;
  }
}

const NOTHING = Buffer.alloc(0);
const GZIP_MAGIC = 0x1f8b;
const ZSTD_MAGIC = 0xfd2fb528;
/** The most that a block of zstd holds, packed or unpacked (RFC 8878, 3.1.1.2.3). */
const ZSTD_BLOCK = 128 * 1024;
/** Of a frame before its first block, and of a block. */
const ZSTD_FRAME_HEAD = 18;
const ZSTD_BLOCK_HEAD = 3;
/** Blender writes some frames before what is looked for, each of a block or more. */
const MOST_ZSTD_BLOCKS = 64;

async function unpacked(handle: FileHandle, bytes: number): Promise<Buffer> {
  const magic = await bytesAt(handle, 0, 4);
  if (magic.length < 4) return magic;
  if (magic.readUInt16BE(0) === GZIP_MAGIC) return gunzipped(handle, bytes);
  return magic.readUInt32LE(0) === ZSTD_MAGIC
    ? unpackedZstd(handle, bytes)
    : bytesAt(handle, 0, bytes);
}

/** A stream that ends early is no error here: only its beginning was asked for. */
async function gunzipped(handle: FileHandle, bytes: number): Promise<Buffer> {
  const packed = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 4096 });
  const stream = packed.pipe(createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH }));
  packed.on('error', (error) => stream.destroy(error));
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of stream) {
      parts.push(part);
      length += part.length;
      if (length >= bytes) break;
    }
  } catch {
    // What came before counts.
  } finally {
    packed.destroy();
  }
  return Buffer.concat(parts);
}

async function unpackedZstd(handle: FileHandle, bytes: number): Promise<Buffer> {
  const { ZSTDDecoder } = await import('zstddec');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const parts: Uint8Array[] = [];
  let length = 0;
  let blocks = 0;
  for (let at = 0; length < bytes && blocks < MOST_ZSTD_BLOCKS; ) {
    const most = Math.ceil((bytes - length) / ZSTD_BLOCK);
    const frame = await zstdFrame(handle, at, most);
    if (!frame) break;
    const part = decoder.decode(frame.packed, frame.blocks * ZSTD_BLOCK);
    parts.push(part);
    length += part.length;
    blocks += frame.blocks;
    if (frame.end === null) break;
    at = frame.end;
  }
  return Buffer.concat(parts);
}

/**
 * The first blocks of a frame, as a frame of their own: what the real one says of its size, and what follows, may be
 * anything. `end`: where the next one begins; `null`: there is more of this one. `null`: there is none.
 */
async function zstdFrame(handle: FileHandle, start: number, most: number) {
  const head = await bytesAt(handle, start, ZSTD_FRAME_HEAD);
  if (head.length < 6 || head.readUInt32LE(0) !== ZSTD_MAGIC) return null;
  // No flags; a window of 2 MB, which is more than is ever unpacked here.
  const parts: Buffer[] = [Buffer.from([...head.subarray(0, 4), 0, 11 << 3])];
  let at = start + zstdHeadBytes(head);
  let isLast = false;
  let blocks = 0;
  while (!isLast && blocks < most) {
    const described = await bytesAt(handle, at, ZSTD_BLOCK_HEAD);
    if (described.length < ZSTD_BLOCK_HEAD) return null;
    const word = described.readUIntLE(0, ZSTD_BLOCK_HEAD);
    isLast = (word & 1) === 1;
    const isRun = ((word >> 1) & 3) === 1;
    const size = word >> 3;
    if (size > ZSTD_BLOCK) return null;
    const block = await bytesAt(handle, at + ZSTD_BLOCK_HEAD, isRun ? 1 : size);
    blocks += 1;
    if (blocks === most) described.writeUIntLE(word | 1, 0, ZSTD_BLOCK_HEAD);
    parts.push(described, block);
    at += ZSTD_BLOCK_HEAD + block.length;
  }
  const checksum = head.readUInt8(4) & 4 ? 4 : 0;
  return { packed: Buffer.concat(parts), blocks, end: isLast ? at + checksum : null };
}

/** How long the header of a zstd frame is (RFC 8878, 3.1.1.1). */
function zstdHeadBytes(head: Buffer): number {
  const flags = head.readUInt8(4);
  const isSingle = (flags >> 5) & 1;
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
  const contentSize = [isSingle, 2, 4, 8][flags >> 6] ?? 0;
  return 5 + (1 - isSingle) + dictionary + contentSize;
}

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}
