import type { Row } from './scenario.ts';

/** What the rounds of a row come to. */
export interface Figures {
  readonly ours: Spread;
  /** `null` where nothing is compared. */
  readonly theirs: Spread | null;
  /** What `compare` gives: a ratio, or a number in the row's unit. */
  readonly compared: number;
  /** `null`: there is nothing to reach. */
  readonly reached: boolean | null;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws where a row has no rounds, or a number that is none: such a row must not be shown. */
export function figuresOf(row: Row): Figures {
  const ours = spreadOf(row, row.ours);
  const theirs = row.compare === 'value' ? null : spreadOf(row, row.theirs);
  const compared = comparedOf(row, ours, theirs);
  return { ours, theirs, compared, reached: row.target === null ? null : compared <= row.target };
}

/** The middle one; of an even number of them the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

function comparedOf({ compare }: Row, ours: Spread, theirs: Spread | null): number {
  if (theirs === null) return ours.median;
  return compare === 'ratio' ? ours.median / theirs.median : ours.median - theirs.median;
}

function spreadOf({ title }: Row, values: readonly number[]): Spread {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new Error(`"${title}" has no figure in one of its rounds: ${values.join(', ')}.`);
  }
  return { median: medianOf(values), min: Math.min(...values), max: Math.max(...values) };
}
