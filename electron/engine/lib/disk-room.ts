import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FramePlan } from '../../../shared/job.ts';

/**
 * Bytes that we may still write on the disk of a folder, which need not be there yet; `null` if
 * nobody can tell.
 */
export async function freeBytes(directory: string): Promise<number | null> {
  const disk = await statfs(directory).catch((error: NodeJS.ErrnoException) => error.code ?? '');
  // A disk can be out of places for files before it is out of bytes; some don't count them (0).
  const takesNoFile = typeof disk !== 'string' && disk.files > 0 && disk.ffree === 0;
  if (typeof disk !== 'string') return takesNoFile ? 0 : disk.bavail * disk.bsize;
  const parent = dirname(directory);
  return disk === 'ENOENT' && parent !== directory ? freeBytes(parent) : null;
}

/** Bytes that a frame may need: two of the largest kind that its format writes, and a little. */
export function roomForFrame({ width, height }: Pick<FramePlan, 'width' | 'height'>): number {
  return 2 * width * height * 4 + 64 * 1024;
}

/** Whether an error of the file system says that the disk, or what we may use of it, is full. */
export function saysFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
