import type { RunInfo, RunOutcome } from '../../../shared/batch.ts';
import { type BatchEvent, isJobEvent, type JobEvent } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { FRESH_JOB, jobAfter } from '../../../shared/job-state.ts';
import { type Night, QUIET_NIGHT } from '../../../shared/night.ts';
import { nightAfter } from '../../../shared/night-state.ts';

/** What the journal says of the batch as a whole. */
export interface RunState {
  /** Of the newest `batch-started`. */
  readonly run: RunInfo | null;
  /** `interrupted` from a start on until its `batch-finished` is seen. */
  readonly outcome: RunOutcome | null;
  readonly lastAt: number | null;
  /** What it met, the runs that it resumed included. */
  readonly night: Night;
  /** Jobs that the newest look at the whole folder did not find any more. */
  readonly gone: ReadonlySet<string>;
}

export const NO_RUN: RunState = {
  run: null,
  outcome: null,
  lastAt: null,
  night: QUIET_NIGHT,
  gone: new Set(),
};

/** What the artist says of shots and frames, by day and by night. */
const CHOICES: readonly BatchEvent['type'][] = [
  'job-prioritized',
  'job-blender',
  'frames-reviewed',
  'job-saved',
  'older-kept',
];

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

/** Whether an event is what the artist has chosen, and nothing that happened in a night. */
export function isChoice({ type }: Pick<BatchEvent, 'type'>): boolean {
  return CHOICES.includes(type);
}

export function runAfter(state: RunState, event: BatchEvent): RunState {
  // Chosen in the window, also when nothing is rendered: nothing happened then.
  if (isChoice(event)) return state;
  const lastAt = Math.max(state.lastAt ?? event.at, event.at);
  if (isJobEvent(event)) return { ...state, lastAt, gone: without(state.gone, event.job) };
  const night = nightAfter(state.night, event, {
    resumes: state.outcome === 'interrupted' || state.outcome === 'cancelled',
    brokeOffAt: brokeOffAt(state),
  });
  switch (event.type) {
    case 'batch-started': {
      const run = { ...event.run, finishedAt: null };
      return { ...state, run, outcome: 'interrupted', lastAt, night };
    }
    case 'batch-finished': {
      const run = state.run && { ...state.run, finishedAt: event.at };
      return { ...state, run, outcome: run ? event.outcome : state.outcome, lastAt, night };
    }
    case 'jobs-gone':
      return { ...state, lastAt, gone: new Set(event.jobs) };
    default:
      return { ...state, lastAt, night };
  }
}

/** When a run ended of which nobody has seen the end; `null`: none did. */
function brokeOffAt({ run, lastAt }: RunState): number | null {
  return run !== null && run.finishedAt === null ? lastAt : null;
}

/** What something happens to is there. */
function without(gone: ReadonlySet<string>, job: string): ReadonlySet<string> {
  if (!gone.has(job)) return gone;
  const left = new Set(gone);
  left.delete(job);
  return left;
}
