import { describe, expect, it } from 'vitest';
import { traceText } from '../../renderer/lanes/lane-text.ts';
import { sparkPoints } from '../../renderer/lanes/Sparkline.tsx';

describe('the trace of frame times', () => {
  it('has its newest frame at the right, whatever the number of frames', () => {
    expect(sparkPoints([1, 2, 3, 4], 5)).toEqual([
      [0.25, 0.75],
      [0.5, 0.5],
      [0.75, 0.25],
      [1, 0],
    ]);
  });

  it('leaves out the oldest where there is no room for them', () => {
    expect(sparkPoints([9, 9, 1, 2], 2)).toEqual([
      [0, 0.5],
      [1, 0],
    ]);
  });

  it('stays on the ground where frames take no time, and is empty where they are few', () => {
    expect(sparkPoints([0, 0, 0, 0], 4).map(([, y]) => y)).toEqual([1, 1, 1, 1]);
    expect(sparkPoints([1, 2, 3], 5)).toEqual([]);
  });

  it.each([
    [[], 'No frame yet'],
    [[2.14], 'One frame, 2.1 s'],
    [[2.11, 2.13], '2 frames of 2.1 s'],
    [[1.8, 170, 12], '3 frames from 1.8 s to 2 m 50 s, the newest 12 s'],
  ])('says of %j in words: %s', (times, words) => {
    expect(traceText(times)).toBe(words);
  });
});
