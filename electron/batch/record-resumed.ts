import type { Batch } from '../../shared/batch.ts';
import type { BatchEvent } from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { BatchStore } from './batch-store.ts';
import type { BatchCheckpoint } from './checkpoint/batch-checkpoint.ts';
import type { Replayed } from './checkpoint/replay.ts';
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
