import nodePath, { join, type PlatformPath } from 'node:path';
import { type BatchConfig, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from '../../../shared/settings.ts';
import { JsonFile } from './json-file.ts';

/** What the artist chose, in `settings.json` of the data directory. */
export function settingsFile(data: string): JsonFile<Settings> {
  return new JsonFile(join(data, 'settings.json'), settingsSchema, DEFAULT_SETTINGS);
}

/** The part of the settings that decides how a batch runs: what `BatchConfig` names too. */
export function configOf(settings: Settings): Partial<BatchConfig> {
  const config = Object.entries(settings).filter(([name]) => name in DEFAULT_CONFIG);
  return Object.fromEntries(config) as Partial<BatchConfig>;
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
