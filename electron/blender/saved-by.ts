import { type FileHandle, open, stat } from 'node:fs/promises';
import { gunzipSync, constants as zlib } from 'node:zlib';
import { ZSTDDecoder } from 'zstddec';
import { compareVersions } from '../../shared/blender-install.ts';

/**
 * The version of Blender that saved a file, such as `4.3`, from its first bytes, however they are packed; `null` for
 * what is no `.blend`, and for what can't be read: who opens it says what is wrong. At most 132 KB are read, and no
 * more than a few megabytes unpacked, whatever the file claims.
 */
export async function savedBy(file: string): Promise<string | null> {
  const head = await headOf(file);
  return head && versionIn(head);
}

/**
 * The first and the last frame of each scene of a `.blend`, by the scene's name, without opening it; `null` where that can't
 * be read. They stand before everything else (`REND` in `blenloader/intern/writefile.cc`, whose steps are not there).
 */
export async function sceneRanges(
  file: string,
): Promise<ReadonlyMap<string, readonly [number, number]> | null> {
  const head = await headOf(file);
  return head && rangesIn(Buffer.from(head));
}

async function headOf(file: string): Promise<Uint8Array | null> {
  try {
    // Looked at before it is opened: opening a pipe would wait for ever.
    if (!(await stat(file)).isFile()) return null;
    const handle = await open(file, 'r');
    try {
      return await unpackedHead(handle);
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}

/** Whether a file of this version needs a newer Blender than this one: `5.0` does on `4.5.3`, `4.5` does not. */
export function isNewerFile(saved: string, blender: string): boolean {
  return compareVersions(saved, blender) > 0;
}

/**
 * What stands at the start of every `.blend` (`BLO_core_blend_header.hh` in Blender's source). Up to 4.x: pointer
 * size, byte order, three digits. From 5.0 on: size of the header, format, byte order, four digits.
 */
const HEADER = /^BLENDER(?:[-_][vV](\d{3})|\d\d-\d\d[vV](\d{4}))/;
const HEADER_BYTES = 17;
/** Enough for the header of a packed file, with room for a name that gzip keeps. */
const FIRST_BYTES = 4096;
const GZIP_MAGIC = 0x1f8b;
const ZSTD_MAGIC = 0xfd2fb528;
/** The most that a block of zstd holds, packed or unpacked (RFC 8878, 3.1.1.2.3). */
const ZSTD_BLOCK = 128 * 1024;

function versionIn(head: Uint8Array): string | null {
  const text = Buffer.from(head.subarray(0, HEADER_BYTES)).toString('latin1');
  const found = HEADER.exec(text);
  if (!found) return null;
  const digits = Number(found[1] ?? found[2]);
  return `${Math.floor(digits / 100)}.${digits % 100}`;
}

/** How the head of a block is laid out: bytes in all, and where its length stands. */
function blockHead(header: RegExpExecArray): { readonly bytes: number; readonly length: number } {
  if (header[2] !== undefined) return { bytes: 32, length: 16 };
  // Pointers of eight bytes, or of four.
  return header[0].startsWith('BLENDER-') ? { bytes: 24, length: 4 } : { bytes: 20, length: 4 };
}

function rangesIn(head: Buffer): ReadonlyMap<string, readonly [number, number]> | null {
  const header = HEADER.exec(head.subarray(0, HEADER_BYTES).toString('latin1'));
  // Files of machines that wrote the other byte order are older than all that is rendered.
  if (!header || header[0].includes('V')) return null;
  const { bytes, length } = blockHead(header);
  const ranges = new Map<string, readonly [number, number]>();
  let at = header[2] === undefined ? 12 : HEADER_BYTES;
  while (at + bytes + 8 <= head.length && head.toString('latin1', at, at + 4) === 'REND') {
    const data = at + bytes;
    const end = data + head.readUInt32LE(at + length);
    if (end > head.length || end < data + 8) return null;
    const [name = ''] = head.toString('utf8', data + 8, end).split('\0');
    ranges.set(name, [head.readInt32LE(data), head.readInt32LE(data + 4)]);
    at = end;
  }
  return ranges;
}

async function unpackedHead(handle: FileHandle): Promise<Uint8Array> {
  const head = await bytesAt(handle, 0, FIRST_BYTES);
  if (head.length < HEADER_BYTES) return head;
  if (head.readUInt16BE(0) === GZIP_MAGIC) {
    // The rest of the stream is not there, which is no error here. 4 KB can't become more than 4 MB.
    return gunzipSync(head, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 8 * 1024 * 1024 });
  }
  return head.readUInt32LE(0) === ZSTD_MAGIC ? firstZstdBlock(handle, head) : head;
}

/**
 * The first block of the first frame, as a frame of its own: what the real one says of its size, and what follows,
 * may be anything. Blender writes many small frames, and the header stands in the first one.
 */
async function firstZstdBlock(handle: FileHandle, head: Buffer): Promise<Uint8Array> {
  const at = zstdFrameHeader(head);
  const described = head.readUIntLE(at, 3);
  const isRun = ((described >> 1) & 3) === 1;
  const size = described >> 3;
  if (size > ZSTD_BLOCK) return new Uint8Array();
  const block = await bytesAt(handle, at + 3, isRun ? 1 : size);
  const frame = Buffer.alloc(9 + block.length);
  frame.writeUInt32LE(ZSTD_MAGIC, 0);
  // No flags; a window of 128 KB.
  frame.writeUInt8(0, 4);
  frame.writeUInt8(7 << 3, 5);
  frame.writeUIntLE(described | 1, 6, 3);
  block.copy(frame, 9);
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return decoder.decode(frame, ZSTD_BLOCK);
}

/** How long the header of a zstd frame is (RFC 8878, 3.1.1.1). */
function zstdFrameHeader(head: Buffer): number {
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
