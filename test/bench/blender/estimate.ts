import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { medianOf } from '../figures.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { NIGHTSHIFT, renderOurs, shotsOf, writeShots } from './ours.ts';
import { LARGE, makeScenes, type SceneOrder, SMALL, sizesText } from './scenes.ts';
import { timed } from './timed.ts';

/** What the estimate before the night says, beside what the night then takes. */
export const estimate: Scenario = {
  name: 'estimate',
  group: 'blender',
  measure: async (bench) => {
    const rounds = Math.min(bench.rounds, 3);
    const scenes = await makeScenes(bench, join(bench.folder, 'scenes'), orders(bench));
    const shots = shotsOf(scenes);
    const folder = await writeShots(join(bench.folder, 'shots'), shots);
    const nights: Night[] = [];
    for (let round = 1; round <= rounds; round++) nights.push(await oneNight(bench, folder, round));
    const within = nights.filter(({ low, took, high }) => low <= took && took <= high).length;
    const frames = scenes.reduce((sum, scene) => sum + scene.frames, 0);
    return [
      row({
        title: `Estimate before a night of ${shots.length} shots and ${frames} frames: how far off`,
        unit: '%',
        compare: 'value',
        target: 25,
        ours: nights.map(({ seconds, took }) => 100 * Math.abs(seconds / took - 1)),
        note: `${sizesText(scenes)}; one worker. Within the range that was told in ${within} of ${rounds} nights; the range was ${rangeText(nights)} wide`,
      }),
      row({
        title: 'The same: what trying takes, beside the night',
        baseline: 'the night',
        unit: 's',
        compare: 'ratio',
        target: null,
        ours: nights.map(({ trying }) => trying),
        theirs: nights.map(({ took }) => took),
        note: 'A night of minutes: trying takes as long beside one of hours',
      }),
    ];
  },
};

interface Night {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
  /** Seconds of trying, and of the night. */
  readonly trying: number;
  readonly took: number;
}

async function oneNight(bench: Bench, shots: string, round: number): Promise<Night> {
  const log = join(bench.folder, `estimate-${round}.jsonl`);
  const args = ['--estimate', '--workers', '1', '--json', '--blender', bench.blender];
  const trying = await timed({
    program: process.execPath,
    args: [NIGHTSHIFT, 'check', shots, ...args],
    log,
    signal: bench.signal,
  });
  const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line.startsWith('{'));
  const told = lines.map((line): unknown => JSON.parse(line));
  const said = told.flatMap((line) => estimateSchema.safeParse(line).data ?? []);
  if (said[0] === undefined) throw new Error(`No estimate was told: ${log}`);
  const took = await renderOurs(bench, {
    shots,
    out: join(bench.folder, `out-${round}`),
    workers: 1,
  });
  bench.say(`estimated ${said[0].seconds.toFixed(1)} s, took ${took.toFixed(1)} s`);
  return { ...said[0], trying, took };
}

const estimateSchema = z.object({
  type: z.literal('estimate'),
  seconds: z.number(),
  low: z.number(),
  high: z.number(),
});

function orders({ short }: Bench): readonly SceneOrder[] {
  const of = (name: string, frames: number, seconds: number, size: typeof SMALL | typeof LARGE) => {
    return { name, frames: short ? 2 : frames, seconds, threads: 2, ...size };
  };
  const slow = of('slow', 12, 8, LARGE);
  const middle = of('middle', 20, 2, LARGE);
  const quick = of('quick', 40, 0.3, SMALL);
  return short ? [slow, quick] : [slow, middle, quick];
}

function rangeText(nights: readonly Night[]): string {
  const widths = nights.map(({ low, high, seconds }) => (100 * (high - low)) / seconds);
  return `${Math.round(medianOf(widths))} % of the estimate`;
}

function row(
  some: Partial<Row> & Pick<Row, 'title' | 'unit' | 'compare' | 'target' | 'ours' | 'note'>,
): Row {
  return { baseline: null, theirs: [], ...some };
}
