import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTurn } from '../in-turn.ts';
import type { Bench, Scenario } from '../scenario.ts';
import { renderOurs, type Shot, shotsOf, writeShots } from './ours.ts';
import { checkSameFrames } from './same-frames.ts';
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
  measure: async (bench) => {
    // A minute a round.
    const rounds = Math.min(bench.rounds, 3);
    const scenes = await makeScenes(bench, join(bench.folder, 'scenes'), orders(bench));
    const shots = shotsOf(scenes);
    const folder = await writeShots(join(bench.folder, 'shots'), shots);
    const place = (side: string, round: number) => join(bench.folder, `${side}-${round}`);
    const { ours, theirs } = await inTurn(
      { ...bench, rounds },
      {
        ours: (round) =>
          renderOurs(bench, { shots: folder, out: place('ours', round), workers: LANES }),
        theirs: (round) => perfectPacking(bench, place('theirs', round), shots),
      },
      (round) => checkSameFrames(place('ours', round), place('theirs', round), shots),
    );
    const frames = shots.at(-1)?.last ?? 0;
    return [
      {
        title: `Mixed: one shot of ${frames} long frames and ${shots.length - 1} short shots, ${LANES} workers`,
        baseline: 'perfect packing',
        unit: 's',
        compare: 'ratio',
        target: 1.1,
        ours,
        theirs,
        note:
          `${sizesText(scenes)}. Perfect packing: in each round every frame is rendered alone by ` +
          '`blender -t 1 -a`, which says what it took; max(sum ÷ 2 lanes, longest frame) of these times',
      },
    ];
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

/** Seconds that two lanes can't do with less of. */
async function perfectPacking(
  { blender, signal }: Bench,
  out: string,
  shots: readonly Shot[],
): Promise<number> {
  const seconds: number[] = [];
  for (const shot of shots) {
    const log = `${out}-${shot.name}.log`;
    const args = ['-t', '1', ...animation(out, shot)];
    await timed({ program: blender, args, log, signal });
    const said = await readFile(log, 'utf8');
    const took = [...said.matchAll(/^ ?Time: (\d+):(\d+\.\d+) \(Saving/gm)];
    if (took.length !== shot.last) throw new Error(`Blender told ${took.length} times: ${log}`);
    seconds.push(...took.map(([, minutes, rest]) => 60 * Number(minutes) + Number(rest)));
  }
  const sum = seconds.reduce((total, each) => total + each, 0);
  return Math.max(sum / LANES, ...seconds);
}
