import { expect, it } from 'vitest';
import { Lanes } from '../../electron/app/lanes.ts';
import type { BatchSignal } from '../../shared/events.ts';
import { jobWith, record } from './jobs.ts';

const rendering = (worker: number, frame: number): BatchSignal => ({
  type: 'worker',
  worker,
  state: { status: 'rendering', job: 'a', frame, since: 0, threads: 1 },
});
const samples = (worker: number, frame: number, done: number): BatchSignal => ({
  type: 'samples',
  worker,
  job: 'a',
  frame,
  done,
  total: 8,
  memoryMb: 90,
});

it('shows each Blender by its number, with the name of its shot', () => {
  const lanes = new Lanes();
  lanes.apply(rendering(2, 1));
  lanes.apply({ type: 'worker', worker: 1, state: { status: 'idle' } });
  expect(lanes.list(() => 'hero').map((lane) => [lane.worker, lane.jobName])).toEqual([
    [1, null],
    [2, 'hero'],
  ]);
});

it('forgets samples when the frame changes, and keeps the memory of a warm worker', () => {
  const lanes = new Lanes();
  lanes.apply(rendering(1, 1));
  lanes.apply(samples(1, 1, 4));
  expect(lanes.list(() => null)[0]).toMatchObject({ samplesDone: 4, memoryMb: 90 });
  lanes.apply(rendering(1, 2));
  expect(lanes.list(() => null)[0]).toMatchObject({ samplesDone: null, memoryMb: 90 });
});

it('ignores words about a frame that the worker has left', () => {
  const lanes = new Lanes();
  lanes.apply(rendering(1, 2));
  expect(lanes.apply(samples(1, 1, 8))).toBe(false);
  expect(lanes.list(() => null)[0]?.samplesDone).toBeNull();
});

it('takes away the lane of a Blender that is gone', () => {
  const lanes = new Lanes();
  lanes.apply(rendering(1, 1));
  lanes.apply({ type: 'worker', worker: 1, state: { status: 'gone' } });
  expect(lanes.list(() => null)).toEqual([]);
});

it('shows the memory that a finished frame measured, not less', () => {
  const lanes = new Lanes();
  lanes.apply(rendering(1, 1));
  lanes.apply({
    type: 'event',
    job: jobWith([]),
    event: {
      type: 'frame-done',
      job: 'a',
      at: 0,
      frame: 1,
      record: { ...record(1), memoryMb: 640 },
    },
  });
  lanes.apply(rendering(1, 2));
  lanes.apply(samples(1, 2, 1));
  expect(lanes.list(() => null)[0]?.memoryMb).toBe(640);
});
