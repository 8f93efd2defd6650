import { isAbsolute, relative, sep } from 'node:path';
import { FileLooks } from './file-cache.ts';

/**
 * Where a path really leads: links resolved as far as it exists, the rest as it is written.
 * @param path absolute
 */
export function realPlace(path: string): Promise<string> {
  return new FileLooks().realPlace(path);
}

/**
 * Where a folder really is, if that is below none of the allowed ones; `null`: it may be written to.
 * @param allowed absolute, links resolved
 * @param looks what one reading of many shots knows already
 */
export async function placeOutside(
  directory: string,
  allowed: readonly string[],
  looks = new FileLooks(),
): Promise<string | null> {
  const real = await looks.realPlace(directory);
  return allowed.some((folder) => holds(folder, real)) ? null : real;
}

/** Whether a path is a folder or lies below it. Both absolute, links resolved. */
export function holds(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
