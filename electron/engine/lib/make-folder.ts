import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Somebody who takes folders away while they are made does not hold us up for ever. */
const MOST_TRIES = 10;

/**
 * Makes a folder and those above it. Throws what the file system says. Node's own `recursive` never
 * returns where a folder exists that takes none (`/proc` on Linux: Node 20.20), hence step by step.
 */
export async function makeFolder(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (let tries = 1; ; tries += 1) {
    const error = await made(folder);
    if (error === null) return;
    const mayPass = error.code === 'ENOENT' ? parent !== folder : await hasChanged(folder, error);
    if (!mayPass || tries === MOST_TRIES) throw error;
    // Another lane may have made it in between.
    if (error.code === 'ENOENT' && !(await isFolder(parent))) await makeFolder(parent);
  }
}

async function made(folder: string): Promise<NodeJS.ErrnoException | null> {
  try {
    await mkdir(folder);
    return null;
  } catch (error) {
    return (await isFolder(folder)) ? null : (error as NodeJS.ErrnoException);
  }
}

/** What was in the way is not any more: somebody renamed or deleted the folder between two looks of ours. */
async function hasChanged(path: string, { code }: NodeJS.ErrnoException): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return code === 'EEXIST' && (found === null || found.isDirectory());
}

/** A folder, or a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true;
}
