import { existsSync, readFileSync } from 'node:fs';
import { electronRecord } from './setup/paths.mjs';

/**
 * The Electron that the set-up found for this clone.
 * @returns {{ path: string, version: string, source: 'electron-package' | 'npm-fallback' }}
 * @throws {Error} when there is none yet
 */
export function electronInfo() {
  const info = readElectronRecord();
  if (info === undefined) {
    throw new Error('There is no Electron for this clone yet. Run `npm run setup` once.');
  }
  return info;
}

/** The executable to launch with the project's folder as its first argument, absolute. */
export function electronPath() {
  return electronInfo().path;
}

/** The record, or undefined when it is missing, broken or names a file that is gone. */
export function readElectronRecord() {
  try {
    const info = JSON.parse(readFileSync(electronRecord, 'utf8'));
    return typeof info.path === 'string' && existsSync(info.path) ? info : undefined;
  } catch {
    return undefined;
  }
}
