import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contactFrames } from '../../electron/engine/report/contact-sheet.ts';
import { madeJob } from '../helpers/results.ts';

const shown = (frames: readonly (number | null)[], left = 0) =>
  contactFrames(madeJob({ status: 'running', frames, left })).map(({ frame }) => frame);

test('the first, the middle and the last frame stand for a shot', () => {
  expect(shown(Array.from({ length: 9 }, () => 1))).toEqual([1, 5, 9]);
  expect(shown([1, 1])).toEqual([1, 2]);
  expect(shown([1], 20)).toEqual([1]);
  expect(shown([])).toEqual([]);
});

test('a frame that failed is passed over for the nearest that is done', () => {
  expect(shown([null, 1, 1, null, 1, 1, 1, null])).toEqual([2, 3, 7]);
  expect(shown([null, null])).toEqual([]);
});

test('they are done, ascend, and hold the first and the last, whichever frames are done', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, null), { maxLength: 40 }), (frames) => {
      const done = frames.flatMap((seconds, index) => (seconds === null ? [] : [index + 1]));
      const chosen = shown(frames);
      expect(chosen.length).toBe(Math.min(3, done.length));
      expect(chosen).toEqual(done.filter((frame) => chosen.includes(frame)));
      expect(chosen[0]).toBe(done[0]);
      expect(chosen.at(-1)).toBe(done.at(-1));
    }),
  );
});
