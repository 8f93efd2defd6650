import type { BatchOutcome, BatchResult, RunInfo } from '../../shared/batch.ts';
import type { BatchJob, JobStatus } from '../../shared/job.ts';
import { type Night, pausedMsOf } from '../../shared/night.ts';
import type { ShotProblem } from '../../shared/shot.ts';

/** A batch as a result: what its jobs came to. Pure. */
export function resultOf(
  jobs: readonly BatchJob[],
  problems: readonly ShotProblem[],
  run: RunInfo,
  now: { readonly running: boolean; readonly cancelled: boolean; readonly night: Night },
): BatchResult {
  const count = (status: JobStatus) => jobs.filter((job) => job.status === status).length;
  const end = run.finishedAt ?? (now.running ? Date.now() : run.startedAt);
  const pausedMs = pausedMsOf(now.night, end);
  return {
    outcome: outcomeOf(jobs, now.cancelled),
    totalJobs: jobs.length,
    completed: count('completed'),
    failed: count('failed'),
    skipped: count('skipped'),
    cancelled: count('cancelled'),
    durationSeconds: Math.max(0, end - run.startedAt - pausedMs) / 1000,
    pausedSeconds: pausedMs / 1000,
    live: now.running && run.finishedAt === null,
    night: now.night,
    jobs,
    problems,
    run,
  };
}

/** How a run ended, judged by its jobs. A job that still waits was never reached: interrupted. */
export function outcomeOf(jobs: readonly BatchJob[], cancelled: boolean): BatchOutcome {
  const any = (status: JobStatus) => jobs.some((job) => job.status === status);
  if (cancelled) return 'cancelled';
  if (any('failed')) return 'failed';
  if (any('waiting') || any('running')) return 'interrupted';
  // Nobody cancelled anything: a shot could not start, since one that it needs was no part of the run.
  if (!any('cancelled') && jobs.some(({ status, error }) => status === 'skipped' && error)) {
    return 'failed';
  }
  return any('cancelled') || any('skipped') ? 'cancelled' : 'completed';
}
