import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { PALETTE } from '../../electron/engine/report/chart-svg.tsx';
import { frameTimes, MOST_BARS, MOST_SHOTS } from '../../electron/engine/report/frame-times.ts';
import { frameTimesChart } from '../../shared/charts/FrameTimesChart.tsx';
import type { FrameTimesData, UseLane, WorkerUse } from '../../shared/charts/night-charts.ts';
import { type Chart, cutName, cutText, textWidth } from '../../shared/charts/parts.tsx';
import { momentOf, workersChart } from '../../shared/charts/WorkersChart.tsx';
import { madeJob } from '../helpers/results.ts';

const HOUR = 3_600_000;
const EVENING = new Date(2026, 2, 1, 22).getTime();

const lane = (over: Partial<UseLane> = {}): UseLane => ({
  ...{ worker: 1, node: null, atOnce: 1, done: [] },
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

interface Drawn {
  readonly tag: string;
  /** Of its class, such as `shot-0`. */
  readonly look: string;
  /** What it says, or what pointing at it tells. */
  readonly words: string;
  readonly at: Readonly<Record<string, number>>;
}

const markupOf = (chart: Chart | null, width: number) =>
  renderToStaticMarkup(createElement('svg', null, chart?.draw(width)));

/** What stands in the markup of a chart. */
function drawn(chart: Chart | null, width: number): readonly Drawn[] {
  const markup = markupOf(chart, width);
  return [...markup.matchAll(/<(rect|path|line|text) ([^>]*)>(?:<title>)?([^<]*)/gu)].map(
    ([, tag = '', attributes = '', words = '']) => {
      const pairs = [...attributes.matchAll(/([\w-]+)="([^"]*)"/gu)].map(
        ([, name = '', value = '']) => [name, value] as const,
      );
      const at = pairs.filter(([, value]) => !Number.isNaN(Number(value)));
      return {
        tag,
        words,
        look: pairs.find(([name]) => name === 'class')?.[1] ?? '',
        at: Object.fromEntries(at.map(([name, value]) => [name, Number(value)])),
      };
    },
  );
}

const workers = (of: WorkerUse, width = 880) => drawn(workersChart(of), width);

const bars = (times: FrameTimesData, shots: readonly string[] = []) =>
  drawn(frameTimesChart(times, shots), 800);

const textOf = (chart: Chart | null) => chart?.text ?? [];

const looking = (all: readonly Drawn[], look: string) => all.filter((each) => each.look === look);

test('a span stands where its time is, and half a share is half as high', () => {
  const all = workers(use());
  const [hero] = looking(all, 'shot-0');
  const [lamp] = looking(all, 'shot-1');
  expect(hero?.at).toMatchObject({ x: 80, width: 399, height: 14 });
  expect(lamp?.at).toMatchObject({ x: 480, width: 199, height: 7, y: 7 });
  expect(hero?.words).toBe('hero, 22:00 to 02:00');
  expect(looking(all, 'idle')).toHaveLength(2);
});

test('nothing stands outside of its picture, and no two times on one another', () => {
  for (const width of [300, 640, 1800]) {
    const all = workers(use(), width);
    for (const { at } of all.filter(({ tag }) => tag === 'rect')) {
      expect(at.x).toBeGreaterThanOrEqual(80);
      expect((at.x ?? 0) + (at.width ?? 0)).toBeLessThanOrEqual(width);
    }
    const times = looking(all, 'quiet');
    expect(times[0]?.words).toBe('22:00');
    expect(times.at(-1)?.words).toBe('06:00');
    const places = times.map(({ at }) => at.x ?? 0);
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
  const markup = markupOf(workersChart(use({ runs, pauses, lanes })), 880);
  expect(markup).toContain('<path class="cross failed" d="M176 3L184 11M176 11L184 3">');
  const all = workers(use({ runs, pauses, lanes }));
  expect(looking(all, 'cross failed')[0]?.words).toBe('A try failed about 23:00');
  expect(looking(all, 'pause')).toMatchObject([{ at: { x: 180, width: 100, height: 36 } }]);
  expect(looking(all, 'line dashed')).toMatchObject([
    { at: { x1: 280 }, words: 'Stopped at 00:00, went on at 04:00' },
  ]);
});

test('nodes stand by their names, which have the room that they need', () => {
  const nodes = ['gpu-node-07', 'gpu-node-08'].map((node) => lane({ node, atOnce: 2 }));
  const all = workers(use({ lanes: nodes }));
  const names = all.filter(({ look }) => look === 'name').map(({ words }) => words);
  expect(names).toEqual(['gpu-node-07', 'gpu-node-08']);
  expect(looking(all, 'shot-0')[0]?.at.x).toBeGreaterThan(80);
  const [, first] = textOf(workersChart(use({ lanes: nodes })));
  expect(first).toBe('gpu-node-07 was at work for 37 % of that time: 40 frames.');
  const many = Array.from({ length: 30 }, (_, index) => lane({ node: `n${index}` }));
  expect(textOf(workersChart(use({ lanes: many })))[1]).toContain('30 nodes were at work');
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
  const all = bars(times, ['lamp', 'hero']);
  expect(looking(all, 'shot-1').map(({ at }) => at.height)).toEqual([16, 32, 8]);
  expect(looking(all, 'cross failed')).toMatchObject([{ words: 'Frame 3: failed' }]);
  expect(all.filter(({ tag }) => tag === 'text').map(({ words }) => words)).toEqual([
    ...['hero', '3 frames, 2.3 s each', '4.0 s', 'slowest, frame 2'],
  ]);
});

test('all shots have one scale, and the one that took longest in all is first', () => {
  const times = frameTimes([
    madeJob({ name: 'quick', frames: [1, 1] }),
    madeJob({ name: 'slow', frames: [8, 4] }),
  ]);
  expect(times.shots.map(({ name }) => name)).toEqual(['slow', 'quick']);
  const boxes = bars(times).filter(({ tag }) => tag === 'rect');
  expect(boxes.map(({ at }) => at.height)).toEqual([32, 16, 4, 4]);
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
  expect(frameTimesChart(frameTimes(none), [])).toBeNull();
});

test('what the charts show is said in words', () => {
  expect(textOf(workersChart(use()))).toEqual([
    'From 22:00 to 06:00, 8 h of rendering.',
    'Worker 1 was at work for 75 % of that time: 40 frames.',
    'Worker 2 was at work for 100 % of that time: 40 frames.',
  ]);
  const lanes = Array.from({ length: 12 }, (_, index) =>
    lane({ worker: index + 1, busyMs: (index + 1) * HOUR * 0.5, failed: 1 }),
  );
  expect(textOf(workersChart(use({ lanes })))[1]).toBe(
    '12 workers were at work for 6 % to 75 % of that time. 12 tries failed.',
  );
  expect(
    textOf(frameTimesChart(frameTimes([madeJob({ status: 'failed', frames: [2, 4, null] })]), [])),
  ).toEqual(['hero: 2 frames, 3.0 s on average, slowest 4.0 s (frame 2), some frames failed.']);
});

test('a long name is cut by what it takes up', () => {
  expect(cutText('hero', 100)).toBe('hero');
  expect(cutText('a_very_long_name_of_a_shot', 100)).toBe('a_very_long_na…');
  expect(cutText('日本東京大阪京都', 63)).toBe('日本東…');
  const name = 'a_very_long_name_of_a_shot_v017';
  expect(cutName(name, 150)).toBe('a_very_long_nam…_v017');
  expect(cutName(`${name}🌙👩🏽‍🚀`, 150)).toMatch(/…t_v017🌙👩🏽‍🚀$/u);
});

test('the number of a shot and its version are the last to be cut, what all have in common the first', () => {
  const name = 'EP103_sq020_sh0040_lighting_v012';
  expect(cutName(name, 400, 'EP103_sq020_')).toBe(name);
  expect(cutName(name, 180, 'EP103_sq020_')).toBe('EP103…sh0040_lighting_v012');
  expect(cutName(name, 120, 'EP103_sq020_')).toBe('…sh0040_li…_v012');
  for (let width = 20; width < 260; width += 5)
    expect(textWidth(cutName(name, width, 'EP103_sq020_'))).toBeLessThanOrEqual(width);
});

test('the words of a chart end before its bars', () => {
  const name = 'EP103_sq020_sh0040_lighting_with_all_of_its_layers_v012';
  const frames = Array.from({ length: 20 }, () => 754.25);
  const all = bars(frameTimes([madeJob({ name, frames })]));
  const first = Math.min(...looking(all, 'shot-0').map(({ at }) => at.x ?? 0));
  const rows = markupOf(frameTimesChart(frameTimes([madeJob({ name, frames })]), []), 800);
  const left = [...rows.matchAll(/<text [^>]*x="0"[^>]*>(?:<title>[^<]*<\/title>)?([^<]*)/g)];
  expect(left).toHaveLength(2);
  for (const [, words = ''] of left) expect(textWidth(words)).toBeLessThan(first - 10);
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
