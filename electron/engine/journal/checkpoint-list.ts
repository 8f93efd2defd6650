import { readdir } from 'node:fs/promises';
import type { BatchOutcome } from '../../../shared/batch.ts';
import { JOB_STATUSES, type JobStatus } from '../../../shared/job.ts';
import { standingOf } from '../result.ts';
import { goneNow } from '../resume/missing-shots.ts';
import { BatchCheckpoint } from './batch-checkpoint.ts';
import { batchesDirectory, checkpointDirectory } from './data-directory.ts';
import { isHeld } from './lock.ts';
import { type Replayed, replay } from './replay.ts';

/** One batch of the history. */
export interface CheckpointSummary {
  readonly id: string;
  readonly directory: string;
  /** The shot folder; `null` while no run has started, and where the journal can't be read. */
  readonly folder: string | null;
  readonly outputRoot: string | null;
  readonly outcome: BatchOutcome | null;
  /** Of the newest run, ms since 1970. */
  readonly startedAt: number | null;
  readonly lastAt: number | null;
  /** Of the jobs whose frames are known. */
  readonly frames: { readonly total: number; readonly done: number; readonly failed: number };
  readonly jobs: Readonly<Record<JobStatus, number>>;
  /** A process drives it now; then `outcome` is not to be shown. */
  readonly live: boolean;
  /** A sentence where the journal could not be read; everything else is empty then. */
  readonly problem: string | null;
}

/**
 * Every batch of the data directory, the newest first. A batch that can't be read says so.
 * @param options `looks`: shots whose files were deleted since the last run don't count; a look at each file
 */
export async function listCheckpoints(
  data: string,
  options: { readonly looks?: boolean } = {},
): Promise<readonly CheckpointSummary[]> {
  const names = await readdir(batchesDirectory(data), { withFileTypes: true }).catch(() => []);
  const summaries: CheckpointSummary[] = [];
  // One after another: a journal may be large.
  for (const entry of names) {
    if (entry.isDirectory())
      summaries.push(await summarised(data, entry.name, options.looks ?? false));
  }
  return summaries.sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
}

async function summarised(data: string, id: string, looks: boolean): Promise<CheckpointSummary> {
  const directory = checkpointDirectory(data, id);
  const live = (await isHeld(directory)).held;
  try {
    const replayed = await new BatchCheckpoint(directory).load();
    const { run, jobs } = replayed;
    const isLooked = looks && !live;
    const gone = isLooked ? await goneNow(run?.folder ?? null, jobs, replayed.gone) : replayed.gone;
    return { id, directory, live, problem: null, ...facts({ ...replayed, gone }) };
  } catch (error) {
    const problem = `The checkpoint can't be read: ${(error as Error).message}`;
    return { id, directory, live, problem, ...facts(replay([])) };
  }
}

function facts(replayed: Replayed) {
  const jobs = Object.fromEntries(JOB_STATUSES.map((status) => [status, 0])) as Record<
    JobStatus,
    number
  >;
  const frames = { total: 0, done: 0, failed: 0 };
  const here = [...replayed.jobs.values()].filter(({ id }) => !replayed.gone.has(id));
  for (const job of here) {
    jobs[job.status] += 1;
    frames.total += job.counts.total;
    frames.done += job.counts.done;
    frames.failed += job.counts.failed;
  }
  const { run, outcome, lastAt } = replayed;
  return {
    folder: run?.folder ?? null,
    outputRoot: run?.outputRoot ?? null,
    startedAt: run?.startedAt ?? null,
    outcome: outcome && standingOf(outcome, here),
    lastAt,
    frames,
    jobs,
  };
}

/** Ids of the batches of a data directory that some process of this computer renders right now. */
export async function liveBatches(data: string): Promise<readonly string[]> {
  const entries = await readdir(batchesDirectory(data), { withFileTypes: true }).catch(() => []);
  const ids = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const held = await Promise.all(
    ids.map(async (id) => (await isHeld(checkpointDirectory(data, id))).held),
  );
  return ids.filter((_, index) => held[index]);
}
