import fc from 'fast-check';

import { describe, expect, it } from 'vitest';
import { Packing } from '../../electron/engine/estimate/outlook.ts';

type Load = readonly [frames: number, seconds: number];

function packed(loads: readonly Load[], workers: number): number {
  const packing = new Packing();
  for (const [frames, seconds] of loads) packing.add(frames, seconds);
  return packing.packed(workers);
}

describe('frames shared by workers', () => {
  it('are one after another for a single one', () => {
    expect(
      packed(
        [
          [3, 2],
          [1, 10],
        ],
        1,
      ),
    ).toBe(16);
    expect(packed([], 4)).toBe(0);
  });

  it('last as long as the longest frame, however many workers there are', () => {
    expect(
      packed(
        [
          [1, 3600],
          [20, 1],
        ],
        8,
      ),
    ).toBe(3600);
  });

  it('of an hour each are two hours where three of them meet two workers', () => {
    expect(packed([[3, 3600]], 2)).toBe(7200);
  });

  it('of a long shot are shared by all, since idle workers help', () => {
    expect(packed([[1000, 6]], 4)).toBeCloseTo(1500, -1);
  });

  it('never take less than a fair share nor the longest frame, and never more than one worker would', () => {
    const loads = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 1, max: 1000 })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 64 }), (all, workers) => {
        const took = packed(all, workers);
        const total = all.reduce((sum, [frames, seconds]) => sum + frames * seconds, 0);
        const frames = all.reduce((sum, [count]) => sum + count, 0);
        const longest = Math.max(0, ...all.map(([frames, seconds]) => (frames > 0 ? seconds : 0)));
        expect(took).toBeGreaterThanOrEqual(Math.max(total / workers, longest) - 1e-6);
        expect(took).toBeLessThanOrEqual(
          total / Math.min(workers, Math.max(1, frames)) + longest + 1e-6,
        );
      }),
    );
  });
});
