import { lstat, stat } from 'node:fs/promises';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import { checkRecorded } from './recorded.ts';
import { finalPath, moveAside } from './staging.ts';

/**
 * The finished frames of a job whose files are gone or others now, as they are when somebody clears
 * up or paints over them in the night.
 */
export async function lostFrames(
  job: BatchJob,
  isCancelled: () => boolean,
): Promise<readonly number[]> {
  const { plan } = job;
  if (!plan) return [];
  const { lost, unnamed } = await checkRecorded(job, isCancelled);
  return [...lost, ...unnamed];
}

/** What stands in the place of lost frames is moved aside, never written over. The place must be claimed. */
export async function clearPlaces({ plan }: BatchJob, frames: readonly number[]): Promise<void> {
  for (const frame of plan ? frames : []) {
    const file = finalPath(plan as FramePlan, frame);
    const there = await lstat(file).catch(() => null);
    if (there) await moveAside(file, Date.now()).catch(() => null);
  }
}

/** The movie of a job that is complete has been taken away. */
export async function movieIsGone({ plan, status }: BatchJob): Promise<boolean> {
  if (!plan?.movie || status !== 'completed') return false;
  return (await stat(plan.movie.file).catch(() => null)) === null;
}
