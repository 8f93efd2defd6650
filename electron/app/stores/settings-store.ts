import nodePath, { join, type PlatformPath } from 'node:path';
import { type BatchConfig, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import { settingsSchema } from '../../../shared/ipc.ts';
import type { Settings } from '../../../shared/view.ts';
import { JsonFile } from './json-file.ts';

export const DEFAULT_SETTINGS: Settings = {
  blenderPath: DEFAULT_CONFIG.blenderPath,
  workers: DEFAULT_CONFIG.workers,
  maxRetries: DEFAULT_CONFIG.maxRetries,
  timeoutSeconds: DEFAULT_CONFIG.timeoutSeconds,
  frameTimeoutSeconds: DEFAULT_CONFIG.frameTimeoutSeconds,
  memoryLimitMb: DEFAULT_CONFIG.memoryLimitMb,
  outputFolder: null,
  continueOnError: DEFAULT_CONFIG.continueOnError,
  factoryStartup: DEFAULT_CONFIG.factoryStartup,
  existing: DEFAULT_CONFIG.existing,
  whenDone: 'notify',
  // A window that is looked at in the night.
  theme: 'dark',
};

/** What the artist chose, in `settings.json` of the data directory. */
export function settingsFile(data: string): JsonFile<Settings> {
  return new JsonFile(join(data, 'settings.json'), settingsSchema, DEFAULT_SETTINGS);
}

/** The part of the settings that decides how a batch runs. */
export function configOf(settings: Settings): Partial<BatchConfig> {
  const { theme: _, whenDone: __, outputFolder: ___, ...config } = settings;
  return config;
}

/**
 * Where the frames of a shot folder go that is opened; `null`: into itself. Both absolute.
 * @param path how this system writes paths
 */
export function outputFor(
  folder: string,
  { outputFolder }: Pick<Settings, 'outputFolder'>,
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
