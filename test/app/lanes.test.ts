import { expect, it } from 'vitest';
import { LanesShown } from '../../electron/app/sessions/lanes.ts';
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
  const lanes = new LanesShown();
  lanes.apply(rendering(2, 1));
  lanes.apply({ type: 'worker', worker: 1, state: { status: 'idle' } });
  expect(lanes.list(() => 'hero').map((lane) => [lane.worker, lane.jobName])).toEqual([
    [1, null],
    [2, 'hero'],
  ]);
});

it('knows the node of a Blender that has a place on one, and none of one that waits again', () => {
  const lanes = new LanesShown();
  const node = () => lanes.list(() => null)[0]?.node;
  lanes.apply({ ...rendering(1, 1), node: 'n7' } as BatchSignal);
  lanes.apply(samples(1, 1, 4));
  expect(node()).toBe('n7');
  lanes.apply({ type: 'worker', worker: 1, state: { status: 'asking', why: 'Priority' } });
  expect(node()).toBeNull();
  expect(lanes.list(() => null)[0]?.memoryMb).toBeNull();
});

it('forgets samples when the frame changes, and keeps the memory of a warm worker', () => {
  const lanes = new LanesShown();
  lanes.apply(rendering(1, 1));
  lanes.apply(samples(1, 1, 4));
  expect(lanes.list(() => null)[0]).toMatchObject({ samplesDone: 4, memoryMb: 90 });
  lanes.apply(rendering(1, 2));
  expect(lanes.list(() => null)[0]).toMatchObject({ samplesDone: null, memoryMb: 90 });
});

it('ignores words about a frame that the worker has left', () => {
  const lanes = new LanesShown();
  lanes.apply(rendering(1, 2));
  expect(lanes.apply(samples(1, 1, 8))).toBe(false);
  expect(lanes.list(() => null)[0]?.samplesDone).toBeNull();
});

it('takes away the lane of a Blender that is gone', () => {
  const lanes = new LanesShown();
  lanes.apply(rendering(1, 1));
  lanes.apply({ type: 'worker', worker: 1, state: { status: 'gone' } });
  expect(lanes.list(() => null)).toEqual([]);
});

it('shows the memory that a finished frame measured, not less, also where its Blender is at the next one by then', () => {
  const lanes = new LanesShown();
  lanes.apply(frameStarted(1, 1));
  lanes.apply(rendering(1, 1));
  lanes.apply(rendering(1, 2));
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
  lanes.apply(samples(1, 2, 1));
  expect(lanes.list(() => null)[0]?.memoryMb).toBe(640);
});

const frameDone = (frame: number, seconds: number): BatchSignal => ({
  type: 'event',
  job: jobWith([]),
  event: { type: 'frame-done', job: 'a', at: 0, frame, record: record(seconds) },
});
const frameStarted = (worker: number, frame: number): BatchSignal => ({
  type: 'event',
  job: jobWith([]),
  event: { type: 'frame-started', job: 'a', at: 0, frame, worker },
});

it('traces how long the newest frames of each Blender took, also of one that is at its next frame already', () => {
  const lanes = new LanesShown();
  for (const worker of [1, 2]) {
    lanes.apply(frameStarted(worker, worker));
    lanes.apply(rendering(worker, worker));
  }
  lanes.apply(frameStarted(1, 3));
  lanes.apply(rendering(1, 3));
  expect(lanes.apply(frameDone(1, 2.5))).toBe(true);
  lanes.apply(frameDone(3, 4));
  expect(lanes.list(() => null).map(({ times }) => times)).toEqual([[2.5, 4], []]);
});

it('traces the newest forty frames, none that failed, and nothing when a run is over', () => {
  const lanes = new LanesShown();
  lanes.apply(rendering(1, 1));
  for (let frame = 1; frame <= 45; frame += 1) {
    lanes.apply(frameStarted(1, frame));
    lanes.apply(frameDone(frame, frame));
  }
  lanes.apply(frameStarted(1, 46));
  lanes.apply({
    type: 'event',
    job: jobWith([]),
    event: { type: 'frame-released', job: 'a', at: 0, frame: 46 },
  });
  // Found whole later by somebody else, and not rendered by this worker.
  lanes.apply(frameDone(46, 99));
  const times = lanes.list(() => null)[0]?.times ?? [];
  expect([times.length, times[0], times.at(-1)]).toEqual([40, 6, 45]);
  lanes.clear();
  lanes.apply(rendering(1, 1));
  expect(lanes.list(() => null)[0]?.times).toEqual([]);
});
