import type { Bench } from './scenario.ts';

/** Measures one side once; resolves with the figure of this round. */
export type Side = (round: number) => Promise<number>;

/** Measures both sides in turn in each round; who begins alternates, so that neither is always warm. */
export async function inTurn(
  { rounds, signal, say }: Pick<Bench, 'rounds' | 'signal' | 'say'>,
  sides: { readonly ours: Side; readonly theirs: Side },
): Promise<{ readonly ours: readonly number[]; readonly theirs: readonly number[] }> {
  const figures = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const);
    for (const side of order) {
      signal.throwIfAborted();
      figures[side].push(await sides[side](round));
    }
    const told = (side: 'ours' | 'theirs') => figures[side].at(-1)?.toPrecision(4);
    say(`round ${round + 1} of ${rounds}: Nightshift ${told('ours')}, baseline ${told('theirs')}`);
  }
  return figures;
}
