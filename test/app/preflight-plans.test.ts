import { expect, it } from 'vitest';
import { PreflightPlans } from '../../electron/app/sessions/preflight-plans.ts';
import { totalsOf } from '../../electron/engine/batch-store.ts';
import type { BatchProgress } from '../../shared/batch.ts';
import { planOf } from '../helpers/plan.ts';
import { aRowOf, DONE, jobWith, listing } from './jobs.ts';

const scene = jobWith([], { plan: null, shotConfig: listing(null) });
const listed = jobWith([], { plan: null, shotConfig: listing([5, 6]), id: 'ba9876543210' });
const SEEN = planOf([1, 2, 3], { width: 480, height: 270, engine: 'BLENDER_EEVEE_NEXT' });

function progressOf(...jobs: Parameters<typeof totalsOf>[0]): BatchProgress {
  const { frames, unplanned } = totalsOf(jobs);
  return { frames, unplannedJobs: unplanned } as BatchProgress;
}

it('a scene that was looked at shows its frames, size and engine before it is rendered', () => {
  const plans = new PreflightPlans();
  expect(aRowOf(plans.shown(scene))).toMatchObject({ frames: null, width: null });
  plans.add(scene, SEEN);
  expect(aRowOf(plans.shown(scene))).toMatchObject({
    ...{ frames: '1-3', width: 480, height: 270, engine: 'BLENDER_EEVEE_NEXT' },
    counts: { total: 3, waiting: 3, done: 0 },
  });
  expect(plans.planOf(scene)?.frames).toEqual([1, 2, 3]);
});

it('frames that only preflight knows of count among those of the batch, once', () => {
  const plans = new PreflightPlans();
  const find = (id: string) => [scene, listed].find((job) => job.id === id);
  for (const job of [scene, listed]) plans.add(job, SEEN);
  const counted = plans.counted(progressOf(scene, listed), find);
  expect(counted).toMatchObject({ frames: { total: 5, waiting: 5 }, unplannedJobs: 0 });
});

it('what a run has opened counts as the run says', () => {
  const plans = new PreflightPlans();
  plans.add(scene, SEEN);
  const opened = jobWith([DONE, DONE]);
  expect(plans.shown(opened)).toBe(opened);
  expect(plans.counted(progressOf(opened), () => opened)).toEqual(progressOf(opened));
});

it('frames of a shot that was cancelled before it was opened are still to be rendered', () => {
  const plans = new PreflightPlans();
  const cancelled = { ...scene, status: 'cancelled' as const };
  plans.add(scene, SEEN);
  const before = progressOf(cancelled, listed);
  const counted = plans.counted(before, (id) => (id === scene.id ? cancelled : undefined));
  expect(counted).toMatchObject({ frames: { total: 5, waiting: 5 }, unplannedJobs: 0 });
});
