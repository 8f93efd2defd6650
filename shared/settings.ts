import { z } from 'zod';
import { DEFAULT_CONFIG, EXISTING_POLICIES } from './batch.ts';
import { MEMORY_LIMIT } from './cluster.ts';
import { HOST_SETTINGS } from './hosts.ts';
import { WHEN_DONE } from './schedule.ts';

const limit = z.number().positive().max(31_536_000).nullable();
const path = z.string().min(1).max(4096).nullable();

/**
 * What the artist chooses: each setting with what it may be and what it is at first. A file of a version that did not
 * know some of them is read too.
 */
export const settingsSchema = z.strictObject({
  blenderPath: path.default(DEFAULT_CONFIG.blenderPath),
  workers: z.int().min(0).max(256).default(DEFAULT_CONFIG.workers),
  ...HOST_SETTINGS,
  maxRetries: z.int().min(0).max(100).default(DEFAULT_CONFIG.maxRetries),
  timeoutSeconds: limit.default(DEFAULT_CONFIG.timeoutSeconds),
  frameTimeoutSeconds: limit.default(DEFAULT_CONFIG.frameTimeoutSeconds),
  memoryLimitMb: z
    .int()
    .min(MEMORY_LIMIT.min)
    .max(MEMORY_LIMIT.max)
    .nullable()
    .default(DEFAULT_CONFIG.memoryLimitMb),
  /** Absolute: where the frames of folders that are opened go, one folder each; `null`: into the folders themselves. */
  outputFolder: path.default(null),
  continueOnError: z.boolean().default(DEFAULT_CONFIG.continueOnError),
  factoryStartup: z.boolean().default(DEFAULT_CONFIG.factoryStartup),
  existing: z.enum(EXISTING_POLICIES).default(DEFAULT_CONFIG.existing),
  whenDone: z.enum(WHEN_DONE).default('notify'),
  /** The system starts Nightshift when the artist logs in. */
  startAtLogin: z.boolean().default(false),
  /** After a crash or a power cut the night goes on as soon as Nightshift is open. */
  goOnWithNight: z.boolean().default(false),
  /** Asks by itself whether there is a newer version. Without it Nightshift opens no connection unasked. */
  lookForUpdates: z.boolean().default(false),
  // A window that is looked at in the night.
  theme: z.enum(['system', 'dark', 'light']).default('dark'),
});

const shape = Object.entries(settingsSchema.shape).map(([name, field]) => [name, field.unwrap()]);

/** What the window sends: all of them. What it left out would silently become what it is at first. */
export const allSettingsSchema = z.strictObject(
  Object.fromEntries(shape),
) as unknown as z.ZodType<Settings>;

/** Kept in the app data directory. */
export type Settings = Readonly<z.infer<typeof settingsSchema>>;

export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({});
