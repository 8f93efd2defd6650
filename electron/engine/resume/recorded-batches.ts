import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch, BatchOutcome, BatchResult } from '../../../shared/batch.ts';
import type { WorkerUse } from '../../../shared/charts/night-charts.ts';
import { type BatchJob, JOB_STATUSES, type JobStatus } from '../../../shared/job.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import type { TestPass } from '../../../shared/test-pass.ts';
import { batchIdOf, batchIdStart } from '../folder/names.ts';
import { BatchCheckpoint } from '../journal/batch-checkpoint.ts';
import { batchesDirectory, checkpointDirectory } from '../journal/data-directory.ts';
import { isHeld, isHeldHere } from '../journal/lock.ts';
import { readEvents } from '../journal/read-journal.ts';
import { type Replayed, replay } from '../journal/replay.ts';
import { NIGHTS } from '../report/kept-nights.ts';
import { Timeline } from '../report/timeline.ts';
import { resultOf, standingOf } from '../result.ts';
import { statAll } from './verify-frames.ts';

/** One batch of the history. */
export interface CheckpointSummary {
  readonly id: string;
  readonly directory: string;
  /** The shot folder; `null` while no run has started, and where the journal can't be read. */
  readonly folder: string | null;
  readonly outputRoot: string | null;
  /** Which test pass it is; not there: the finals. */
  readonly test?: TestPass | undefined;
  /** It is of these .blend files only; not there: of the whole folder. */
  readonly files?: readonly string[] | undefined;
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
    if (!entry.isDirectory() || (await isHistory(checkpointDirectory(data, entry.name)))) continue;
    summaries.push(await summarised(data, entry.name, options.looks ?? false));
  }
  return summaries.sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
}

/** The batches of a folder that have a checkpoint, the newest first; of other folders none is read. */
export async function folderBatches(
  data: string,
  folder: string,
): Promise<readonly CheckpointSummary[]> {
  const names = await readdir(batchesDirectory(data)).catch(() => []);
  const likely = names.filter((name) => name.startsWith(batchIdStart(folder)));
  const read = [];
  for (const id of likely) read.push(await summarised(data, id, false));
  return read
    .filter((batch) => batch.folder === folder)
    .sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
}

/**
 * Where the finals of a whole folder have their frames, if that is somewhere else than they would go now and none is there;
 * `null`: there is nothing to ask about.
 */
export async function finalsElsewhere(
  data: string,
  folder: string,
  now: string,
): Promise<string | null> {
  const ours = join(checkpointDirectory(data, batchIdOf(folder, now)), 'journal.jsonl');
  if (await stat(ours).catch(() => null)) return null;
  const all = await folderBatches(data, folder);
  const finals = all.filter(({ test, files }) => !test && !files);
  return finals.find(({ frames }) => frames.done > 0)?.outputRoot ?? null;
}

/**
 * Of a batch of picked files: a warning for each shot of which frames are done in the batch of the whole folder, into the
 * same place. Neither batch knows of what the other has rendered.
 * @param data the app data directory
 */
export async function doneInFolder(data: string, batch: Batch): Promise<readonly ShotProblem[]> {
  if (!batch.files) return [];
  const whole = checkpointDirectory(data, batchIdOf(batch.folder, batch.outputRoot));
  // A journal that can't be read is told where its own batch is opened.
  const recorded = await new BatchCheckpoint(whole).load().catch(() => null);
  return batch.jobs.flatMap(({ id, source, outputPath, shotFile }) => {
    const known = recorded?.jobs.get(id);
    const done = known?.counts.done ?? 0;
    if (done === 0 || known?.source !== source || known.outputPath !== outputPath) return [];
    const frames = done === 1 ? 'One frame of this shot is' : `${done} frames of this shot are`;
    const message = `${frames} done in the batch of the whole folder. This batch does not know of them and would render them again, in their place: open the folder to go on with them.`;
    const about = { file: shotFile, line: null, column: null, jobId: id };
    return [{ severity: 'warning' as const, ...about, message }];
  });
}

/** It was begun anew: nothing is there of it but its nights. */
async function isHistory(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  return names.length === 1 && names[0] === NIGHTS;
}

async function summarised(data: string, id: string, looks: boolean): Promise<CheckpointSummary> {
  const directory = checkpointDirectory(data, id);
  const live = (await isHeld(directory)).held;
  try {
    const replayed = await new BatchCheckpoint(directory).load();
    const gone = looks && !live ? await shotsWithoutFile(replayed) : replayed.gone;
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
    ...(run?.test && { test: run.test }),
    ...(run?.files && { files: run.files }),
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
    ids.map(async (id) => (await isHeldHere(checkpointDirectory(data, id))).held),
  );
  return ids.filter((_, index) => held[index]);
}

/** What came of a batch, from its checkpoint alone: for reports and history. */
export async function readResult(directory: string): Promise<BatchResult> {
  // Asked first: a run that ends between the two has written its end by then.
  const live = (await isHeld(directory)).held;
  const replayed = await new BatchCheckpoint(directory).load();
  const { run, outcome, lastAt, night, jobs } = replayed;
  if (!run || !outcome) throw new Error(`The checkpoint ${directory} tells of no run.`);
  const running = live && run.finishedAt === null;
  // What is being rendered counts, wherever its file has gone meanwhile.
  const gone = running ? replayed.gone : await shotsWithoutFile(replayed);
  const seen = running ? run : { ...run, finishedAt: run.finishedAt ?? lastAt };
  const here = [...jobs.values()].filter(({ id }) => !gone.has(id));
  const shown = run.finishedAt === null ? here.map((job) => atWork(job, run.startedAt)) : here;
  const now = { running, cancelled: outcome === 'cancelled', outcome, night };
  return resultOf(shown, [], seen, now);
}

/** What a journal says of a run that nobody goes on with any more; `null`: it tells of none. */
export function recordedResult(replayed: Replayed): BatchResult | null {
  const { run, outcome, lastAt, night, jobs, gone } = replayed;
  if (!run || !outcome) return null;
  const here = [...jobs.values()].filter(({ id }) => !gone.has(id));
  const seen = { ...run, finishedAt: run.finishedAt ?? lastAt };
  const now = { running: false, cancelled: outcome === 'cancelled', outcome, night };
  return resultOf(here, [], seen, now);
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

/**
 * Ids of the recorded shots that have no file in their folder any more, those of which that was known among them.
 * Where the folder is not there, or holds none of them, it may only not be mounted: then no more than was known.
 */
async function shotsWithoutFile({ run, jobs, gone }: Replayed): Promise<ReadonlySet<string>> {
  const folder = run?.folder ?? null;
  const left = [...jobs.values()].filter(({ id }) => !gone.has(id));
  if (folder === null || !(await stat(folder).catch(() => null))?.isDirectory()) return gone;
  const without = new Set(gone);
  await statAll(
    left.length,
    (index) => join(folder, left[index]?.shotFile ?? ''),
    (index, found) => {
      if (!found) without.add(left[index]?.id ?? '');
    },
    () => false,
  );
  return without.size === gone.size + left.length ? gone : without;
}
