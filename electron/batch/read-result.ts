import type { BatchResult } from '../../shared/batch.ts';
import { BatchCheckpoint } from './checkpoint/batch-checkpoint.ts';
import { isHeld } from './checkpoint/lock.ts';
import { resultOf } from './result.ts';

/** What came of a batch, from its checkpoint alone: for reports and history. */
export async function readResult(directory: string): Promise<BatchResult> {
  // Asked first: a run that ends between the two has written its end by then.
  const live = (await isHeld(directory)).held;
  const { run, outcome, lastAt, night, gone, jobs } = await new BatchCheckpoint(directory).load();
  if (!run || !outcome) throw new Error(`The checkpoint ${directory} tells of no run.`);
  const running = live && run.finishedAt === null;
  const seen = running ? run : { ...run, finishedAt: run.finishedAt ?? lastAt };
  const here = [...jobs.values()].filter(({ id }) => !gone.has(id));
  const now = { running, cancelled: outcome === 'cancelled', night };
  return { ...resultOf(here, [], seen, now), outcome };
}
