import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The clone's top folder, absolute. */
export const projectRoot = resolve(import.meta.dirname, '..', '..');

/** What the set-up found out about this clone; ignored by git. */
export const cloneCache = join(projectRoot, '.cache');

/** Where the Electron of this clone is written down, see `electron-path.mjs`. */
export const electronRecord = join(cloneCache, 'electron.json');

/** The stamp of the last build, see `build.mjs`. */
export const buildRecord = join(cloneCache, 'build.json');

/** Big downloads live outside of the clone, so that the next clone finds them. */
export function userCache() {
  if (process.platform === 'win32') {
    return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'nightshift');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'nightshift');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nightshift');
}
