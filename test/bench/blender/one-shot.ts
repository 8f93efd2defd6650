import { join } from 'node:path';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { chosenRows, compare, WAYS } from './compare.ts';
import type { OurWay, Shot } from './ours.ts';
import { type BothParts, partsText } from './parts.ts';
import { LARGE, makeScenes, type SceneOrder, SMALL, sizesText } from './scenes.ts';
import { renderLoop, renderStill } from './theirs.ts';

/** Many quick frames: what Nightshift does for each of them counts most. */
export const oneShotQuick: Scenario = {
  name: 'one-shot',
  group: 'blender',
  isFast: true,
  measure: async (bench) => {
    const frames = quickFrames(bench);
    const { size, measured } = await quick(bench, frames, WAYS);
    const title = `One shot, ${frames} frames of 0.1 s`;
    const { auto: ours, theirs, parts } = measured;
    const about = row({ title, ours, theirs, parts: [parts.auto, parts.theirs] }, 1.05, size);
    return [about, ...chosenRows(title, measured)];
  },
};

/** What is paid once a batch, and what once a frame, shows beside a longer shot. */
export const oneShotLong: Scenario = {
  name: 'one-shot-long',
  group: 'blender',
  measure: async (bench) => {
    const frames = quickFrames(bench) * 5;
    const { size, measured } = await quick(bench, frames, { ours: { workers: 0 } });
    const { ours, theirs, parts } = measured;
    const title = `One shot, ${frames} frames of 0.1 s`;
    return [row({ title, ours, theirs, parts: [parts.ours, parts.theirs] }, null, size)];
  },
};

/** A scene that has little to keep: what looking after that costs must not show. */
export const lightKept: Scenario = {
  name: 'light-kept',
  group: 'blender',
  isFast: true,
  measure: async (bench) => {
    const frames = quickFrames(bench);
    const { size, measured } = await quick(bench, frames, {
      auto: { workers: 0 },
      off: { workers: 0, keepScene: 'off' },
    });
    const title = `A light scene, ${frames} frames, scenes kept where that is the same`;
    const about = row({ title, ours: measured.auto, theirs: measured.off }, 1.02, size);
    return [{ ...about, baseline: 'each built anew' }];
  },
};

/** A single frame: all of it is the start. */
export const oneFrame: Scenario = {
  name: 'one-frame',
  group: 'blender',
  isFast: true,
  measure: async (bench) => {
    const { shot: scene, size } = await oneShot(bench, { seconds: 0.1, frames: 1, ...SMALL });
    const shot = { ...scene, last: 1 };
    const { ours, theirs, parts } = await compare(
      // A second a round: with more of them the middle one says more.
      { ...bench, rounds: bench.short ? bench.rounds : 2 * bench.rounds + 1 },
      {
        shots: [shot],
        ours: { ours: { workers: 0 } },
        theirs: (out) => renderStill(bench, out, shot, 1),
      },
    );
    const title = 'A shot of one frame of 0.1 s';
    const about = row({ title, ours, theirs, parts: [parts.ours, parts.theirs] }, 1.15, size);
    return [{ ...about, baseline: '`blender -f 1`' }];
  },
};

function quickFrames({ short }: Bench): number {
  return short ? 2 : 40;
}

/** A shot of so many frames of a tenth of a second, by `blender -a` and by us in each of these ways. */
async function quick<Way extends string>(
  bench: Bench,
  frames: number,
  ours: Readonly<Record<Way, OurWay>>,
) {
  const { shot, size } = await oneShot(bench, { seconds: 0.1, frames, ...SMALL });
  const theirs = (out: string) => renderLoop(bench, out, [shot]);
  return { size, measured: await compare(bench, { shots: [shot], ours, theirs }) };
}

/** Few slow frames: what counts is that all cores work on them. */
export const oneShotSlow: Scenario = {
  name: 'one-shot-slow',
  group: 'blender',
  measure: async (bench) => {
    const frames = bench.short ? 2 : 6;
    // Three minutes a round.
    const rounds = Math.min(bench.rounds, 3);
    const { shot, size } = await oneShot(bench, { seconds: 10, frames, ...LARGE });
    const { auto, two, theirs } = await compare(
      { ...bench, rounds },
      {
        shots: [shot],
        ours: { auto: { workers: 0 }, two: { workers: 2 } },
        theirs: (out) => renderLoop(bench, out, [shot]),
      },
    );
    const title = `One shot, ${frames} frames of 10 s`;
    return [
      row({ title: `${title}, workers 0`, ours: auto, theirs }, 1.03, size),
      row({ title: `${title}, 2 workers`, ours: two, theirs }, 1.03, size),
    ];
  },
};

/** A shot of one scene that all cores render, and its size in words. */
async function oneShot(
  bench: Bench,
  order: Omit<SceneOrder, 'name' | 'threads'>,
): Promise<{ readonly shot: Shot; readonly size: string }> {
  const name = 'shot';
  const orders = [{ ...order, name, threads: 2 }];
  const scenes = await makeScenes(bench, join(bench.folder, 'scenes'), orders);
  const scene = scenes[0]?.file ?? '';
  return { shot: { name, scene, first: 1, last: order.frames }, size: sizesText(scenes) };
}

function row(
  { parts, ...measured }: Pick<Row, 'title' | 'ours' | 'theirs'> & { parts?: BothParts },
  target: number | null,
  size: string,
): Row {
  const note = parts === undefined ? size : `${size}; ${partsText(...parts)}`;
  return { ...measured, baseline: '`blender -a`', unit: 's', compare: 'ratio', target, note };
}
