import type { Batch } from '../../../shared/batch.ts';
import type { BatchEvent } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { MOST_SHOTS, type Recovery, type ShotFrames } from '../../../shared/night.ts';
import type { BatchStore } from '../batch-store.ts';
import type { BatchCheckpoint } from '../journal/batch-checkpoint.ts';
import type { Replayed } from '../journal/replay.ts';
import { type ResumedJob, sameNumbers } from './resume.ts';

/**
 * Brings the journal to what was found: new and changed shots, frames that are gone, jobs that are
 * tried again.
 */
export function recordResumed(
  batch: Batch,
  resumed: readonly ResumedJob[],
  known: Replayed,
  participants: readonly BatchJob[],
  store: BatchStore,
): void {
  const taking = new Set(participants.map(({ id }) => id));
  for (const one of resumed) {
    const { id } = one.job;
    const isUnreadable = one.job.shotConfig === null && known.jobs.has(id);
    // A shot file that is broken today may be mended tomorrow: what is recorded of it stays.
    if (isUnreadable) store.record({ type: 'job-reset', job: id, at: Date.now() });
    else if (one.fresh) recordFresh(one.job, store);
    else recordKnown(one, known.jobs.get(id), store);
    const job = store.job(id);
    if (!one.fresh && taking.has(id) && job.status !== 'completed') {
      store.record({ type: 'job-reset', job: id, at: Date.now() });
    }
  }
  endUnreadable(batch, store);
}

function recordFresh(job: BatchJob, store: BatchStore): void {
  store.record(added(job));
}

/** Shots of the folder that the run is not for, as far as the journal lacks them: lists and reports know of them. */
export async function recordOthers(
  { others = [] }: Batch,
  known: Replayed,
  checkpoint: BatchCheckpoint,
): Promise<void> {
  for (const job of others) {
    if (!known.jobs.has(job.id)) await checkpoint.append(added(job), { sync: false });
  }
}

function added({ id, name, shotFile, outputPath, source }: BatchJob): BatchEvent {
  return { type: 'job-added', job: id, at: Date.now(), name, shotFile, outputPath, source };
}

function recordKnown(
  { job, lost }: ResumedJob,
  before: BatchJob | undefined,
  store: BatchStore,
): void {
  const at = Date.now();
  const { plan } = job;
  if (plan && !sameNumbers(plan.frames, before?.plan?.frames ?? [])) {
    store.record({ type: 'job-planned', job: job.id, at, plan });
  }
  for (const frame of lost) store.record({ type: 'frame-lost', job: job.id, at, frame });
}

/** A shot file that can't be read is a failed job of every run, also of one with other jobs only. */
function endUnreadable(batch: Batch, store: BatchStore): void {
  for (const { id, shotConfig, error } of batch.jobs) {
    if (shotConfig !== null) continue;
    store.record({ type: 'job-finished', job: id, at: Date.now(), status: 'failed', error });
  }
}

/** Tells what the start of a run found left over from the one before, if there is something. */
export function recordRecovery(
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
export function recordGone(batch: Batch, known: Replayed, store: BatchStore): void {
  if (batch.partial) return;
  const here = new Set(batch.jobs.map(({ id }) => id));
  const jobs = [...known.jobs.keys()].filter((id) => !here.has(id));
  const isKnown = jobs.length === known.gone.size && jobs.every((id) => known.gone.has(id));
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
