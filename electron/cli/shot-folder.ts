import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import type { Batch } from '../../shared/batch.ts';
import type { TestPass } from '../../shared/test-pass.ts';
import { createBatchFromDirectory } from '../engine/index.ts';
import { UsageError } from './exit-codes.ts';

interface ReadOptions {
  /** Where the finals go. */
  readonly output?: string | null;
  readonly test?: TestPass | undefined;
  readonly trust?: boolean;
}

/** Reads the shots of a folder. Throws `UsageError` where the folder can't be read. */
export async function readShots(
  folder: string,
  { output = null, test, trust }: ReadOptions,
): Promise<Batch> {
  const options = { output, test, isTrusted: (root: string) => isTrusted(root, trust) };
  return createBatchFromDirectory(folder, options).catch((error: Error) => {
    throw new UsageError(error.message, { cause: error });
  });
}

/** The batch with some of its shots only, and what was found wrong with these. */
export function onlyShots(batch: Batch, names: readonly string[] | undefined): Batch {
  if (!names) return batch;
  for (const name of names) {
    if (!batch.jobs.some((job) => job.name === name))
      throw new UsageError(unknownShot(batch, name));
  }
  const jobs = batch.jobs.filter((job) => names.includes(job.name));
  const ids = new Set(jobs.map(({ id }) => id));
  const problems = batch.problems.filter(({ jobId }) => jobId === null || ids.has(jobId));
  const others = batch.jobs.filter(({ id, shotConfig }) => !ids.has(id) && shotConfig !== null);
  return { ...batch, jobs, problems, partial: true, others };
}

function unknownShot(batch: Batch, name: string): string {
  const names = batch.jobs.map((job) => job.name);
  if (names.length === 0) return `There is no shot ${name}: the folder has no shots.`;
  return `There is no shot ${name} in this folder. Did you mean ${closest(name, names)}?`;
}

/** Two folders below the root of the project: from the source as from the build. */
const OWN_SAMPLES = join(import.meta.dirname, '../../assets/sample-shots');

/**
 * Whether scripts of this folder may run: it was said so, or it is the sample shots that came with
 * this very Nightshift, which are as trustworthy as its own code.
 */
export async function isTrusted(folder: string, said: boolean | undefined): Promise<boolean> {
  if (said === true) return true;
  const [given, own] = await Promise.all([folder, OWN_SAMPLES].map(real));
  return given !== null && given === own;
}

function real(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}
