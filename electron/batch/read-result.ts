import type { BatchResult } from '../../shared/batch.ts';
import { BatchCheckpoint } from './checkpoint/batch-checkpoint.ts';
import { resultOf } from './result.ts';

/** What came of a batch, from its checkpoint alone: for reports and history. */
export async function readResult(directory: string): Promise<BatchResult> {
  const replayed = await new BatchCheckpoint(directory).load();
  const { run, outcome, lastAt } = replayed;
  if (!run || !outcome) throw new Error(`The checkpoint ${directory} tells of no run.`);
  const ended = { ...run, finishedAt: run.finishedAt ?? lastAt };
  const now = { running: false, cancelled: outcome === 'cancelled' };
  return { ...resultOf([...replayed.jobs.values()], [], ended, now), outcome };
}
