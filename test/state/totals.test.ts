import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchStore, type Totals, totalsOf } from '../../electron/engine/batch-store.ts';
import { progressOf } from '../../electron/engine/progress.ts';
import { outcomeOf, standingOf } from '../../electron/engine/result.ts';
import type { RunOutcome } from '../../shared/batch.ts';
import type { JobStatus } from '../../shared/job.ts';
import { FRESH_JOB } from '../../shared/job-state.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { DONE, FAILED, jobWith, KEPT, RUNNING, WAITING } from '../app/jobs.ts';
import { anyHistory } from './histories.ts';

describe('totalsOf', () => {
  it('sums the frames of all jobs, and what is still to come of those that are not over', () => {
    const totals = totalsOf([
      jobWith([DONE, KEPT, RUNNING, WAITING], { status: 'running', renderSeconds: 4 }),
      jobWith([FAILED, WAITING], { status: 'failed' }),
      { ...jobWith([]), ...FRESH_JOB },
    ]);
    expect(totals.frames).toEqual({
      total: 6,
      done: 2,
      kept: 1,
      running: 1,
      failed: 1,
      waiting: 2,
    });
    expect(totals).toMatchObject({ left: 2, unplanned: 1, renderSeconds: 4 });
    expect(totals.jobs).toMatchObject({ running: 1, failed: 1, waiting: 1, completed: 0 });
  });

  it('knows the frames that a shot file lists before the scene was opened', () => {
    const shotConfig = { frames: [1, 2, 3] } as unknown as ShotConfig;
    const totals = totalsOf([{ ...jobWith([]), ...FRESH_JOB, shotConfig }]);
    expect(totals).toMatchObject({ left: 3, unplanned: 0, frames: { total: 3, waiting: 3 } });
  });
});

it('totals kept up to date with each event equal those counted anew', () => {
  fc.assert(
    fc.property(anyHistory, (events) => {
      const other = jobWith([DONE, WAITING], { id: 'b', renderSeconds: 2 });
      const store = new BatchStore([jobWith([], { id: 'a' }), other]);
      for (const event of events) {
        try {
          store.record(event);
        } catch {
          // Not legal in this state.
        }
        expect(rounded(store.totals)).toEqual(rounded(totalsOf(store.jobs)));
      }
    }),
  );
});

describe('progressOf', () => {
  const run = { elapsedSeconds: 9, expected: { seconds: 6, low: 4, high: 9 }, paused: null };

  it('says what is expected of what is left, most likely and between what', () => {
    const jobs = [jobWith([DONE, WAITING], { status: 'running' })];
    expect(progressOf(totalsOf(jobs), run)).toMatchObject({
      totalJobs: 1,
      remainingSeconds: 6,
      remainingRange: { low: 4, high: 9 },
    });
    expect(progressOf(totalsOf(jobs), { ...run, expected: null })).toMatchObject({
      remainingSeconds: null,
      remainingRange: null,
    });
  });

  it('is at its end when nothing is left, whatever failed', () => {
    const jobs = [jobWith([DONE, FAILED], { status: 'failed' })];
    expect(progressOf(totalsOf(jobs), run).remainingSeconds).toBe(0);
    expect(progressOf(totalsOf([]), run)).toMatchObject({ totalJobs: 0, remainingSeconds: 0 });
  });

  it('hands on why it stands still', () => {
    expect(progressOf(totalsOf([]), { ...run, paused: 'disk-full' }).paused).toBe('disk-full');
  });
});

describe('outcomeOf', () => {
  it.each<[readonly JobStatus[], boolean, string]>([
    [[], false, 'completed'],
    [['completed', 'completed'], false, 'completed'],
    [['completed', 'failed'], false, 'failed'],
    [['failed', 'skipped'], false, 'failed'],
    [['failed', 'waiting'], false, 'failed'],
    [['completed', 'waiting'], false, 'interrupted'],
    [['running'], false, 'interrupted'],
    [['completed', 'cancelled'], false, 'cancelled'],
    [['completed', 'failed'], true, 'cancelled'],
  ])('%j, cancelled: %j, is %s', (statuses, cancelled, outcome) => {
    const jobs = statuses.map((status) => jobWith([], { status }));
    expect(outcomeOf(jobs, cancelled)).toBe(outcome);
  });
});

describe('standingOf', () => {
  it.each<[readonly JobStatus[], RunOutcome, string]>([
    [['completed', 'completed'], 'completed', 'completed'],
    [['completed', 'waiting'], 'completed', 'partial'],
    [['completed', 'waiting', 'failed'], 'completed', 'failed'],
    [['completed', 'cancelled'], 'completed', 'cancelled'],
    [['completed', 'waiting'], 'interrupted', 'interrupted'],
    [['cancelled', 'waiting'], 'cancelled', 'cancelled'],
    [['failed', 'waiting'], 'failed', 'failed'],
  ])('of %j after a run that was %s is %s', (statuses, outcome, standing) => {
    const jobs = statuses.map((status) => jobWith([], { status }));
    expect(standingOf(outcome, jobs)).toBe(standing);
  });
});

/** Seconds are sums of tenths in another order. */
function rounded(totals: Totals) {
  return { ...totals, renderSeconds: Math.round(totals.renderSeconds * 1000) };
}
