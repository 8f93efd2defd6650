import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ownTimes } from '../../electron/engine/estimate/shot-work.ts';
import { FrameList } from '../../shared/frame-list.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import { done, RUNNING, WAITING } from '../app/jobs.ts';

const waiting = (count: number): FrameState[] => new Array(count).fill(WAITING);
const timesOf = (...frames: FrameState[]) => ownTimes(FrameList.of(frames));

describe('what the frames of a shot say about those to come', () => {
  it('is nothing before one of them took a known time', () => {
    expect(timesOf(RUNNING, WAITING)).toBeNull();
    expect(timesOf(done(0), WAITING)).toBeNull();
    expect(timesOf()).toBeNull();
  });

  it('is their average, frames without a known time left out', () => {
    expect(timesOf(done(4), done(0), done(0), done(2), WAITING)).toMatchObject({
      known: 2,
      each: 3,
    });
  });

  it('does not count a single frame in which the machine slept', () => {
    const frames = [done(2), done(2), done(600), done(2), WAITING];
    expect(timesOf(...frames)?.each).toBe(2);
  });

  it('counts slow frames that come again, since more of them will come', () => {
    const beat = [1, 1, 1, 10].map(done);
    expect(timesOf(...beat, ...beat, ...beat, WAITING)?.each).toBe(3.25);
  });

  it('follows a camera that comes closer: the newest frames count', () => {
    const slower = Array.from({ length: 100 }, (_, index) => done(1 + index / 10));
    const each = timesOf(...slower, ...waiting(20))?.each ?? 0;
    expect(each).toBeGreaterThan(9);
    expect(each).toBeLessThan(11);
  });

  it('takes the whole shot for frames between those that are known', () => {
    const spread = Array.from({ length: 99 }, (_, index) =>
      index % 9 === 0 ? done(1 + index / 10) : WAITING,
    );
    expect(timesOf(...spread, done(10.9))?.each).toBeCloseTo(5.95, 0);
  });

  it('is less sure of a shot of which little is known, and of frames far ahead', () => {
    const first = timesOf(done(2), ...waiting(239));
    const half = timesOf(...new Array(120).fill(done(2)), ...waiting(120));
    const last = timesOf(...new Array(239).fill(done(2)), ...waiting(1));
    const doubts = [first, half, last].map((times) => times?.drift ?? 0);
    expect(doubts).toEqual([...doubts].sort((a, b) => b - a));
    expect(first?.spread).toBeGreaterThan(half?.spread ?? 1);
  });

  it('lies between the fastest and the slowest frame, whatever is done', () => {
    const frame = fc.oneof(
      fc.constant(WAITING),
      fc.integer({ min: 1, max: 5000 }).map((tenths) => done(tenths / 10)),
    );
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 600 }), (frames) => {
        const seconds = frames.flatMap((one) => (one.status === 'done' ? one.record.seconds : []));
        const times = timesOf(...frames);
        if (times === null) {
          expect(seconds).toEqual([]);
          return;
        }
        for (const value of [times.each, times.whole]) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...seconds) - 1e-6);
          expect(value).toBeLessThanOrEqual(Math.max(...seconds) + 1e-6);
        }
      }),
    );
  });

  it('looks at few frames of a very long shot', () => {
    const list = FrameList.of([...new Array(5000).fill(done(3)), ...waiting(95_000)]);
    const get = vi.spyOn(list, 'get');
    expect(ownTimes(list)?.each).toBeCloseTo(3);
    expect(get.mock.calls.length).toBeLessThan(100);
  });
});
