import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NextFrames, orderedIndices } from '../../electron/engine/run/scheduler.ts';
import { FrameList } from '../../shared/frame-list.ts';
import type { BatchJob } from '../../shared/job.ts';
import { FRAME_ORDERS, type FrameOrder, type ShotConfig } from '../../shared/shot.ts';
import { DONE, jobWith, RUNNING, WAITING } from '../app/jobs.ts';

describe('orderedIndices', () => {
  it('takes each frame once, in every order and for every length', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FRAME_ORDERS), fc.nat({ max: 3000 }), (order, length) => {
        const found = [...orderedIndices(order, length)].sort((a, b) => a - b);
        expect(found).toEqual(Array.from({ length }, (_, index) => index));
      }),
    );
  });

  it.each<[FrameOrder, readonly number[]]>([
    ['sequential', [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    ['ends-first', [0, 8, 4, 2, 6, 1, 3, 5, 7]],
    ['middle-out', [4, 5, 3, 6, 2, 7, 1, 8, 0]],
    ['every-nth', [0, 8, 4, 2, 6, 1, 3, 5, 7]],
  ])('%s', (order, expected) => {
    expect([...orderedIndices(order, 9)]).toEqual(expected);
  });

  it('every-nth covers the whole shot evenly at each step, and keeps to the steps from the first frame', () => {
    expect([...orderedIndices('every-nth', 12)]).toEqual([0, 8, 4, 2, 6, 10, 1, 3, 5, 7, 9, 11]);
    expect([...orderedIndices('ends-first', 12)].slice(0, 5)).toEqual([0, 11, 5, 2, 8]);
  });

  it('leaves no gap more than twice as wide as another after any number of frames, ends first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 500 }), fc.nat(), (length, at) => {
        const count = 2 + (at % (length - 1));
        const some = [...orderedIndices('ends-first', length).slice(0, count)].sort(
          (a, b) => a - b,
        );
        const gaps = some.slice(1).map((index, place) => index - (some[place] as number));
        expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.min(...gaps) + 2);
      }),
    );
  });
});

describe('NextFrames', () => {
  const any = () => true;

  it.each(FRAME_ORDERS)('renders a whole shot in its order: %s', (order) => {
    const frames = new NextFrames();
    const taken: number[] = [];
    let job = shotOf(7, order);
    for (let frame = frames.next(job, any); frame !== null; frame = frames.next(job, any)) {
      taken.push(frame);
      job = withFrame(job, frame, DONE);
    }
    expect(taken).toEqual([...orderedIndices(order, 7)].map((index) => index + 1));
  });

  it.each(FRAME_ORDERS)('goes on in the same order after a restart: %s', (order) => {
    const ranks = [...orderedIndices(order, 9)];
    const half = ranks
      .slice(0, 4)
      .reduce((job, index) => withFrame(job, index + 1, DONE), shotOf(9, order));
    expect(new NextFrames().next(half, any)).toBe((ranks[4] as number) + 1);
  });

  it.each(FRAME_ORDERS)('finds a frame again in its place that was given back: %s', (order) => {
    const frames = new NextFrames();
    let job = shotOf(6, order);
    const first = frames.next(job, any) as number;
    job = withFrame(job, first, RUNNING);
    const second = frames.next(job, any) as number;
    job = withFrame(withFrame(job, second, RUNNING), first, WAITING);
    frames.rewind();
    expect(frames.next(job, any)).toBe(first);
    expect(second).not.toBe(first);
  });

  it.each(FRAME_ORDERS)(
    'finds every frame that waits, also where nobody said that it came back: %s',
    (order) => {
      const frames = new NextFrames();
      let job = shotOf(6, order);
      for (const frame of [1, 2, 3, 4, 5, 6]) job = withFrame(job, frame, DONE);
      expect(frames.next(job, any)).toBeNull();
      job = withFrame(job, 4, { status: 'waiting', tries: 1 });
      expect(frames.next(job, (frame) => frame !== 4)).toBeNull();
      expect(frames.next(job, any)).toBe(4);
    },
  );

  it.each(FRAME_ORDERS)('takes frames that failed before last: %s', (order) => {
    const frames = new NextFrames();
    const first = (orderedIndices(order, 4)[0] as number) + 1;
    const job = withFrame(shotOf(4, order), first, { status: 'waiting', tries: 1 });
    expect(frames.next(job, any)).toBe((orderedIndices(order, 4)[1] as number) + 1);
  });
});

function shotOf(length: number, order: FrameOrder): BatchJob {
  return jobWith(Array(length).fill(WAITING), { shotConfig: { order } as ShotConfig });
}

function withFrame(
  job: BatchJob,
  frame: number,
  state: Parameters<FrameList['with']>[1],
): BatchJob {
  const frames = FrameList.of(job.frames).with(frame - 1, state);
  return { ...job, frames, counts: frames.counts };
}
