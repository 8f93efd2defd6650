import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { frameTimes, MOST_BARS, MOST_SHOTS } from '../../electron/engine/report/frame-times.ts';
import { PALETTE } from '../../electron/engine/report/svg.ts';
import { frameTimesText, workersText } from '../../shared/charts/chart-text.ts';
import { drawFrameTimes } from '../../shared/charts/draw-frame-times.ts';
import { drawWorkers, momentOf } from '../../shared/charts/draw-workers.ts';
import { type ChartWords, cutText, type Drawing, type Shape } from '../../shared/charts/drawing.ts';
import type { UseLane, WorkerUse } from '../../shared/charts/night-charts.ts';
import { madeJob } from '../helpers/results.ts';

const HOUR = 3_600_000;
/** A whole hour in any time zone that has whole hours. */
const EVENING = Date.UTC(2026, 2, 1, 22);
const WORDS: ChartWords = {
  duration: (seconds) => `${Number(seconds.toFixed(1))} s`,
  clock: (at) => new Date(at).toISOString().slice(11, 16),
};

const lane = (over: Partial<UseLane> = {}): UseLane => ({
  worker: 1,
  busyMs: 6 * HOUR,
  frames: 40,
  failed: 0,
  spans: [
    { from: 0, to: 4 * HOUR, shot: 0, share: 1 },
    { from: 4 * HOUR, to: 6 * HOUR, shot: 1, share: 0.5 },
  ],
  failures: [],
  ...over,
});

const use = (over: Partial<WorkerUse> = {}): WorkerUse => ({
  runs: [{ from: EVENING, to: EVENING + 8 * HOUR }],
  totalMs: 8 * HOUR,
  shots: ['hero', 'lamp'],
  lanes: [lane(), lane({ worker: 2, busyMs: 8 * HOUR })],
  pauses: [],
  ...over,
});

const of = <K extends Shape['kind']>({ shapes }: Drawing, kind: K) =>
  shapes.filter((shape): shape is Extract<Shape, { kind: K }> => shape.kind === kind);

const toned = (drawing: Drawing, tone: string) =>
  of(drawing, 'rect').filter((rect) => rect.tone === tone);

test('a span stands where its time is, and half a share is half as high', () => {
  const drawing = drawWorkers(use(), 880, WORDS);
  const [hero] = toned(drawing, 'shot-0');
  const [lamp] = toned(drawing, 'shot-1');
  expect(hero).toMatchObject({ x: 80, width: 399, height: 14 });
  expect(lamp).toMatchObject({ x: 480, width: 199, height: 7, y: 7 });
  expect(hero?.title).toBe('hero, 22:00 to 02:00');
  expect(toned(drawing, 'idle')).toHaveLength(2);
});

test('nothing stands outside of its picture, and no two times on one another', () => {
  for (const width of [300, 640, 1800]) {
    const drawing = drawWorkers(use(), width, WORDS);
    for (const { x, width: wide } of of(drawing, 'rect')) {
      expect(x).toBeGreaterThanOrEqual(80);
      expect(x + wide).toBeLessThanOrEqual(width);
    }
    const times = of(drawing, 'text').filter(({ look }) => look === 'quiet');
    expect(times[0]?.text).toBe('22:00');
    expect(times.at(-1)?.text).toBe('06:00');
    const places = times.map(({ x }) => x);
    expect(places.slice(1).every((x, index) => x - (places[index] ?? 0) >= 58)).toBe(true);
  }
});

test('a try that failed is a cross, a pause covers all workers, a break is a dashed line', () => {
  const runs = [
    { from: EVENING, to: EVENING + 2 * HOUR },
    { from: EVENING + 30 * HOUR, to: EVENING + 36 * HOUR },
  ];
  const pauses = [{ from: HOUR, to: 2 * HOUR }];
  const lanes = [lane({ failures: [HOUR] }), lane({ worker: 2 })];
  const drawing = drawWorkers(use({ runs, pauses, lanes }), 880, WORDS);
  expect(of(drawing, 'cross')).toMatchObject([{ x: 180, tone: 'failed' }]);
  expect(toned(drawing, 'pause')).toMatchObject([{ x: 180, width: 100, height: 36 }]);
  const [line] = of(drawing, 'line');
  expect(line).toMatchObject({ dashed: true, title: 'Stopped at 00:00, went on at 04:00' });
  expect(line?.from[0]).toBe(280);
});

