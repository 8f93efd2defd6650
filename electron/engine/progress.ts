import type { BatchProgress, Expectation, RunInfo } from '../../shared/batch.ts';
import { type Night, type PauseReason, pausedMsOf } from '../../shared/night.ts';
import type { BatchStore, Totals } from './batch-store.ts';
import type { Outlook } from './estimate/outlook.ts';

/**
 * What `getProgress()` answers. Pure: the totals hold only frames whose proved files are on disk.
 * @param run `expected`: how long what is left will take; `null`: unknown
 */
export function progressOf(
  totals: Totals,
  run: {
    readonly elapsedSeconds: number;
    readonly expected: Expectation | null;
    readonly paused: PauseReason | null;
  },
): BatchProgress {
  const { jobs, frames, unplanned, left } = totals;
  // The end is told at once, whenever what is expected was looked at last.
  const expected = left === 0 && unplanned === 0 ? OVER : run.expected;
  return {
    totalJobs: Object.values(jobs).reduce((sum, count) => sum + count, 0),
    jobs,
    frames,
    unplannedJobs: unplanned,
    elapsedSeconds: run.elapsedSeconds,
    remainingSeconds: expected?.seconds ?? null,
    remainingRange: expected && { low: expected.low, high: expected.high },
    paused: run.paused,
  };
}

/** The same of a batch as it is now. @param run the newest one, and how many workers the next would have */
export function progressNow(
  { totals, night }: Pick<BatchStore, 'totals' | 'night'>,
  outlook: Outlook,
  run: {
    readonly info: RunInfo | null;
    readonly running: boolean;
    readonly workers: number;
    readonly paused: PauseReason | null;
  },
): BatchProgress {
  const { info, running, paused } = run;
  const elapsedSeconds = elapsedOf(info, night, running);
  // Fewer are at work where memory ran out.
  const allowed = (running ? night.pool?.workers : null) ?? run.workers;
  const workers = Math.min(allowed, night.chosen?.workers ?? allowed);
  const { renderSeconds } = totals;
  const facts = { elapsedSeconds: running ? elapsedSeconds : null, renderSeconds, workers };
  // Ten thousand shots that nobody has begun are not looked at: they say nothing.
  const isKnown = renderSeconds > 0 || outlook.hasLearnt;
  const expected = isKnown ? outlook.expectation(facts, Date.now()) : null;
  return progressOf(totals, { elapsedSeconds, expected, paused });
}

/** Without its pauses; 0 before the first run. */
function elapsedOf(info: RunInfo | null, night: Night, running: boolean): number {
  if (info === null) return 0;
  const end = info.finishedAt ?? (running ? Date.now() : info.startedAt);
  return Math.max(0, end - info.startedAt - pausedMsOf(night, end)) / 1000;
}

const OVER: Expectation = { seconds: 0, low: 0, high: 0 };
