import type { Batch } from '../../../shared/batch.ts';
import type { BatchEvent } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { MOST_SHOTS, type Recovery, type ShotFrames } from '../../../shared/night.ts';
import type { BatchStore } from '../batch-store.ts';
import type { BatchCheckpoint } from '../journal/batch-checkpoint.ts';
import type { Replayed } from '../journal/replay.ts';
import { inherited, type WithHeirs } from './heirs.ts';
import { type ResumedJob, sameNumbers } from './join-job.ts';

/** What a run found that begins where another one ended. */
interface FoundBatch {
  readonly batch: Batch;
  readonly resumed: readonly ResumedJob[];
  /** What was done before; nothing where all begins afresh. */
  readonly recorded: Replayed;
}

/** Brings the journal to what was found before a run: what was out of order, and the shots as they are now. */
export async function recordResume({
  batch,
  only,
  resumed,
  recorded,
  replayed,
  orphansStopped,
  store,
  checkpoint,
}: FoundBatch & {
  /** Ids of the jobs that take part; `null`: all. */
  readonly only: readonly string[] | null;
  readonly recorded: WithHeirs;
  /** What the journal says, also where all begins afresh. */
  readonly replayed: Replayed;
  readonly orphansStopped: number;
  readonly store: BatchStore;
  readonly checkpoint: BatchCheckpoint;
}): Promise<void> {
  recordRecovery(resumed, replayed, orphansStopped, store);
  recordGone(batch, replayed, store);
  for (const job of batch.jobs) {
    const before = recorded.heirs.has(job.id) ? recorded.jobs.get(job.id) : undefined;
    // The store has them by now: the journal alone lacks them.
    for (const event of before ? inherited(before, job) : []) {
      await checkpoint.append(event, { sync: false });
    }
  }
  recordJobs({ batch, resumed, recorded }, only && new Set(only), store);
  // Shots of the folder that the run is not for, as far as the journal lacks them: lists and reports know of them.
  for (const job of batch.others ?? []) {
    if (!recorded.jobs.has(job.id)) await checkpoint.append(added(job), { sync: false });
  }
}

/**
 * New and changed shots, frames that are gone, jobs that are tried again.
 * @param taking ids of the jobs that take part; `null`: all
 */
export function recordJobs(
  { batch, resumed, recorded }: FoundBatch,
  taking: ReadonlySet<string> | null,
  store: BatchStore,
): void {
  for (const one of resumed) {
    const { id } = one.job;
    const before = recorded.jobs.get(id);
    const at = Date.now();
    // A shot file that is broken today may be mended tomorrow: what is recorded of it stays.
    if (one.job.shotConfig === null && before) store.record({ type: 'job-reset', job: id, at });
    else if (one.fresh) store.record(added(one.job));
    else recordFrames(one, before, store);
    if (one.decided) store.record(one.decided);
    const takesPart = taking === null || taking.has(id);
    if (one.picks) for (const event of one.picks) store.record(event);
    else if (!one.fresh && takesPart && store.job(id).status !== 'completed') {
      store.record({ type: 'job-reset', job: id, at });
    }
  }
  // A shot file that can't be read is a failed job of every run, also of one with other jobs only.
  for (const { id, shotConfig, error } of batch.jobs) {
    if (shotConfig !== null) continue;
    store.record({ type: 'job-finished', job: id, at: Date.now(), status: 'failed', error });
  }
}

function added({ id, name, shotFile, outputPath, source }: BatchJob): BatchEvent {
  return { type: 'job-added', job: id, at: Date.now(), name, shotFile, outputPath, source };
}

function recordFrames(
  { job, lost, saved }: ResumedJob,
  before: BatchJob | undefined,
  store: BatchStore,
): void {
  if (saved) store.record(saved);
  const at = Date.now();
  const { plan } = job;
  if (plan && !sameNumbers(plan.frames, before?.plan?.frames ?? [])) {
    store.record({ type: 'job-planned', job: job.id, at, plan });
  }
  for (const frame of lost) store.record({ type: 'frame-lost', job: job.id, at, frame });
}

/** Tells what the start of a run found left over from the one before, if there is something. */
function recordRecovery(
  resumed: readonly ResumedJob[],
  { setAside, night }: Pick<Replayed, 'setAside' | 'night'>,
  orphansStopped: number,
  store: BatchStore,
): void {
  const again = shotsWith(resumed, (one) => one.again ?? 0);
  const found: Recovery = {
    orphansStopped,
    linesSetAside: Math.max(0, setAside.length - night.linesTold),
    lost: shotsWith(resumed, ({ lost }) => lost.length),
    stale: shotsWith(resumed, ({ stale }) => stale),
    ...(again.length > 0 && { again }),
  };
  const shots = found.lost.length + found.stale.length + again.length;
  const isNothing = found.orphansStopped + found.linesSetAside + shots === 0;
  if (!isNothing) tellFound(found, store);
}

/** Tells what was found out of order and is set right. */
export function tellFound(found: Partial<Recovery>, store: BatchStore): void {
  const whole = { ...NOTHING_FOUND, ...found };
  store.record({ type: 'batch-recovered', at: Date.now(), found: whole });
}

const NOTHING_FOUND: Recovery = { orphansStopped: 0, linesSetAside: 0, lost: [], stale: [] };

/**
 * Tells which recorded shots are not in the folder any more, so that lists and reports leave them
 * out. What is known of their frames stays: a folder that was not mounted comes back.
 */
export function recordGone(batch: Batch, recorded: Replayed, store: BatchStore): void {
  if (batch.partial) return;
  const here = new Set(batch.jobs.map(({ id }) => id));
  const jobs = [...recorded.jobs.keys()].filter((id) => !here.has(id));
  const { gone } = recorded;
  const isKnown = jobs.length === gone.size && jobs.every((id) => gone.has(id));
  if (!isKnown) store.record({ type: 'jobs-gone', at: Date.now(), jobs });
}

/** The shots with the most frames; what does not fit is summed up in the last one. */
function shotsWith(
  resumed: readonly ResumedJob[],
  count: (one: ResumedJob) => number,
): readonly ShotFrames[] {
  const shots = resumed
    .map((one) => ({ name: one.job.name, frames: count(one) }))
    .filter(({ frames }) => frames > 0)
    .sort((a, b) => b.frames - a.frames);
  if (shots.length <= MOST_SHOTS) return shots;
  const rest = shots.slice(MOST_SHOTS - 1);
  const frames = rest.reduce((sum, shot) => sum + shot.frames, 0);
  return [...shots.slice(0, MOST_SHOTS - 1), { name: `${rest.length} more shots`, frames }];
}
