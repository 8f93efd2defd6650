import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Throws what the file system says. Node's own `recursive` never
 * returns where a folder exists that takes none (`/proc` on Linux: Node 20.20), hence step by step.
 */
export async function makeFolder(folder: string): Promise<void> {
  const error = await made(folder);
  if (error === null) return;
  const parent = dirname(folder);
  if (error.code !== 'ENOENT' || parent === folder) throw error;
  // Another lane may have made it in between.
  if (!(await isFolder(parent))) await makeFolder(parent);
  const again = await made(folder);
  if (again) throw again;
}

async function made(folder: string): Promise<NodeJS.ErrnoException | null> {
  try {
    await mkdir(folder);
    return null;
  } catch (error) {
    return (await isFolder(folder)) ? null : (error as NodeJS.ErrnoException);
  }
}

/** A folder, or a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true;
}
