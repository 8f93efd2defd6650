import { lstat, stat } from 'node:fs/promises';
import type { BatchJob } from '../../../shared/job.ts';
import { checkRecorded } from './recorded.ts';
import { finalPath, moveAside } from './staging.ts';

/**
 * The finished frames of a job whose files are gone or others now, as they are when somebody clears
 * up or paints over them in the night. What stands in their place is moved aside, never written over.
 */
export async function lostFrames(
  job: BatchJob,
  isCancelled: () => boolean,
): Promise<readonly number[]> {
  const { plan } = job;
  if (!plan) return [];
  const { lost, unnamed } = await checkRecorded(job, isCancelled);
  const all = [...lost, ...unnamed];
  for (const frame of all) {
    const file = finalPath(plan, frame);
    const there = await lstat(file).catch(() => null);
    if (there) await moveAside(file, Date.now()).catch(() => null);
  }
  return all;
}

/** The movie of a job that is complete has been taken away. */
export async function movieIsGone({ plan, status }: BatchJob): Promise<boolean> {
  if (!plan?.movie || status !== 'completed') return false;
  return (await stat(plan.movie.file).catch(() => null)) === null;
}
