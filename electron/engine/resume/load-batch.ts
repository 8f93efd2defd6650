import type { Batch, BatchConfig, BatchOutcome } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { ResumeCard } from '../../../shared/view.ts';
import { FileLooks } from '../folder/file-cache.ts';
import type { Replayed } from '../journal/replay.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import { standingOf } from '../result.ts';
import { type ResumedJob, resumeJob } from './resume.ts';
import { sourceNow } from './sources.ts';

/** What a checkpoint and the frames on disk say before anything is rendered. */
export interface LoadReport extends ResumeCard {
  /** Of the newest run; `null`: this batch was never rendered. */
  readonly outcome: BatchOutcome | null;
}

/** A batch joined with its checkpoint. */
export interface LoadedBatch {
  readonly resumed: readonly ResumedJob[];
  /** Ids of complete shots whose files `enough` kept from being looked at. */
  readonly unlooked: readonly string[];
  readonly report: LoadReport;
}

interface JoinOptions {
  readonly orphansStopped?: number;
  /** Ends the look at the frames. */
  readonly isCancelled?: () => boolean;
  /** Ends the look at the frames of complete shots; whoever says so looks at those himself. */
  readonly enough?: () => boolean;
}

/** Shots whose frames are looked at side by side. */
const SHOTS_AT_ONCE = 4;

/**
 * Joins every job of a batch with the checkpoint and looks at each recorded frame on disk, those of shots
 * that go on before those of complete ones; no longer than the options allow.
 */
export async function joinCheckpoint(
  batch: Batch,
  replayed: Replayed,
  config: BatchConfig,
  { orphansStopped = 0, isCancelled = never, enough = never }: JoinOptions = {},
): Promise<LoadedBatch> {
  const forget = config.existing === 'overwrite' && !goesOn(replayed);
  const looks = new FileLooks();
  const unlooked: string[] = [];
  const isComplete = ({ id }: BatchJob) => replayed.jobs.get(id)?.status === 'completed';
  // What goes on renders from their pictures: those have to be there.
  const needed = new Set(
    batch.jobs
      .filter(not(isComplete))
      .flatMap(({ shotConfig }) => shotConfig?.dependsOn.map(({ job }) => job) ?? []),
  );
  const mayWait = (job: BatchJob) => isComplete(job) && !needed.has(job.id);
  const joined = async (read: BatchJob) => {
    // Its files may have been saved since the folder was read.
    const known = replayed.jobs.get(read.id);
    const source = (await sourceNow(read, looks)) ?? read.source;
    const chosenPriority = known?.chosenPriority ?? null;
    const chosenBlender = known?.chosenBlender ?? null;
    const job = { ...read, source, chosenPriority, chosenBlender };
    const isOver = mayWait(job) ? () => isCancelled() || enough() : isCancelled;
    const one = await resumeJob(job, known, forget, isOver, looks);
    if (one.job.status === 'completed' && mayWait(job) && enough()) unlooked.push(job.id);
    return one;
  };
  const before = await sideBySide(batch.jobs.filter(not(mayWait)), joined, SHOTS_AT_ONCE);
  const complete = await sideBySide(batch.jobs.filter(mayWait), joined, SHOTS_AT_ONCE);
  const found = new Map([...before, ...complete].map((one) => [one.job.id, one]));
  const resumed = batch.jobs.map(({ id }) => found.get(id) as ResumedJob);
  const stale = resumed.filter((one) => one.stale > 0);
  return {
    resumed,
    unlooked,
    report: {
      outcome:
        replayed.outcome &&
        standingOf(
          replayed.outcome,
          resumed.map(({ job }) => job),
        ),
      drivenBy: null,
      stoppedAt: replayed.lastAt,
      framesWhole: sum(resumed, ({ job }) => job.counts.done),
      framesUnfinished: replayed.unfinished,
      framesLeft: sum(resumed, ({ job }) => framesLeft(job)),
      shotsUnopened: resumed.filter(({ job }) => isUnopened(job)).length,
      stale: stale.map(({ job, stale }) => ({ name: job.name, frames: stale })),
      framesLost: sum(resumed, ({ lost }) => lost.length),
      orphansStopped,
      linesSetAside: replayed.setAside.length,
    },
  };
}

/** Whether the next run goes on with what the newest one began, or left for later. */
function goesOn({ outcome, jobs, gone }: Replayed): boolean {
  if (outcome === null) return false;
  const here = [...jobs.values()].filter(({ id }) => !gone.has(id));
  return ['interrupted', 'cancelled', 'partial'].includes(standingOf(outcome, here));
}

function never(): boolean {
  return false;
}

function not<T>(holds: (item: T) => boolean): (item: T) => boolean {
  return (item) => !holds(item);
}

function framesLeft(job: BatchJob): number {
  if (job.shotConfig === null) return 0;
  if (job.plan) return job.counts.total - job.counts.done;
  return job.shotConfig.frames?.length ?? 0;
}

function isUnopened({ shotConfig, plan, status }: BatchJob): boolean {
  return shotConfig !== null && shotConfig.frames === null && plan === null && status !== 'failed';
}

function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}

/** The first frame waits no longer than this for the frames of complete shots to be looked at, ms. */
const LONGEST_LOOK_MS = 2000;

interface FirstLook {
  readonly config: BatchConfig;
  readonly isCancelled: () => boolean;
  /** Whether those who look on beside the rendering will come to do so. */
  readonly goesOn: (joined: LoadedBatch) => Promise<boolean>;
  /** For tests. */
  readonly mostMs?: number;
}

/**
 * Joins a batch with its checkpoint before a run. The files of shots that go on are all looked at. Those of
 * complete ones may be millions: where something is left to render, the rest of them is `unlooked`, to be
 * looked at while it renders.
 */
export async function joinForRun(
  batch: Batch,
  known: Replayed,
  { config, isCancelled, goesOn, mostMs = LONGEST_LOOK_MS }: FirstLook,
): Promise<LoadedBatch> {
  const joined = await joinCheckpoint(batch, known, config, {
    isCancelled,
    enough: patience(mostMs),
  });
  if (joined.unlooked.length === 0 || (await goesOn(joined))) return joined;
  return joinCheckpoint(batch, known, config, { isCancelled });
}

/** True from when on it has taken too long. Asked once for each shot and for each of its frames. */
function patience(ms: number): () => boolean {
  const until = performance.now() + ms;
  return () => performance.now() > until;
}
