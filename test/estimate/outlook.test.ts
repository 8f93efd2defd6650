import { describe, expect, it } from 'vitest';
import { Outlook } from '../../electron/engine/estimate/outlook.ts';
import type { Expectation } from '../../shared/batch.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { DONE, done, FAILED, jobWith, KEPT, RUNNING, WAITING } from '../app/jobs.ts';
import { planOf } from '../helpers/plan.ts';

const RESTING = { elapsedSeconds: null, renderSeconds: 0, workers: 1 };

/** A fresh look at jobs that rest, with one worker. */
function look(jobs: readonly BatchJob[], workers = 1, now = 0): Expectation | null {
  return new Outlook(() => jobs).expectation({ ...RESTING, workers }, now);
}

let ids = 0;
function shot(frames: readonly FrameState[], over: Partial<BatchJob> = {}): BatchJob {
  ids += 1;
  return jobWith(frames, { id: String(ids).padStart(12, '0'), ...over });
}

/** A shot that nobody has opened. */
function unopened(config: Partial<ShotConfig>, render: Partial<ShotConfig['render']> = {}) {
  const none = { engine: null, width: null, height: null, percentage: null, samples: null };
  const shotConfig = { frames: null, blend: null, ...config, render: { ...none, ...render } };
  return shot([], { plan: null, shotConfig: shotConfig as ShotConfig });
}

const width = (range: Expectation | null) => (range ? range.high / range.low : Number.NaN);

describe('how long the rest of a batch will take', () => {
  it('is nothing to be said of before a frame is done', () => {
    expect(look([shot([RUNNING, WAITING], { status: 'running' })])).toBeNull();
    expect(look([unopened({})])).toBeNull();
  });

  it('is 0 where nothing is left, whatever failed', () => {
    const over = { seconds: 0, low: 0, high: 0 };
    expect(look([])).toEqual(over);
    expect(look([shot([DONE, FAILED, WAITING], { status: 'failed' })])).toEqual(over);
  });

  it('takes for each shot what its own frames took', () => {
    const quick = shot([...Array(6).fill(done(1)), ...Array(10).fill(WAITING)]);
    const slow = shot([...Array(6).fill(done(100)), ...Array(10).fill(WAITING)]);
    expect(look([quick, slow])?.seconds).toBeCloseTo(1010);
  });

  it('follows the frames with persistent data, not those that had to prepare the scene', () => {
    const nothing = { checked: [2], unproved: [], built: { frames: 1, seconds: 3 } };
    const keptScene = { ...nothing, anew: null, kept: { frames: 3, seconds: 0.9 } };
    const frames = [done(3), done(3), ...Array(3).fill(done(0.3)), ...Array(100).fill(WAITING)];
    expect(look([shot(frames, { keptScene })])?.seconds).toBeCloseTo(30);
    const anew = { ...keptScene, anew: { why: 'no-gain' } } as const;
    expect(look([shot(frames, { keptScene: anew })])?.seconds).toBeGreaterThan(100);
  });

  it('counts frames of earlier runs with what they took, and those without a time not at all', () => {
    expect(look([shot([KEPT, KEPT, done(0), WAITING, WAITING])])?.seconds).toBeCloseTo(4);
  });

  it('takes for a shot that nobody has begun what one of the same scene took', () => {
    const config = { blend: 'a.blend', frames: [1, 2, 3] };
    const like = { ...unopened(config), plan: planOf([1, 2]) };
    const frames = shot([done(3), done(3)]);
    const begun = { ...like, frames: frames.frames, counts: frames.counts };
    const slow = shot([done(500)]);
    expect(look([slow, begun, unopened(config)])?.seconds).toBeCloseTo(9);
  });

  it('takes for one of another scene what others took for so many pixels and samples', () => {
    const render = { width: 100, height: 100, percentage: 100, samples: 10 };
    const known = { ...unopened({ blend: 'a.blend' }, render), plan: planOf([1]) };
    const frames = shot([done(2)]);
    const plan = planOf([1], { width: 100, height: 100 });
    const begun = { ...known, plan, frames: frames.frames, counts: frames.counts };
    const large = unopened(
      { blend: 'b.blend', frames: [1, 2] },
      { width: 200, height: 200, percentage: 100, samples: 20 },
    );
    expect(look([begun, large])?.seconds).toBeCloseTo(2 * 2 * 8);
  });

  it('takes for one of unknown size and length what an average shot took', () => {
    expect(look([shot([done(2), done(2)]), unopened({})])?.seconds).toBeCloseTo(4);
  });

  it('shares the work by the workers, who help each other at the end', () => {
    const frames = [...Array(10).fill(done(6)), ...Array(200).fill(WAITING)];
    expect(look([shot(frames)], 4)?.seconds).toBeCloseTo(302, 0);
    const few = [done(3600), done(3600), WAITING, WAITING, WAITING];
    expect(look([shot(few)], 2)?.seconds).toBeCloseTo(7200);
  });

  it('counts what running frames have behind them', () => {
    const frames = [done(100), done(100), RUNNING];
    const job = shot(frames, { status: 'running' });
    expect(look([job], 1, 60_000)?.seconds).toBeCloseTo(40);
    // It takes longer than expected: a part of it is always left.
    expect(look([job], 1, 500_000)?.seconds).toBeCloseTo(10);
  });

  it('takes longer where workers spend their time with something else than frames', () => {
    const job = shot([...Array(10).fill(done(10)), ...Array(10).fill(WAITING)]);
    let at = 0;
    const outlook = new Outlook(
      () => [job],
      () => at,
    );
    outlook.expectation({ elapsedSeconds: 0, renderSeconds: 0, workers: 1 }, 0);
    at += 1000;
    const busy = { elapsedSeconds: 1000, renderSeconds: 500, workers: 1 };
    expect(outlook.expectation(busy, 0)?.seconds).toBeCloseTo(100 / (530 / 1030), 0);
  });
});

