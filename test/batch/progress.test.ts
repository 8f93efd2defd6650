import { expect, it } from 'vitest';
import { progressOf } from '../../electron/batch/progress.ts';
import { totalsOf } from '../../electron/batch/totals.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { done, jobWith, WAITING } from '../app/jobs.ts';

const RUN = { elapsedSeconds: 0, workers: 1, paused: null };
const progress = (...jobs: BatchJob[]) => progressOf(totalsOf(jobs), RUN);
const unopened = (frames: readonly number[] | null) =>
  jobWith([], { plan: null, shotConfig: { frames } as ShotConfig });
const halfDone = jobWith([done(4), WAITING], { renderSeconds: 4 });

it('counts the frames that shot files list before any scene was opened', () => {
  const { frames, unplannedJobs } = progress(unopened([1, 2, 3]), unopened([7]), unopened(null));
  expect(frames).toMatchObject({ total: 4, waiting: 4, done: 0 });
  expect(unplannedJobs).toBe(1);
});

it('guesses the time left of listed frames, and of a shot of unknown length like the average one', () => {
  expect(progress(halfDone).remainingSeconds).toBe(4);
  expect(progress(halfDone, unopened([1, 2, 3])).remainingSeconds).toBe(16);
  expect(progress(halfDone, unopened(null)).remainingSeconds).toBe(12);
  expect(progress(unopened(null)).remainingSeconds).toBeNull();
});
