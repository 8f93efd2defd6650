import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { lacksHandles, withHandles } from '../lib/with-handles.ts';

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
export async function readWhole(file: string): Promise<WholeFile | { readonly fault: string }> {
  try {
    // Looked at before it is opened: opening a pipe would wait for ever.
    const found = await stat(file);
    if (found.isDirectory()) return { fault: 'is a folder' };
    if (!found.isFile()) return { fault: 'is not a regular file' };
    if (found.size === 0) return { fault: 'is empty' };
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

async function readAll(handle: FileHandle): Promise<WholeFile | { readonly fault: string }> {
  const { size, mtimeMs } = await handle.stat();
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

/** Gives other work a turn after every few megabytes, so that a large file never stops the window. */
export function breather(bytesBetween = 4 * 1024 * 1024): (bytes: number) => Promise<void> {
  let left = bytesBetween;
  return async (bytes) => {
    left -= bytes;
    if (left > 0) return;
    left = bytesBetween;
    await new Promise((resolve) => setImmediate(resolve));
  };
}
