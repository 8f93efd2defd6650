import { expect, it } from 'vitest';
import { totalsOf } from '../../electron/engine/batch-store.ts';
import { progressOf } from '../../electron/engine/progress.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { jobWith } from '../app/jobs.ts';

const progress = (...jobs: BatchJob[]) =>
  progressOf(totalsOf(jobs), { elapsedSeconds: 0, expected: null, paused: null });
const unopened = (frames: readonly number[] | null) =>
  jobWith([], { plan: null, shotConfig: { frames } as ShotConfig });

it('counts the frames that shot files list before any scene was opened', () => {
  const { frames, unplannedJobs } = progress(unopened([1, 2, 3]), unopened([7]), unopened(null));
  expect(frames).toMatchObject({ total: 4, waiting: 4, done: 0 });
  expect(unplannedJobs).toBe(1);
});
