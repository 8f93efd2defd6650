import { join } from 'node:path';
import type { Row, Scenario } from '../scenario.ts';
import { chosenRows, compare, waysOf } from './compare.ts';
import { partsText } from './parts.ts';
import { makeScenes, persistentCopy, SMALL, sizesText } from './scenes.ts';
import { renderLoop } from './theirs.ts';

/**
 * A heavy static scene past which a camera goes: Blender builds it anew for each frame, unless the file was saved with persistent
 * data on, which is the second baseline.
 */
export const heavy: Scenario = {
  name: 'heavy',
  group: 'blender',
  isFast: true,
  measure: async (bench) => {
    const frames = bench.short ? 3 : 24;
    // Three quarters of a minute a round.
    const rounds = Math.min(bench.rounds, 3);
    // So large that in one warm Blender a kept frame takes about 0.54 of one that is built, as the scene of the issue does.
    const order = { name: 'heavy', frames, seconds: 0, threads: 2, ...SMALL };
    const scenes = await makeScenes(bench, join(bench.folder, 'scenes'), [
      { ...order, heavy: true },
    ]);
    const scene = scenes[0]?.file ?? '';
    const shot = { name: 'heavy', scene, first: 1, last: frames };
    const kept = { ...shot, scene: persistentCopy(scene) };
    const measured = await compare(
      { ...bench, rounds },
      {
        shots: [shot],
        ours: waysOf(bench),
        theirs: (out) => renderLoop(bench, out, [shot]),
        more: { persistent: (out) => renderLoop(bench, out, [kept]) },
      },
    );
    const title = `Heavy static scene, ${frames} frames`;
    const common = { unit: 's', compare: 'ratio', ours: measured.auto } as const;
    const { parts } = measured;
    const rows: readonly Row[] = [
      {
        ...{ ...common, title, baseline: '`blender -a`, the file as saved', target: 0.55 },
        theirs: measured.theirs,
        note: `six displaced spheres of 82,000 faces each, the camera moves; ${sizesText(scenes)}; ${partsText(parts.auto, parts.theirs)}`,
      },
      {
        ...{ ...common, title, baseline: '`blender -a`, saved with persistent data', target: 1.03 },
        theirs: measured.persistent,
        note:
          'as an artist does it who knows that nothing in the scene breaks it; the check for that is in our time; ' +
          partsText(parts.auto, parts.persistent),
      },
    ];
    return [...rows, ...chosenRows(title, measured)];
  },
};
