import { numberText } from './number-text.ts';
import type { Bench } from './scenario.ts';

/** Measures one side once; resolves with the figure of this round. */
export type Side = (round: number) => Promise<number>;

/**
 * Measures all sides in turn in each round, and gives the figures of each, one a round. Who begins
 * changes from round to round, so that none is always the one with the warm caches.
 */
export async function inTurn<Name extends string>(
  { rounds, signal, say }: Pick<Bench, 'rounds' | 'signal' | 'say'>,
  sides: Readonly<Record<Name, Side>>,
  afterRound: (round: number) => Promise<void> = async () => {},
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(sides) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    const told: string[] = [];
    for (const name of rotated(names, round)) {
      signal.throwIfAborted();
      const figure = await sides[name](round);
      figures[name].push(figure);
      told.push(`${name} ${numberText(figure)}`);
    }
    await afterRound(round);
    say(`round ${round + 1} of ${rounds}: ${told.join(', ')}`);
  }
  return figures;
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
