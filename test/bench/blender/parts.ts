import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { medianOf } from '../figures.ts';
import { numberText } from '../number-text.ts';
import type { Shot } from './ours.ts';
import { frameFiles } from './same-frames.ts';

/** What the seconds of one side are made of, in one round: seconds each. */
export interface Parts {
  readonly untilFirst: number;
  readonly between: number;
  readonly afterLast: number;
}

/** Ours and theirs, a round each. */
export type BothParts = readonly [ours: readonly Parts[], theirs: readonly Parts[]];

/**
 * Of all pictures of a side, which Blender wrote in the moment that the file says, on both sides.
 * @param began by `Date.now()`
 * @param seconds from then to its end
 */
export async function partsOf(
  out: string,
  shots: readonly Shot[],
  { began, seconds }: { readonly began: number; readonly seconds: number },
): Promise<Parts> {
  const files = shots.flatMap((shot) => frameFiles(shot).map((file) => join(out, shot.name, file)));
  const written = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  const first = (Math.min(...written) - began) / 1000;
  const last = (Math.max(...written) - began) / 1000;
  return { untilFirst: first, between: last - first, afterLast: seconds - last };
}

/** Where the difference lies, as medians of the rounds: ours, and in brackets theirs. */
export function partsText(...both: BothParts): string {
  const told = (name: string, part: keyof Parts) => {
    const [a, b] = both.map((rounds) => medianOf(rounds.map((each) => each[part])));
    return `${name} ${numberText(a ?? Number.NaN)} s (${numberText(b ?? Number.NaN)} s)`;
  };
  return [
    told('until the first picture', 'untilFirst'),
    told('from it to the last', 'between'),
    told('after it', 'afterLast'),
  ].join(', ');
}
