import type { BatchProgress, PauseReason } from '../../shared/batch.ts';
import type { Totals } from './totals.ts';

/** What `getProgress()` answers. Pure: the totals hold only frames whose proved files are on disk. */
export function progressOf(
  totals: Totals,
  run: {
    readonly elapsedSeconds: number;
    readonly workers: number;
    readonly paused: PauseReason | null;
  },
): BatchProgress {
  const { jobs, frames, unplanned } = totals;
  return {
    totalJobs: Object.values(jobs).reduce((sum, count) => sum + count, 0),
    jobs,
    frames,
    unplannedJobs: unplanned,
    elapsedSeconds: run.elapsedSeconds,
    remainingSeconds: remaining(totals, run.workers),
    paused: run.paused,
  };
}

/**
 * Seconds left, from the average frame so far; `null` while that is unknown. A shot whose length is
 * only in its scene counts like the average shot: a guess now is worth more than the truth at dawn.
 */
function remaining(totals: Totals, workers: number): number | null {
  const { jobs, frames, unplanned, renderSeconds } = totals;
  if (totals.left === 0 && unplanned === 0) return 0;
  const known = Object.values(jobs).reduce((sum, count) => sum + count, 0) - unplanned;
  if (known === 0 || frames.done === 0 || renderSeconds === 0) return null;
  const left = totals.left + unplanned * (frames.total / known);
  return (left * (renderSeconds / frames.done)) / Math.max(1, Math.min(workers, left));
}
