import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { threadsFor } from '../../electron/engine/capacity/cores.ts';
import { workersFor } from '../../electron/engine/capacity/machine.ts';
import { memoryAllows, shouldRecycle } from '../../electron/engine/capacity/memory.ts';
import { stallLimit } from '../../electron/engine/lane/limits.ts';
import { done, jobWith, KEPT, WAITING } from '../app/jobs.ts';

describe('threadsFor', () => {
  it('uses all the cores, never more, and gives each lane one at least', () => {
    const lanes = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), lanes, (cores, sharing) => {
        const shares: number[] = [];
        for (let lane = 0; lane < sharing; lane += 1) {
          shares.push(threadsFor({ cores, sharing, others: shares }));
        }
        const sum = shares.reduce((total, share) => total + share, 0);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(1);
        expect(sum).toBe(Math.max(cores, sharing));
      }),
    );
  });

  it('keeps to the cores when lanes come and go in any order', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (turns) => {
        const rendering = new Map<number, number>();
        for (const lane of turns) {
          rendering.delete(lane);
          const others = [...rendering.values()];
          rendering.set(lane, threadsFor({ cores: 8, sharing: 4, others }));
          const sum = [...rendering.values()].reduce((total, share) => total + share, 0);
          expect(sum).toBeLessThanOrEqual(8);
        }
      }),
    );
  });

  it('gives the last lane at work all the cores', () => {
    expect(threadsFor({ cores: 8, sharing: 1, others: [] })).toBe(8);
  });
});

describe('memoryAllows', () => {
  it('always lets the first Blender load a shot', () => {
    expect(memoryAllows(0, 9000, 0, 10, 100)).toBe(true);
  });

  it('lets another one load while nothing is known', () => {
    expect(memoryAllows(1, 0, 4000, 10, null)).toBe(true);
  });

  it('holds a shot back that would not fit into what is free, with a tenth to spare', () => {
    expect(memoryAllows(1, 1000, 0, 1100, null)).toBe(false);
    expect(memoryAllows(1, 1000, 0, 1200, null)).toBe(true);
  });

  it('holds a shot back that would break the limit', () => {
    expect(memoryAllows(1, 1000, 3500, 64_000, 4000)).toBe(false);
    expect(memoryAllows(1, 1000, 3000, 64_000, 4000)).toBe(true);
  });
});

describe('shouldRecycle', () => {
  const config = { jobsPerWorker: 50 };

  it('replaces a Blender after its number of shots', () => {
    expect(shouldRecycle(49, 0, 4000, config)).toBe(false);
    expect(shouldRecycle(50, 0, 4000, config)).toBe(true);
  });

  it('replaces a Blender that takes more than half of its share of the memory', () => {
    expect(shouldRecycle(1, 2000, 4000, config)).toBe(false);
    expect(shouldRecycle(1, 2001, 4000, config)).toBe(true);
  });
});

describe('stallLimit', () => {
  it('is an hour while no frame of the shot has been timed', () => {
    expect(stallLimit(jobWith([WAITING])).ms).toBe(3_600_000);
  });

  it('is ten times the slowest frame, and two minutes at least', () => {
    expect(stallLimit(jobWith([done(30), done(13), KEPT])).ms).toBe(300_000);
    expect(stallLimit(jobWith([done(0.5)])).ms).toBe(120_000);
  });
});

describe('workersFor', () => {
  it.each([
    [0, 8, 8],
    [0, 1, 1],
    [3, 2, 3],
  ])('%i workers asked for on %i cores are %i', (workers, cores, expected) => {
    const machine = { platform: 'linux', cores, memoryMb: 8000 };
    expect(workersFor({ workers }, machine)).toBe(expected);
  });
});
