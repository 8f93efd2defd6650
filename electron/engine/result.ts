import type { BatchOutcome, BatchResult, RunInfo, RunOutcome } from '../../shared/batch.ts';
import type { BatchJob, JobStatus } from '../../shared/job.ts';
import { type Night, pausedMsOf } from '../../shared/night.ts';
import type { ShotProblem } from '../../shared/shot.ts';

/** A batch as a result: what its jobs came to. Pure. */
export function resultOf(
  jobs: readonly BatchJob[],
  problems: readonly ShotProblem[],
  run: RunInfo,
  now: {
    readonly running: boolean;
    readonly cancelled: boolean;
    /** Of the newest run, once it is over; `null`: there was none. */
    readonly outcome: RunOutcome | null;
    readonly night: Night;
  },
): BatchResult {
  const count = (status: JobStatus) => jobs.filter((job) => job.status === status).length;
  const isLive = now.running && run.finishedAt === null;
  const end = run.finishedAt ?? (now.running ? Date.now() : run.startedAt);
  const pausedMs = pausedMsOf(now.night, end);
  return {
    outcome:
      isLive || now.outcome === null
        ? outcomeOf(jobs, now.cancelled)
        : standingOf(now.outcome, jobs),
    totalJobs: jobs.length,
    completed: count('completed'),
    failed: count('failed'),
    skipped: count('skipped'),
    cancelled: count('cancelled'),
    durationSeconds: Math.max(0, end - run.startedAt - pausedMs) / 1000,
    pausedSeconds: pausedMs / 1000,
    live: isLive,
    night: now.night,
    jobs,
    problems,
    run,
  };
}

/**
 * How a whole batch stands. A run of some shots that went well says nothing about those that it was not
 * asked for: they wait, fail or stay cancelled as they did.
 */
export function standingOf(outcome: RunOutcome, jobs: readonly BatchJob[]): BatchOutcome {
  if (outcome !== 'completed') return outcome;
  const now = outcomeOf(jobs, false);
  return now === 'interrupted' ? 'partial' : now;
}

/** How a run ended, judged by the jobs that took part. One that still waits was never reached: interrupted. */
export function outcomeOf(jobs: readonly BatchJob[], cancelled: boolean): RunOutcome {
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
