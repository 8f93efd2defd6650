import type { BatchOutcome, RunInfo } from '../../../shared/batch.ts';
import { type BatchEvent, isJobEvent, type JobEvent } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { FRESH_JOB, jobAfter } from '../../../shared/job-state.ts';

/** What the journal says of the batch as a whole. */
export interface RunState {
  /** Of the newest `batch-started`. */
  readonly run: RunInfo | null;
  /** `interrupted` from a start on until its `batch-finished` is seen. */
  readonly outcome: BatchOutcome | null;
  readonly lastAt: number | null;
}

export const NO_RUN: RunState = { run: null, outcome: null, lastAt: null };

/**
 * The job after one event, made where the event adds it.
 * Throws on an illegal move and on a job that was never added.
 */
export function jobAfterOrAdded(job: BatchJob | undefined, event: JobEvent): BatchJob {
  if (job) return jobAfter(job, event);
  if (event.type !== 'job-added') throw new Error('It is about a shot that was never added.');
  const { job: id, name, shotFile, outputPath, source } = event;
  return { id, name, shotFile, shotConfig: null, outputPath, source, ...FRESH_JOB };
}

export function runAfter(state: RunState, event: BatchEvent): RunState {
  const lastAt = Math.max(state.lastAt ?? event.at, event.at);
  if (isJobEvent(event)) return { ...state, lastAt };
  if (event.type === 'batch-started') {
    return { run: { ...event.run, finishedAt: null }, outcome: 'interrupted', lastAt };
  }
  if (event.type === 'batch-finished' && state.run) {
    return { run: { ...state.run, finishedAt: event.at }, outcome: event.outcome, lastAt };
  }
  return { ...state, lastAt };
}
