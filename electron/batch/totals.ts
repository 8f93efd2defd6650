import type { BatchProgress } from '../../shared/batch.ts';
import type { BatchJob, JobStatus } from '../../shared/job.ts';
import { knownCounts } from '../../shared/job-state.ts';

/** Sums over all jobs, kept up to date with each event instead of counted anew. */
export interface Totals {
  readonly jobs: Readonly<Record<JobStatus, number>>;
  readonly frames: BatchProgress['frames'];
  readonly unplanned: number;
  /** Frames that this run is still going to render, as far as they are known. */
  readonly left: number;
  /** Rendering seconds and frames behind them: what an average frame takes. */
  readonly renderSeconds: number;
}

const NOTHING: Totals = {
  jobs: { waiting: 0, running: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 },
  frames: { total: 0, done: 0, kept: 0, running: 0, failed: 0, waiting: 0 },
  unplanned: 0,
  left: 0,
  renderSeconds: 0,
};

export function totalsOf(jobs: readonly BatchJob[]): Totals {
  return jobs.reduce((totals, job) => plus(totals, job, 1), NOTHING);
}

/** With one more job. */
export function totalsWith(totals: Totals, job: BatchJob): Totals {
  return plus(totals, job, 1);
}

export function totalsAfter(totals: Totals, before: BatchJob, after: BatchJob): Totals {
  return plus(plus(totals, before, -1), after, 1);
}

function plus(totals: Totals, job: BatchJob, by: 1 | -1): Totals {
  const { frames } = totals;
  const counts = knownCounts(job);
  return {
    jobs: { ...totals.jobs, [job.status]: totals.jobs[job.status] + by },
    frames: {
      total: frames.total + by * counts.total,
      done: frames.done + by * counts.done,
      kept: frames.kept + by * counts.kept,
      running: frames.running + by * counts.running,
      failed: frames.failed + by * counts.failed,
      waiting: frames.waiting + by * counts.waiting,
    },
    unplanned:
      totals.unplanned + by * (isOpen(job) && job.plan === null && counts.total === 0 ? 1 : 0),
    left: totals.left + by * (isOpen(job) ? counts.waiting + counts.running : 0),
    renderSeconds: totals.renderSeconds + by * job.renderSeconds,
  };
}

function isOpen(job: BatchJob): boolean {
  return job.status === 'waiting' || job.status === 'running';
}
