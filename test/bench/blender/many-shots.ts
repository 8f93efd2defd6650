import { join } from 'node:path';
import type { Row, Scenario } from '../scenario.ts';
import { chosenRows, compare, waysOf } from './compare.ts';
import { type Shot, shotsOf } from './ours.ts';
import { makeScenes, SMALL, sizesText } from './scenes.ts';
import { renderPerFrame, renderPerShot } from './theirs.ts';

const WORKERS = 2;

/** Stills: one process for each pays the start, and the loading of the scene, for a single frame. */
export const stills: Scenario = {
  name: 'stills',
  group: 'blender',
  isFast: true,
  measure: async (bench) => {
    const [shotCount, sceneCount] = bench.short ? [3, 1] : [24, 6];
    const scenes = await makeScenes(
      bench,
      join(bench.folder, 'scenes'),
      numbered(sceneCount, { frames: shotCount / sceneCount, seconds: 0.1, threads: 1, ...SMALL }),
    );
    const shots = numbered(shotCount, {}).map(({ name }, at): Shot => {
      const frame = 1 + Math.floor(at / sceneCount);
      return { name, scene: scenes[at % sceneCount]?.file ?? '', first: frame, last: frame };
    });
    const rounds = Math.min(bench.rounds, 3);
    const measured = await compare(
      { ...bench, rounds },
      { shots, ours: waysOf(bench), theirs: (out) => renderPerShot(bench, out, shots, WORKERS) },
    );
    const { two: ours, theirs } = measured;
    const title = `${shotCount} shots of one frame over ${sceneCount} scenes`;
    const baseline = '`xargs -P 2`, one process per shot';
    const row = { ...ratio, title: `${title}, 2 workers`, baseline, ours, theirs };
    return [{ ...row, target: 0.5, note: sizesText(scenes) }, ...chosenRows(title, measured)];
  },
};

/** Short shots against one process for each frame, which is what farms do by default. */
export const shortShots: Scenario = {
  name: 'short-shots',
  group: 'blender',
  measure: async (bench) => {
    const [count, frames] = bench.short ? [2, 1] : [6, 8];
    // Half a minute a round.
    const rounds = Math.min(bench.rounds, 3);
    const orders = numbered(count, { frames, seconds: 0.3, threads: 1, ...SMALL });
    const scenes = await makeScenes(bench, join(bench.folder, 'scenes'), orders);
    const shots = shotsOf(scenes);
    const { ours, theirs } = await compare(
      { ...bench, rounds },
      {
        shots,
        ours: { ours: { workers: WORKERS } },
        theirs: (out) => renderPerFrame(bench, out, shots, WORKERS),
      },
    );
    const title = `${count} shots × ${frames} frames of 0.3 s, 2 workers`;
    const baseline = '`xargs -P 2`, one process per frame';
    return [{ ...ratio, title, baseline, ours, theirs, target: 0.35, note: sizesText(scenes) }];
  },
};

const ratio: Pick<Row, 'unit' | 'compare'> = { unit: 's', compare: 'ratio' };

function numbered<T>(count: number, order: T): readonly (T & { readonly name: string })[] {
  const digits = (at: number) => String(at + 1).padStart(2, '0');
  return Array.from({ length: count }, (_, at) => ({ ...order, name: `shot${digits(at)}` }));
}
