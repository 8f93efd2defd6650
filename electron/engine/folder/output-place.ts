import nodePath, { isAbsolute, type PlatformPath, relative, sep } from 'node:path';
import { FileLooks } from './file-cache.ts';
import { folded } from './names.ts';
import { isStrange } from './servers.ts';

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
  if (isStrange(directory, allowed)) return directory;
  const real = await looks.realPlace(directory);
  return allowed.some((folder) => holds(folder, real)) ? null : real;
}

/**
 * The output folder of a batch in the one way in which it counts as the same: Windows takes `out`, `OUT`, `c:\\job\\out` and
 * a mapped drive for one folder, macOS the first two. Elsewhere as it is written.
 * @param written absolute
 * @param standard where it is if nobody says it, in a folder whose links are resolved
 */
export async function outputRootOf(
  written: string,
  standard: string,
  looks: FileLooks,
  platform = process.platform,
): Promise<string> {
  if (written === standard || (platform !== 'win32' && platform !== 'darwin')) return written;
  const real = await looks.realPlace(written);
  if (folded(written) === folded(standard) || folded(real) === folded(standard)) return standard;
  return platform === 'win32' || folded(real) === folded(written) ? real : written;
}

/** Whether a path is a folder or lies below it. Both absolute, links resolved. */
export function holds(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Where the frames of a shot folder go that is opened; `null`: into itself. Both absolute.
 * @param path how this system writes paths
 */
export function outputFor(
  folder: string,
  { outputFolder }: { readonly outputFolder: string | null },
  path: PlatformPath = nodePath,
): string | null {
  if (outputFolder === null) return null;
  const place = path.join(outputFolder, path.basename(folder));
  const way = path.relative(place, folder);
  // What lies among the frames is not taken for shots: not all of the shots must lie there. From one disk of
  // Windows to another one no relative way leads.
  const isAbove = !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
  return isAbove ? null : place;
}
