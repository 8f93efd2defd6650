import { join } from 'node:path';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { compare } from './compare.ts';
import type { Shot } from './ours.ts';
import { LARGE, makeScenes, type SceneOrder, SMALL, sizesText } from './scenes.ts';
import { renderLoop } from './theirs.ts';

/** Many quick frames: what Nightshift does for each of them counts most. */
export const oneShotQuick: Scenario = {
  name: 'one-shot',
  group: 'blender',
  measure: async (bench) => {
    const frames = bench.short ? 2 : 40;
    const { shot, size } = await oneShot(bench, { seconds: 0.1, frames, ...SMALL });
    const { ours, theirs } = await compare(bench, {
      shots: [shot],
      ours: { ours: 0 },
      theirs: (out) => renderLoop(bench, out, [shot]),
    });
    return [row({ title: `One shot, ${frames} frames of 0.1 s`, ours, theirs }, 1.05, size)];
  },
};

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
        ours: { auto: 0, two: 2 },
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

function row(measured: Pick<Row, 'title' | 'ours' | 'theirs'>, target: number, note: string): Row {
  return { ...measured, baseline: '`blender -a`', unit: 's', compare: 'ratio', target, note };
}
