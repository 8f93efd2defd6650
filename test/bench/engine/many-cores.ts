import type { Row, Scenario } from '../scenario.ts';
import { MADE_NIGHTS, madeNight, type NamedNight } from './made-cores.ts';

/**
 * The number of Blenders that we choose, on computers with more cores than there are here: made-up nights by a clock that is not real,
 * against the best of all numbers that an artist could have said for that night.
 */
export const manyCores: Scenario = {
  name: 'many-cores',
  group: 'engine',
  isFast: true,
  measure: async ({ short, say }) => {
    const counts = [...new Set(MADE_NIGHTS.map(({ cores }) => cores))];
    return counts.slice(0, short ? 1 : undefined).map((cores): Row => {
      const nights = MADE_NIGHTS.filter((night) => night.cores === cores);
      const found = (short ? nights.slice(0, 2) : nights).map(against);
      for (const { told } of found) say(`${cores} cores: ${told}`);
      const mean = (of: (one: Against) => number) =>
        found.reduce((sum, one) => sum + of(one), 0) / found.length;
      const percent = (ratio: number) => Math.round(1000 * (ratio - 1)) / 10;
      return {
        title: `Made-up nights on ${cores} cores, workers 0: longer than with the best number of Blenders by`,
        ...{ baseline: null, unit: '%', compare: 'value', theirs: [], target: 5 },
        ours: [percent(mean(({ ours }) => ours))],
        note:
          `on average over ${found.length} nights; one Blender a core but one, as it was before: ${percent(mean(({ before }) => before))} %. ` +
          `${found.map(({ told }) => told).join('; ')}`,
      };
    });
  },
};

interface Against {
  /** Against the best fixed number. */
  readonly ours: number;
  readonly before: number;
  readonly told: string;
}

function against(night: NamedNight): Against {
  const most = night.fit ?? night.cores;
  const fixed = Array.from({ length: most }, (_, at) => madeNight(night, at + 1).seconds);
  const best = Math.min(...fixed);
  const ours = madeNight(night, 0).seconds;
  const before = fixed[Math.min(most, night.cores - 1) - 1] ?? best;
  const ratio = (ours / best).toFixed(2);
  const told = `${night.name} ${ratio} (${ours.toFixed(0)} s; best ${fixed.indexOf(best) + 1})`;
  return { ours: ours / best, before: before / best, told };
}
