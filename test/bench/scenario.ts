/** One comparison of the benchmark: a row, or a few, of the table. */
export interface Scenario {
  /** kebab-case; chosen by it: `npm run bench -- one-shot`. */
  readonly name: string;
  readonly group: Group;
  /** One of those that hold us against `blender -a`; together they are chosen by the word `fast`, and take a quarter of an hour. */
  readonly isFast?: true;
  /** Measures, logs what it does, and cleans up behind itself. */
  readonly measure: (bench: Bench) => Promise<readonly Row[]>;
}

export type Group = 'blender' | 'engine' | 'window';

/** What a scenario is run with. */
export interface Bench {
  /** Ours and the baseline are measured in turn, so many times. */
  readonly rounds: number;
  /** The short form, as a smoke test: every step is taken once, on as little as shows that it works. */
  readonly short: boolean;
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  /** The Blender that both sides use. */
  readonly blender: string;
  /** Seed of everything that is made up. */
  readonly seed: number;
  /** Aborted by Ctrl+C: what was started is to be ended at once. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** One line of the table. */
export interface Row {
  readonly title: string;
  /** What it is compared with, in words; `null`: it is only reported. */
  readonly baseline: string | null;
  /** `s`, `ms`, `µs`, `MB`, `%`. */
  readonly unit: string;
  /** One number a round. */
  readonly ours: readonly number[];
  /** One number a round; empty where it is only reported. */
  readonly theirs: readonly number[];
  /** `ratio`: median of ours ÷ median of theirs. `difference`: ours − theirs. `value`: ours alone. */
  readonly compare: Compare;
  /** The number to reach, an upper bound of what `compare` gives; `null`: only reported. */
  readonly target: number | null;
  /** What a reader has to know to believe the figure, in a few words. */
  readonly note: string | null;
}

export type Compare = 'ratio' | 'difference' | 'value';
