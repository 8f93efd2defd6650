import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The shot folder (or a file in it) that a start names: the first argument that is on disk.
 * @param argv arguments after the executable
 * @param appPath the app's own folder, which Electron in development gets as an argument, too
 */
export function folderArgument(
  argv: readonly string[],
  cwd: string,
  appPath: string,
): string | null {
  const own = realPath(appPath);
  for (const argument of argv) {
    if (argument.startsWith('-')) continue;
    const path = resolve(cwd, argument);
    if (existsSync(path) && realPath(path) !== own) return path;
  }
  return null;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
