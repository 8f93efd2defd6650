import { join } from 'node:path';
import type { BatchResult } from '../../../shared/batch.ts';
import type { WorkerUse } from '../../../shared/charts/night-charts.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { BatchCheckpoint } from '../journal/batch-checkpoint.ts';
import { isHeld } from '../journal/lock.ts';
import { readEvents } from '../journal/read-journal.ts';
import { Timeline } from '../report/timeline.ts';
import { resultOf } from '../result.ts';
import { goneNow } from './missing-shots.ts';

/** What came of a batch, from its checkpoint alone: for reports and history. */
export async function readResult(directory: string): Promise<BatchResult> {
  // Asked first: a run that ends between the two has written its end by then.
  const live = (await isHeld(directory)).held;
  const replayed = await new BatchCheckpoint(directory).load();
  const { run, outcome, lastAt, night, jobs } = replayed;
  if (!run || !outcome) throw new Error(`The checkpoint ${directory} tells of no run.`);
  const running = live && run.finishedAt === null;
  // What is being rendered counts, wherever its file has gone meanwhile.
  const gone = running ? replayed.gone : await goneNow(run.folder, jobs, replayed.gone);
  const seen = running ? run : { ...run, finishedAt: run.finishedAt ?? lastAt };
  const here = [...jobs.values()].filter(({ id }) => !gone.has(id));
  const shown = run.finishedAt === null ? here.map((job) => atWork(job, run.startedAt)) : here;
  const now = { running, cancelled: outcome === 'cancelled', outcome, night };
  return resultOf(shown, [], seen, now);
}

/** A journal that is replayed has nothing running; one that is still written, or broke off, has. */
function atWork(job: BatchJob, since: number): BatchJob {
  const { status, startTime, endTime } = job;
  const begun =
    status === 'waiting' && startTime !== null && startTime >= since && endTime === null;
  return begun ? { ...job, status: 'running' } : job;
}

/**
 * What each worker was at over the night that a checkpoint tells of last. Reads its journal once, in blocks;
 * costs nothing while nobody asks. Throws what the file system says.
 */
export async function readWorkerUse(directory: string): Promise<WorkerUse> {
  const timeline = new Timeline();
  await readEvents(join(directory, 'journal.jsonl'), (event) => timeline.add(event));
  return timeline.end();
}
