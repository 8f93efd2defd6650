import { closest } from 'fastest-levenshtein';
import type { Batch } from '../../shared/batch.ts';
import { createBatchFromDirectory } from '../batch/index.ts';
import { UsageError } from './exit-codes.ts';

/** Reads the shots of a folder. Throws `UsageError` where the folder can't be read. */
export async function readShots(folder: string, output: string | undefined): Promise<Batch> {
  return createBatchFromDirectory(folder, { output: output ?? null }).catch((error: Error) => {
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
