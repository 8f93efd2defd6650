import { setTimeout as pause } from 'node:timers/promises';
import { App } from '../../e2e/app.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { openDisplay } from './display.ts';
import { type Heaps, heapsOf, slopeOf } from './memory.ts';
import { makePlace, shotName } from './place.ts';
import { scriptedBlender } from './scripted-blender.ts';

/** Minutes, where SOAK_MINUTES in the environment says nothing else: `SOAK_MINUTES=5 npm run bench -- window-soak`. */
const MINUTES = 60;
/** A slope over fewer minutes says more of the noise than of a leak. */
const SLOPE_MINUTES = 30;
const SAMPLES = 30;
const WORKERS = 6;
/** Six workers then finish some 80 frames a second. */
const FRAME_SECONDS = 0.06;

/** A night of the real engine with a scripted Blender, while somebody uses the window: does it leak? */
export const windowSoak: Scenario = {
  name: 'window-soak',
  group: 'window',
  measure: async (bench) => {
    const minutes = bench.short ? 0.1 : Number(process.env.SOAK_MINUTES ?? MINUTES);
    const shots = bench.short ? 60 : 10_000;
    const display = await openDisplay();
    const settings = { workers: bench.short ? 2 : WORKERS };
    const place = await makePlace(bench.folder, { shots, framesEach: 48, settings });
    const blender = await scriptedBlender(bench.folder, { render: { seconds: FRAME_SECONDS } });
    const app = await App.start(place.data, [place.shots], { ...display.env, ...blender });
    try {
      const soaked = await soak(app, bench, minutes);
      return rowsOf(soaked, shots, display.words);
    } finally {
      await app.close();
      await display.close();
    }
  },
};

interface Sample extends Heaps {
  /** Since the first one. */
  readonly minutes: number;
  readonly frames: number;
}

async function soak(app: App, bench: Bench, minutes: number): Promise<readonly Sample[]> {
  await app.row(shotName(1)).waitFor({ timeout: 120_000 });
  await app.render();
  await app.window.getByRole('region', { name: 'Workers' }).waitFor({ timeout: 120_000 });
  const every = (minutes * 60_000) / (bench.short ? 2 : SAMPLES);
  // Everything that is made once and kept is made before the first sample.
  for (let warm = 0; warm < 2; warm += 1) await lookIn(app, bench.short ? 1 : 10);
  const samples: Sample[] = [];
  let began = 0;
  do {
    const heaps = await heapsOf(app.main, app.window);
    const now = performance.now();
    if (samples.length === 0) began = now;
    const sample = { ...heaps, minutes: (now - began) / 60_000, frames: await framesDone(app) };
    samples.push(sample);
    bench.say(told(sample));
    while (performance.now() < now + every) {
      bench.signal.throwIfAborted();
      await lookIn(app, 1);
      await pause(Math.min(2000, every / 4));
    }
  } while (performance.now() < began + minutes * 60_000 || samples.length < 2);
  const last = { ...(await heapsOf(app.main, app.window)), frames: await framesDone(app) };
  samples.push({ ...last, minutes: (performance.now() - began) / 60_000 });
  bench.say(told(samples.at(-1) as Sample));
  return samples;
}

/** What somebody does who looks in: scrolls, opens a shot, reads its log, searches; all as it was afterwards. */
async function lookIn({ window }: App, rounds: number): Promise<void> {
  const grid = window.getByRole('grid', { name: 'Shots' });
  const search = window.getByRole('searchbox', { name: 'Find a shot' });
  for (let round = 0; round < rounds; round += 1) {
    await grid.hover();
    for (let turn = 0; turn < 6; turn += 1) await window.mouse.wheel(0, 900);
    await grid.press('End');
    await grid.press('Enter');
    for (const tab of ['Log', 'Set-up', 'Problems', 'Frames']) {
      await window.getByRole('tab', { name: tab }).click();
    }
    await search.fill('shot_0004');
    await search.fill('');
    await grid.press('Home');
    await window.getByRole('button', { name: 'Inspector', pressed: true }).click();
  }
}

async function framesDone(app: App): Promise<number> {
  const answer = await app.call('batches:list', undefined);
  if (!answer.ok) throw new Error(answer.error.message);
  return (answer.value as readonly { framesDone: number }[])[0]?.framesDone ?? 0;
}

function told({ minutes, frames, rendererMb, mainMb, nodes, listeners }: Sample): string {
  const heaps = `renderer ${rendererMb.toFixed(1)} MB, main ${mainMb.toFixed(1)} MB`;
  return `minute ${minutes.toFixed(1)}: ${heaps}, ${nodes} nodes, ${listeners} listeners, ${frames} frames`;
}

function rowsOf(samples: readonly Sample[], shots: number, where: string): readonly Row[] {
  const first = samples[0] as Sample;
  const last = samples.at(-1) as Sample;
  const frames = last.frames - first.frames;
  const perSecond = frames / (last.minutes * 60);
  const span = `${last.minutes < 1 ? last.minutes.toFixed(1) : Math.round(last.minutes)} minutes`;
  const measured = `${shots} shots, ${perSecond.toFixed(0)} frames/s, scrolled, searched and inspected meanwhile; heap after a collection; ${where}`;
  const row = (title: string, unit: string, of: (sample: Sample) => number, more = {}): Row => ({
    title: `${title} after ${span}`,
    baseline: 'the same at the start',
    unit,
    ours: [of(last)],
    theirs: [of(first)],
    compare: 'difference',
    target: null,
    note: null,
    ...more,
  });
  const slope = slopeOf(
    samples.map(({ minutes, rendererMb }) => ({ x: minutes / 60, y: rendererMb })),
  );
  return [
    row('Heap of the window', 'MB', ({ rendererMb }) => rendererMb, { target: 5, note: measured }),
    {
      title: `Growth of the window’s heap over ${span}`,
      baseline: null,
      unit: 'MB/h',
      ours: [slope],
      theirs: [],
      compare: 'value',
      target: last.minutes < SLOPE_MINUTES ? null : 5,
      note: `least squares over ${samples.length} samples`,
    },
    row('DOM nodes of the window', 'nodes', ({ nodes }) => nodes),
    row('Event listeners of the window', 'listeners', ({ listeners }) => listeners),
    row('Heap of the main process', 'MB', ({ mainMb }) => mainMb, {
      note: `holds what is known of the ${frames} frames that were finished meanwhile`,
    }),
  ];
}
