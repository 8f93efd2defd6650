import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';

/**
 * Where a path really leads: links resolved as far as it exists, the rest as it is written.
 * @param path absolute
 */
export async function realPlace(path: string): Promise<string> {
  const real = await realpath(path).catch(() => null);
  if (real !== null) return real;
  const parent = dirname(path);
  return parent === path ? path : join(await realPlace(parent), basename(path));
}

/**
 * Where a folder really is, if that is below none of the allowed ones; `null`: it may be written to.
 * @param allowed absolute, links resolved
 */
export async function placeOutside(
  directory: string,
  allowed: readonly string[],
): Promise<string | null> {
  const real = await realPlace(directory);
  return allowed.some((folder) => holds(folder, real)) ? null : real;
}

/** Whether a path is a folder or lies below it. Both absolute, links resolved. */
function holds(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
