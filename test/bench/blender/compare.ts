import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { medianOf } from '../figures.ts';
import { inTurn, type Side } from '../in-turn.ts';
import type { Bench, Row } from '../scenario.ts';
import { type OurWay, renderOurs, type Shot, writeShots } from './ours.ts';
import { type Parts, partsOf } from './parts.ts';
import { checkSameFrames } from './same-frames.ts';

/** Renders all of it into a folder; resolves with the seconds. */
type Theirs = (out: string) => Promise<number>;

/** The same shots for everybody. */
export interface Comparison<Ours extends string, More extends string> {
  readonly shots: readonly Shot[];
  /** Nightshift, in each of these ways. */
  readonly ours: Readonly<Partial<Record<Ours, OurWay>>>;
  readonly theirs: Theirs;
  /** Further baselines. */
  readonly more?: Readonly<Record<More, Theirs>>;
}

/** Seconds of each side, one a round, and what they are made of. */
type Compared<Side extends string> = Readonly<Record<Side, readonly number[]>> & {
  readonly parts: Readonly<Record<Side, readonly Parts[]>>;
};

/**
 * Renders with all of them in turn, to fresh folders and with fresh data directories in each round,
 * and makes sure that they made the same frames.
 */
export async function compare<Ours extends string, More extends string = never>(
  bench: Bench,
  { shots, ours, theirs, more }: Comparison<Ours, More>,
): Promise<Compared<Ours | More | 'theirs'>> {
  const place = (side: string, round: number) => join(bench.folder, `${side}-${round}`);
  const sides: Record<string, Side> = {};
  const ways = ours as Readonly<Record<string, OurWay>>;
  for (const [name, { workers, keepScene }] of Object.entries(ways)) {
    const folder = await writeShots(join(bench.folder, `shots-${name}`), shots, keepScene);
    sides[name] = (round) => renderOurs(bench, { shots: folder, workers, out: place(name, round) });
  }
  for (const [name, render] of Object.entries<Theirs>({ ...more, theirs })) {
    sides[name] = (round) => render(place(name, round));
  }
  const names = Object.keys(sides).filter((name) => name !== 'theirs');
  const parts: Record<string, Parts[]> = {};
  const took = new Map<string, Parameters<typeof partsOf>[2]>();
  const watched = Object.entries(sides).map(([name, measure]): [string, Side] => {
    const side: Side = async (round) => {
      await memoryAtHand(bench);
      const began = Date.now();
      const seconds = await measure(round);
      took.set(name, { began, seconds });
      return seconds;
    };
    return [name, side];
  });
  const seconds = await inTurn(bench, Object.fromEntries(watched), async (round) => {
    const reference = place('theirs', round);
    for (const name of names) await checkSameFrames(place(name, round), reference, shots);
    for (const [name, times] of took) {
      parts[name] = [...(parts[name] ?? []), await partsOf(place(name, round), shots, times)];
    }
    for (const out of names.map((name) => place(name, round))) {
      for (const used of [out, `${out}-data`]) await rm(used, { recursive: true, force: true });
    }
    await rm(reference, { recursive: true });
  });
  return { ...seconds, parts } as unknown as Compared<Ours | More | 'theirs'>;
}

/**
 * A virtual machine gives memory that was free for some seconds back to its host; who then takes it first waits for it, for up to
 * half a second here. So each side finds as much of it at hand, whatever was done before.
 */
async function memoryAtHand({ short, signal }: Bench): Promise<void> {
  if (short) return;
  await execa(process.execPath, ['-e', 'Buffer.alloc(2 ** 30, 1)'], { cancelSignal: signal });
}

/** `workers: 0`, and the two that it has to be as good as on two cores. */
export const WAYS = { auto: { workers: 0 }, one: { workers: 1 }, two: { workers: 2 } } as const;

/** The same; of the short form, one row shows that they are compared. */
export function waysOf({ short }: Bench): Readonly<Partial<Record<keyof typeof WAYS, OurWay>>> {
  return short ? { auto: WAYS.auto, two: WAYS.two } : WAYS;
}

/** What we choose against the better of what an artist could say; no row where that was not measured. */
export function chosenRows(
  title: string,
  { auto, one, two }: Readonly<Record<keyof typeof WAYS, readonly number[] | undefined>>,
): readonly Row[] {
  if (!auto || !one || !two) return [];
  const better = medianOf(one) <= medianOf(two) ? 1 : 2;
  const row: Row = {
    ...{ title: `${title}, workers 0`, baseline: 'the better of 1 and 2 workers' },
    ...{ unit: 's', compare: 'ratio', target: 1.03, ours: auto, theirs: better === 1 ? one : two },
    note: `the better one: ${better}`,
  };
  return [row];
}
