import { existsSync, readFileSync } from 'node:fs';
import { electronRecord } from './setup/paths.mjs';

/** @typedef {{ path: string, version: string, source: 'electron-package' | 'npm-fallback' }} ElectronInfo */

/**
 * The Electron that the set-up found for this clone.
 * @returns {ElectronInfo}
 * @throws {Error} when there is none yet
 */
export function electronInfo() {
  const info = readElectronRecord();
  if (info === undefined) {
    throw new Error('There is no Electron for this clone yet. Run `npm run setup` once.');
  }
  return info;
}

/**
 * The executable to launch with the project's folder as its first argument, absolute.
 * @returns {string}
 */
export function electronPath() {
  return electronInfo().path;
}

/**
 * The record, or undefined when it is missing, broken or names a file that is gone.
 * @returns {ElectronInfo | undefined}
 */
export function readElectronRecord() {
  try {
    const info = JSON.parse(readFileSync(electronRecord, 'utf8'));
    return typeof info.path === 'string' && existsSync(info.path) ? info : undefined;
  } catch {
    return undefined;
  }
}