test('a night time leads back to its moment over the breaks of the night', () => {
  const runs = [
    { from: 1000, to: 2000 },
    { from: 10_000, to: 11_000 },
  ];
  expect(momentOf({ runs }, 500)).toBe(1500);
  expect(momentOf({ runs }, 1000)).toBe(2000);
  expect(momentOf({ runs }, 1500)).toBe(10_500);
});

test('bars are as high as their frames took, and a failed frame is a cross', () => {
  const times = frameTimes([madeJob({ name: 'hero', status: 'failed', frames: [2, 4, null, 1] })]);
  const drawing = drawFrameTimes(times, 800, WORDS, ['lamp', 'hero']);
  expect(toned(drawing, 'shot-1').map(({ height }) => height)).toEqual([16, 32, 8]);
  expect(of(drawing, 'cross')).toMatchObject([{ title: 'Frame 3: failed' }]);
  expect(of(drawing, 'text').map(({ text }) => text)).toEqual([
    ...['hero', '3 frames, 2.3 s each', '4 s', 'slowest, frame 2'],
  ]);
});

test('all shots have one scale, and the one that took longest in all is first', () => {
  const times = frameTimes([
    madeJob({ name: 'quick', frames: [1, 1] }),
    madeJob({ name: 'slow', frames: [8, 4] }),
  ]);
  expect(times.shots.map(({ name }) => name)).toEqual(['slow', 'quick']);
  const heights = of(drawFrameTimes(times, 800, WORDS, []), 'rect').map(({ height }) => height);
  expect(heights).toEqual([32, 16, 4, 4]);
});

test('many frames share bars, each as high as its slowest, and many shots are counted', () => {
  const frames = Array.from({ length: 1000 }, (_, index) => (index === 500 ? 30 : 1));
  const { shots } = frameTimes([madeJob({ frames })]);
  expect(shots[0]?.bars).toHaveLength(MOST_BARS);
  expect(shots[0]?.bars.filter(({ seconds }) => seconds === 30)).toHaveLength(1);
  expect(shots[0]?.slowest).toEqual({ frame: 501, seconds: 30 });
  const many = Array.from({ length: 40 }, (_, index) => madeJob({ name: `s${index}` }));
  expect(frameTimes(many)).toMatchObject({ more: 40 - MOST_SHOTS });
});

test('shots without a known time have no chart', () => {
  const none = [
    madeJob({ status: 'failed', frames: [null] }),
    madeJob({ frames: null, status: 'waiting' }),
  ];
  expect(frameTimes(none)).toEqual({ shots: [], more: 0 });
  expect(drawFrameTimes(frameTimes(none), 800, WORDS, []).height).toBe(0);
});

test('what the charts show is said in words', () => {
  expect(workersText(use(), WORDS)).toEqual([
    'From 22:00 to 06:00, 28800 s of rendering.',
    'Worker 1 was at work for 75 % of that time: 40 frames.',
    'Worker 2 was at work for 100 % of that time: 40 frames.',
  ]);
  const lanes = Array.from({ length: 12 }, (_, index) =>
    lane({ worker: index + 1, busyMs: (index + 1) * HOUR * 0.5, failed: 1 }),
  );
  expect(workersText(use({ lanes }), WORDS)[1]).toBe(
    '12 workers were at work for 6 % to 75 % of that time. 12 tries failed.',
  );
  expect(
    frameTimesText(frameTimes([madeJob({ status: 'failed', frames: [2, 4, null] })]), WORDS),
  ).toEqual(['hero: 2 frames, 3 s on average, slowest 4 s (frame 2), some frames failed']);
});

test('a long name is cut by what it takes up', () => {
  expect(cutText('hero', 100)).toBe('hero');
  expect(cutText('a_very_long_name_of_a_shot', 100)).toBe('a_very_long_na…');
  expect(cutText('日本東京大阪京都', 63)).toBe('日本東京…');
  const name = 'a_very_long_name_of_a_shot_v017';
  expect(cutText(name, 150)).toBe('a_very_long_name…t_v017');
  expect(cutText(`${name}🌙👩🏽‍🚀`, 150)).toMatch(/…v017🌙👩🏽‍🚀$/u);
});

test('charts in a report have the colours of the window', async () => {
  const tokens = await readFile(resolve('renderer/ui/tokens.css'), 'utf8');
  const found = tokens.matchAll(/--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)/gu);
  const colours = Object.fromEntries(
    [...found].map(([, name, light, dark]) => [name, [light, dark]]),
  );
  for (const [name, both] of Object.entries(PALETTE)) {
    expect([name, colours[name === 'ground' ? 'panel' : name]]).toEqual([name, both]);
  }
});
