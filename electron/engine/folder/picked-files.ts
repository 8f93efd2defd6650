import { realpath, stat } from 'node:fs/promises';
import nodePath, { basename, dirname, join, type PlatformPath, resolve } from 'node:path';
import { grouped } from '../../../shared/grouped.ts';

/** Some .blend files that are rendered as a batch of their own, without the other shots of their folder. */
export interface PickedFiles {
  /** Absolute, links resolved. */
  readonly folder: string;
  /** Relative to it, with `/`. */
  readonly files: readonly string[];
}

/** Whether a path is a .blend file by its name, and is there. */
export async function isBlendFile(path: string): Promise<boolean> {
  if (!/\.blend$/i.test(path)) return false;
  return (await stat(path).catch(() => null))?.isFile() === true;
}

/**
 * The folder that holds files, and how they are called in it: the one batch that they are. Where they have no folder in
 * common but that of a whole disk, there is one batch for each of their folders.
 * @param paths of files that are there
 */
export async function pickedFiles(paths: readonly string[]): Promise<readonly PickedFiles[]> {
  // A link to a file stays one: the scene's relative paths count from where the artist sees it.
  const real = await Promise.all(
    paths.map(async (path) => join(await realpath(dirname(resolve(path))), basename(path))),
  );
  return batchesOf(real);
}

/** The pure part of it. @param paths absolute. @param path how this system writes paths */
export function batchesOf(
  paths: readonly string[],
  path: PlatformPath = nodePath,
): readonly PickedFiles[] {
  const files = [...new Set(paths)];
  if (files.length === 0) return [];
  const folder = commonFolder(
    files.map((file) => path.dirname(file)),
    path,
  );
  if (folder !== null) return [picked(folder, files, path)];
  const byFolder = grouped(files, (file) => path.dirname(file));
  return [...byFolder].map(([own, some]) => picked(own, some, path));
}

function picked(folder: string, files: readonly string[], path: PlatformPath): PickedFiles {
  const names = files.map((file) => path.relative(folder, file).split(path.sep).join('/'));
  return { folder, files: names.sort() };
}

/** `null`: none, or the whole disk where not all are right in it. */
function commonFolder(folders: readonly string[], path: PlatformPath): string | null {
  const [first = '', ...others] = folders;
  let common = first;
  for (const folder of others) {
    while (!isIn(common, folder, path)) {
      const above = path.dirname(common);
      if (above === common) return null;
      common = above;
    }
  }
  const isDisk = path.dirname(common) === common;
  return isDisk && folders.some((folder) => folder !== common) ? null : common;
}

function isIn(folder: string, inside: string, path: PlatformPath): boolean {
  const way = path.relative(folder, inside);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}
