import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inTurn, type Side } from '../in-turn.ts';
import type { Bench } from '../scenario.ts';
import { renderOurs, type Shot, writeShots } from './ours.ts';
import { checkSameFrames } from './same-frames.ts';

/** The same shots for everybody. */
export interface Comparison<Name extends string> {
  readonly shots: readonly Shot[];
  /** Nightshift, each with so many workers; 0: as it chooses. */
  readonly ours: Readonly<Record<Name, number>>;
  /** Renders all of it into a folder; resolves with the seconds. */
  readonly theirs: (out: string) => Promise<number>;
}

/**
 * Renders with all of them in turn, to fresh folders and with fresh data directories in each round,
 * and makes sure that they made the same frames.
 */
export async function compare<Name extends string>(
  bench: Bench,
  { shots, ours, theirs }: Comparison<Name>,
): Promise<Readonly<Record<Name | 'theirs', readonly number[]>>> {
  const folder = await writeShots(join(bench.folder, 'shots'), shots);
  const names = Object.keys(ours) as Name[];
  const place = (side: string, round: number) => join(bench.folder, `${side}-${round}`);
  const sideOf = (name: Name): Side => {
    const order = { shots: folder, workers: ours[name] };
    return (round) => renderOurs(bench, { ...order, out: place(name, round) });
  };
  const sides = Object.fromEntries(names.map((name) => [name, sideOf(name)]));
  const baseline: Side = (round) => theirs(place('theirs', round));
  const all = { ...sides, theirs: baseline } as Record<Name | 'theirs', Side>;
  return inTurn(bench, all, async (round) => {
    const reference = place('theirs', round);
    for (const name of names) {
      const out = place(name, round);
      await checkSameFrames(out, reference, shots);
      for (const used of [out, `${out}-data`]) await rm(used, { recursive: true });
    }
    await rm(reference, { recursive: true });
  });
}