describe('the range of it', () => {
  it('holds what is expected, and is narrow where much is known', () => {
    const half = look([shot([...Array(120).fill(done(2)), ...Array(120).fill(WAITING)])]);
    const begun = look([shot([done(2), ...Array(239).fill(WAITING)])]);
    const other = look([shot([done(2)]), unopened({ frames: [1, 2, 3] })]);
    for (const one of [half, begun, other]) {
      expect(one?.low).toBeLessThan(one?.seconds ?? 0);
      expect(one?.high).toBeGreaterThan(one?.seconds ?? 0);
    }
    expect(width(half)).toBeLessThan(width(begun));
    expect(width(begun)).toBeLessThan(width(other));
  });

  it('is narrower the more shots have shown how far apart they are', () => {
    const waiting = Array.from({ length: 20 }, () => unopened({ frames: [1, 2] }));
    const alike = Array.from({ length: 12 }, () => shot([done(5), done(5)]));
    expect(width(look([...alike, ...waiting]))).toBeLessThan(
      width(look([...alike.slice(0, 1), ...waiting])),
    );
  });
});

it('looks again ten times a second at most', () => {
  let jobs = [shot([done(2), WAITING])];
  let at = 0;
  const outlook = new Outlook(
    () => jobs,
    () => at,
  );
  expect(outlook.expectation(RESTING, 0)?.seconds).toBeCloseTo(2);
  jobs = [shot([done(9), WAITING])];
  at = 99;
  expect(outlook.expectation(RESTING, 0)?.seconds).toBeCloseTo(2);
  at = 101;
  expect(outlook.expectation(RESTING, 0)?.seconds).toBeCloseTo(9);
});

describe('what is left of one shot', () => {
  const outlook = new Outlook(() => []);

  it('is shared by the workers that are on it', () => {
    const frames = [done(4), RUNNING, RUNNING, WAITING, WAITING];
    expect(outlook.shotSeconds(shot(frames, { status: 'running' }))).toBe(8);
  });

  it('is nothing where it is over, waits untouched, or has no frame done', () => {
    expect(outlook.shotSeconds(shot([done(4), WAITING], { status: 'cancelled' }))).toBeNull();
    expect(outlook.shotSeconds(shot([done(4)], { status: 'completed' }))).toBeNull();
    expect(outlook.shotSeconds(shot([RUNNING], { status: 'running' }))).toBeNull();
    expect(outlook.shotSeconds(unopened({ frames: [1] }))).toBeNull();
  });

  it('is what trying has found of a shot that waits untouched, or of one like it', () => {
    const [tried, other] = [unopened({ frames: [1, 2] }), unopened({ frames: [1, 2, 3] })];
    const known = new Outlook(() =>
      [tried, other].map((job, index) => ({ ...job, id: `${index}` })),
    );
    const [first, second] = [tried, other].map((job, index) => ({ ...job, id: `${index}` }));
    const measure = {
      ...{ tried: 2, each: 3, spread: 0.1, doubt: 0.1 },
      ...{ frames: 2, pixels: 64, openSeconds: 1 },
    };
    known.learn(new Map([['0', measure]]));
    known.expectation(RESTING, 0);
    expect(first && [known.shotSeconds(first), known.triedSeconds(first)]).toEqual([6, 3]);
    expect(second && [known.shotSeconds(second), known.triedSeconds(second)]).toEqual([9, 3]);
    expect(known.triedSeconds(shot([done(4)], { status: 'completed' }))).toBeNull();
  });

  it('is guessed from the other shots while its first frame renders', () => {
    const first = shot([RUNNING, WAITING], { status: 'running' });
    const jobs = [shot([done(7)]), first];
    const known = new Outlook(() => jobs);
    known.expectation(RESTING, 0);
    expect(known.shotSeconds(first)).toBeCloseTo(14);
  });
});
