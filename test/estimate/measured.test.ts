import { describe, expect, it } from 'vitest';
import type { ShotMeasure } from '../../electron/engine/estimate/measure-shot.ts';
import { Outlook } from '../../electron/engine/estimate/outlook.ts';
import { worthTrying } from '../../electron/engine/preflight/try-shots.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { done, jobWith, WAITING } from '../app/jobs.ts';

const NIGHT = { elapsedSeconds: null, renderSeconds: 0, workers: 1 };
const MEASURE: ShotMeasure = {
  each: 10,
  spread: 1,
  doubt: 0.1,
  tried: 3,
  frames: 20,
  pixels: 100,
  openSeconds: 2,
};

const shot = (id: string, frames: readonly FrameState[] = [], over: Partial<BatchJob> = {}) =>
  jobWith(frames, { id, ...over });
const unopened = (id: string, blend: string) =>
  shot(id, [], { plan: null, shotConfig: { blend, frames: null } as ShotConfig });

function outlookOf(jobs: readonly BatchJob[], measures: Record<string, Partial<ShotMeasure>>) {
  const outlook = new Outlook(() => jobs);
  const all = Object.entries(measures).map(([id, some]) => [id, { ...MEASURE, ...some }] as const);
  outlook.learn(new Map(all));
  return outlook.expectation(NIGHT, 0);
}

describe('a night of which some frames were tried', () => {
  it('takes what they cost, times the frames of each shot, with the openings', () => {
    const jobs = [unopened('a', 'a.blend'), unopened('b', 'b.blend')];
    const night = outlookOf(jobs, { a: {}, b: { each: 1, frames: 5 } });
    expect(night?.seconds).toBeCloseTo(20 * 10 + 5 + 4);
    expect(night?.low).toBeLessThan(200);
    expect(night?.high).toBeGreaterThan(215);
  });

  it('takes for a shot that was not tried what one of the same scene cost', () => {
    const jobs = [unopened('a', 'a.blend'), unopened('b', 'b.blend'), unopened('c', 'a.blend')];
    const night = outlookOf(jobs, { a: { openSeconds: 0 }, b: { each: 900, openSeconds: 0 } });
    expect(night?.seconds).toBeCloseTo(200 + 900 * 20 + 200, -2);
  });

  it('corrects what is to come as frames come in: all were three times as slow', () => {
    const begun = shot('a', [done(30), done(30), done(30), WAITING]);
    const jobs = [begun, unopened('b', 'b.blend')];
    const before = outlookOf([unopened('b', 'b.blend')], { b: { openSeconds: 0 } });
    const after = outlookOf(jobs, { a: {}, b: { openSeconds: 0 } });
    expect(before?.seconds).toBeCloseTo(200);
    expect(after?.seconds).toBeGreaterThan(30 + 300);
    expect(after?.seconds).toBeLessThan(30 + 600);
  });
});

it('tries one shot of each kind that is still to be rendered, and few of very many', () => {
  const jobs = [
    unopened('a', 'a.blend'),
    unopened('b', 'a.blend'),
    { ...unopened('c', 'c.blend'), status: 'completed' as const },
    shot('d', [], { shotConfig: null }),
    unopened('e', 'e.blend'),
  ];
  expect(worthTrying(jobs).map(({ id }) => id)).toEqual(['a', 'e']);
  const many = Array.from({ length: 1000 }, (_, index) => unopened(`${index}`, `${index}.blend`));
  expect(worthTrying(many).length).toBe(60);
  expect(worthTrying(many).at(-1)?.id).toBe('983');
});
