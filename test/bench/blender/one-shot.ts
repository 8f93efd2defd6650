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
    const rows: Row[] = [];
    // What is paid once a batch, and what once a frame, shows beside a longer shot.
    for (const last of [frames, frames * 5]) {
      const long = { ...shot, name: `shot_${last}`, last };
      const folder = join(bench.folder, String(last));
      const { ours, theirs } = await compare(
        { ...bench, folder },
        {
          shots: [long],
          ours: { ours: 0 },
          theirs: (out) => renderLoop(bench, out, [long]),
        },
      );
      const title = `One shot, ${last} frames of 0.1 s`;
      rows.push(row({ title, ours, theirs }, last === frames ? 1.05 : null, size));
    }
    return rows;
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

function row(
  measured: Pick<Row, 'title' | 'ours' | 'theirs'>,
  target: number | null,
  note: string,
): Row {
  return { ...measured, baseline: '`blender -a`', unit: 's', compare: 'ratio', target, note };
}
