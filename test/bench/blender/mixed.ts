import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { chosenRows, compare, waysOf } from './compare.ts';
import { type Shot, shotsOf } from './ours.ts';
import { makeScenes, type SceneOrder, SMALL, sizesText } from './scenes.ts';
import { animation } from './theirs.ts';
import { timed } from './timed.ts';

const LANES = 2;

/**
 * One long shot and ten short ones. The baseline is no program: it is the time that two lanes with one
 * thread each would need if starting, opening, checking and choosing took no time at all.
 */
export const mixed: Scenario = {
  name: 'mixed',
  group: 'blender',
  isFast: true,
  measure: async (bench) => {
    // A minute a round.
    const rounds = Math.min(bench.rounds, 3);
    const scenes = await makeScenes(bench, join(bench.folder, 'scenes'), orders(bench));
    const shots = shotsOf(scenes);
    const measured = await compare(
      { ...bench, rounds },
      { shots, ours: waysOf(bench), theirs: (out) => perfectPacking(bench, out, shots) },
    );
    const frames = shots.at(-1)?.last ?? 0;
    const title = `Mixed: one shot of ${frames} long frames and ${shots.length - 1} short shots`;
    const row: Row = {
      ...{ title: `${title}, ${LANES} workers`, baseline: 'perfect packing' },
      ...{ unit: 's', compare: 'ratio', target: 1.1, ours: measured.two, theirs: measured.theirs },
      note:
        `${sizesText(scenes)}. Perfect packing: in each round every frame is rendered by \`blender -t 1 -a\`, two at ` +
        'a time, so that both cores are busy, and says what it took; max(sum ÷ 2 lanes, longest frame) of these times',
    };
    return [row, ...chosenRows(title, measured)];
  },
};

/** Last by name: who takes shots as they come begins the long one last. */
function orders({ short }: Bench): readonly SceneOrder[] {
  const [count, few, many] = short ? [1, 1, 2] : [10, 3, 8];
  const common = { threads: 1, ...SMALL } as const;
  const quick = Array.from({ length: count }, (_, at): SceneOrder => {
    return { ...common, name: `short${String(at).padStart(2, '0')}`, frames: few, seconds: 0.5 };
  });
  return [...quick, { ...common, name: 'the-long-one', frames: many, seconds: 2 }];
}

/** Seconds that two lanes can't do with less of, each beside the other. */
async function perfectPacking(
  { blender, signal }: Bench,
  out: string,
  shots: readonly Shot[],
): Promise<number> {
  const seconds: number[] = [];
  // The longest begins first, so that neither of them is alone for long.
  const left = [...shots].reverse();
  const lane = async () => {
    for (let shot = left.shift(); shot; shot = left.shift()) {
      const log = `${out}-${shot.name}.log`;
      const args = ['-t', '1', ...animation(out, shot)];
      await timed({ program: blender, args, log, signal });
      const said = await readFile(log, 'utf8');
      const took = [...said.matchAll(/^ ?Time: (\d+):(\d+\.\d+) \(Saving/gm)];
      if (took.length !== shot.last) throw new Error(`Blender told ${took.length} times: ${log}`);
      seconds.push(...took.map(([, minutes, rest]) => 60 * Number(minutes) + Number(rest)));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const sum = seconds.reduce((total, each) => total + each, 0);
  return Math.max(sum / LANES, ...seconds);
}
