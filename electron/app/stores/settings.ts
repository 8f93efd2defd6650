import { join } from 'node:path';
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
