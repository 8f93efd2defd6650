import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Absolute files below a folder of which no part of the path is hidden. */
export async function visibleFiles(folder: string): Promise<readonly string[]> {
  const files = await allFiles(folder);
  return files.filter((file) => !isHidden(folder, file));
}

/** Absolute files below a folder; none where there is no such folder. */
export async function allFiles(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function isHidden(folder: string, file: string): boolean {
  return file
    .slice(folder.length)
    .split(sep)
    .some((part) => part.startsWith('.'));
}
