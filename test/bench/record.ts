import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { settingSchema } from './setting.ts';

const rowSchema = z.object({
  title: z.string(),
  baseline: z.string().nullable(),
  unit: z.string(),
  ours: z.array(z.number()),
  theirs: z.array(z.number()),
  compare: z.enum(['ratio', 'difference', 'value']),
  target: z.number().nullable(),
  note: z.string().nullable(),
});

const measuredSchema = z.object({
  scenario: z.string(),
  group: z.enum(['blender', 'engine', 'window']),
  /** Day in UTC, such as 2026-02-28. */
  date: z.string(),
  commit: z.string(),
  seed: z.number(),
  rounds: z.number(),
  short: z.boolean(),
  seconds: z.number(),
  /** Load average of the last minute when the run began, and cores that others kept busy just before. */
  load: z.number(),
  coresBusy: z.number(),
  setting: settingSchema,
  rows: z.array(rowSchema),
  /** Why there are no rows. */
  error: z.string().nullable(),
});

/** What came of a scenario the last time that it ran. */
export type Measured = z.infer<typeof measuredSchema>;

const recordSchema = z.object({ version: z.literal(1), scenarios: z.array(measuredSchema) });

/** The file of all that was measured, in a folder. */
export function recordFile(folder: string): string {
  return join(folder, 'performance.json');
}

/** Reads what was measured before; nothing where there is no such file. Throws where it is broken. */
export async function readRecord(folder: string): Promise<readonly Measured[]> {
  const text = await readFile(recordFile(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? [] : recordSchema.parse(JSON.parse(text)).scenarios;
}

/** The new ones in place of the old ones of the same name, in the order given; the rest stays. */
export function merged(
  known: readonly Measured[],
  fresh: readonly Measured[],
  order: readonly string[],
): readonly Measured[] {
  const all = new Map([...known, ...fresh].map((one) => [one.scenario, one]));
  // A scenario that is no more has no row any more.
  return order.flatMap((name) => all.get(name) ?? []);
}

export async function writeRecord(folder: string, scenarios: readonly Measured[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const record = { version: 1, scenarios };
  await writeFile(recordFile(folder), `${JSON.stringify(record, null, 2)}\n`);
}
