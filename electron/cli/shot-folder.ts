import { stat } from 'node:fs/promises';
import { closest } from 'fastest-levenshtein';
import type { Batch } from '../../shared/batch.ts';
import { createBatchFromDirectory } from '../batch/index.ts';
import { UsageError } from './exit-codes.ts';

/** Reads the shots of a folder. Throws `UsageError` where there is no such folder. */
export async function readShots(folder: string, output: string | undefined): Promise<Batch> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'There is no folder' : "This folder can't be read:";
    throw new UsageError(`${why} ${folder}. Give the folder that holds your shots.`);
  });
  if (!found.isDirectory()) {
    throw new UsageError(
      `${folder} is a file. Give the folder that holds it, and --only its name.`,
    );
  }
  return createBatchFromDirectory(folder, { output: output ?? null });
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
  return { ...batch, jobs, problems };
}

function unknownShot(batch: Batch, name: string): string {
  const names = batch.jobs.map((job) => job.name);
  if (names.length === 0) return `There is no shot ${name}: the folder has no shots.`;
  return `There is no shot ${name} in this folder. Did you mean ${closest(name, names)}?`;
}
