import { describe, expect, it } from 'vitest';
import {
  bestWorkers,
  costOf,
  FrameTimesByThreads,
  firstWorkers,
  type PoolFacts,
  secondsWith,
  threadsToTheEnd,
  WorkLeft,
} from '../../electron/engine/estimate/pool-model.ts';
import { MADE_NIGHTS, madeNight } from '../bench/engine/made-cores.ts';

describe('the parts of a frame', () => {
  it.each([
    [2.1, 8, 5],
    [0, 4, 2],
    [3, 0, 16],
  ])(
    'of %d s and %d s are found again from clock and processor time',
    (serial, parallel, threads) => {
      const seconds = secondsWith({ serial, parallel }, threads);
      const cost = costOf({ seconds, cpuSeconds: serial + parallel, threads });
      expect(cost?.serial).toBeCloseTo(serial);
      expect(cost?.parallel).toBeCloseTo(parallel);
    },
  );

  it('are not known from one thread, nor from a frame that waited for a disk or for who keeps the computer busy', () => {
    expect(costOf({ seconds: 3, cpuSeconds: 3, threads: 1 })).toBeNull();
    expect(costOf({ seconds: 3, cpuSeconds: 1, threads: 4 })).toBeNull();
    expect(costOf({ seconds: 3, cpuSeconds: 2.9, threads: 4 })).toEqual({ serial: 3, parallel: 0 });
  });

  it('grow with the frames of a shot, also where one thread renders those', () => {
    const times = new FrameTimesByThreads();
    times.note({ seconds: 3, cpuSeconds: 5, threads: 2 });
    for (let frame = 0; frame < 8; frame += 1)
      times.note({ seconds: 10, cpuSeconds: 10, threads: 1 });
    expect(times.cost).toEqual({ serial: 2, parallel: 8 });
  });

  it('count for less than what was seen: Blenders share more than cores', () => {
    const times = new FrameTimesByThreads();
    for (let frame = 0; frame < 4; frame += 1) {
      times.note({ seconds: 3, cpuSeconds: 5, threads: 2 });
      times.note({ seconds: 8, cpuSeconds: 8, threads: 1 });
    }
    expect(times.seconds(1)).toBeCloseTo(8);
    // Seen long ago, it may not be so any more.
    for (let frame = 0; frame < 60; frame += 1)
      times.note({ seconds: 3, cpuSeconds: 5, threads: 2 });
    expect(times.seconds(1)).toBeCloseTo(5);
  });
});

describe('the number of workers', () => {
  const facts = (
    cores: number,
    frames: number,
    [serial, parallel]: readonly [number, number],
    more: Partial<PoolFacts> = {},
  ): PoolFacts => {
    const times = { seconds: (threads: number) => secondsWith({ serial, parallel }, threads) };
    return {
      ...{ cores, most: cores, now: 1, up: 1, unbegun: { shots: 0, frames: 0 } },
      begun: [{ frames, inOrder: false, openSeconds: 1, times }],
      ...more,
    };
  };

  it('stays at one where the frames are light and the night is short', () => {
    expect(bestWorkers(facts(16, 40, [0.02, 0.2]))).toBe(1);
    expect(bestWorkers(facts(2, 40, [0.02, 0.16]))).toBe(1);
  });

  it('is that of the cores where one core does most of each frame', () => {
    expect(bestWorkers(facts(16, 240, [60, 6]))).toBeGreaterThanOrEqual(15);
  });

  it('is what fits into memory at most', () => {
    expect(bestWorkers(facts(16, 240, [60, 6], { most: 3 }))).toBe(3);
  });

  it('is one where a simulation is rendered in order', () => {
    const { begun } = facts(16, 240, [2, 20]);
    const inOrder = begun.map((shot) => ({ ...shot, inOrder: true }));
    expect(bestWorkers(facts(16, 240, [2, 20], { begun: inOrder, now: 4, up: 4 }))).toBe(1);
  });

  it('stays as it is where nothing is known, and when each has its last frame', () => {
    const begun = [{ frames: 240, inOrder: false, openSeconds: 1, times: { seconds: () => null } }];
    expect(bestWorkers(facts(16, 240, [1, 1], { begun, now: 5 }))).toBe(5);
    // What leaves room for two at this moment may leave room for all at the next.
    expect(bestWorkers(facts(16, 240, [1, 1], { begun, now: 5, most: 2 }))).toBe(5);
    expect(new WorkLeft(facts(16, 240, [1, 1], { begun })).seconds(5)).toBeNull();
    expect(bestWorkers(facts(16, 4, [1, 100], { now: 4, up: 4 }))).toBe(4);
  });

  it('begins with what tells most: two threads a frame, or as many as Blenders', () => {
    expect([1, 2, 4, 16, 64].map((cores) => firstWorkers(cores, 1))).toEqual([1, 1, 2, 4, 8]);
    expect([1, 2, 4, 16, 64].map((cores) => firstWorkers(cores, 200))).toEqual([1, 2, 2, 8, 32]);
    expect(firstWorkers(16, 3)).toBe(4);
  });

  it.each(MADE_NIGHTS.filter(({ cores }) => cores === 8 || cores === 64))(
    'takes over a night of $name on $cores cores little longer than the best that one could have said',
    ({ mayLose, ...night }) => {
      const most = night.fit ?? night.cores;
      const tried = [1, 2, 3, 4, 6, 8, 16, 32, 48, 64].filter((workers) => workers <= most);
      const fixed = tried.map((workers) => madeNight(night, workers).seconds);
      const lost = madeNight(night, 0).seconds - Math.min(...fixed);
      expect(lost).toBeLessThanOrEqual(Math.max(2, mayLose * Math.min(...fixed)));
    },
  );
});

it('gives a late frame the threads that others let go of while it is rendered', () => {
  expect(threadsToTheEnd({ serial: 0, parallel: 600 }, 16, 600)).toBeCloseTo(8);
  const cost = { serial: 5, parallel: 600 };
  const threads = threadsToTheEnd(cost, 16, 660);
  // All cores are at work until it is done.
  expect(16 * secondsWith(cost, threads)).toBeCloseTo(660 + threads * 5 + 600, 3);
  expect(threadsToTheEnd(cost, 16, 0)).toBeCloseTo(16);
});
