import { randomOf } from './random.ts';
import { makeReference, type Reference } from './reference.ts';
import { playRound, type Round } from './round.ts';
import type { Scenario } from './scenarios.ts';
import { copyTools } from './tools.ts';
import { VIOLATIONS, type ViolationKind } from './violations.ts';

export interface SoakOptions {
  readonly seed: number;
  /** After so many no new round is begun. */
  readonly minutes: number;
  readonly scenarios: readonly Scenario[];
  /** How a round is played; on this computer by default. */
  readonly play?: typeof playRound;
  /** Play the round of exactly this seed, once. */
  readonly again?: number;
  readonly onReference?: (reference: Reference) => void;
  readonly onRound?: (round: Round, index: number) => void;
}

/** The sums of all rounds. */
export interface Soak {
  readonly seed: number;
  readonly minutes: number;
  readonly rounds: number;
  readonly nights: number;
  readonly frames: number;
  readonly rendered: number;
  readonly renderedAgain: number;
  readonly kept: number;
  readonly roundsByScenario: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<ViolationKind, number>>;
  /** The rounds with violations, at most the first twenty. */
  readonly findings: readonly Pick<Round, 'seed' | 'scenario' | 'violations' | 'kept'>[];
}

const MOST_FINDINGS = 20;

/** Plays round after round until the time is over. Its memory does not grow with the rounds. */
export async function soak(options: SoakOptions): Promise<Soak> {
  const { play = playRound } = options;
  const tools = await copyTools();
  try {
    const references: Reference[] = [];
    for (const scenario of options.scenarios) {
      const reference = await makeReference(scenario, tools);
      options.onReference?.(reference);
      references.push(reference);
    }
    const began = performance.now();
    const sums = emptySums();
    const seeds = randomOf(options.seed);
    const minutes = () => (performance.now() - began) / 60_000;
    do {
      const seed = options.again ?? seeds.whole(0, 2 ** 32 - 1);
      const round = await play(seed, references, tools);
      add(sums, round);
      options.onRound?.(round, sums.rounds);
    } while (options.again === undefined && minutes() < options.minutes);
    return { seed: options.seed, minutes: minutes(), ...sums };
  } finally {
    await tools.remove();
  }
}

function emptySums() {
  return {
    rounds: 0,
    nights: 0,
    frames: 0,
    rendered: 0,
    renderedAgain: 0,
    kept: 0,
    roundsByScenario: {} as Record<string, number>,
    faults: {} as Record<string, number>,
    violations: Object.fromEntries(VIOLATIONS.map((kind) => [kind, 0])) as Record<
      ViolationKind,
      number
    >,
    findings: [] as Pick<Round, 'seed' | 'scenario' | 'violations' | 'kept'>[],
  };
}

function add(sums: ReturnType<typeof emptySums>, round: Round): void {
  const { seed, scenario, violations, kept, tally } = round;
  sums.rounds += 1;
  sums.nights += round.nights;
  sums.frames += tally.frames;
  sums.rendered += tally.rendered;
  sums.renderedAgain += tally.renderedAgain;
  sums.kept += tally.kept;
  sums.roundsByScenario[scenario] = (sums.roundsByScenario[scenario] ?? 0) + 1;
  for (const [kind, times] of round.faults) sums.faults[kind] = (sums.faults[kind] ?? 0) + times;
  for (const { kind } of violations) sums.violations[kind] += 1;
  if (violations.length > 0 && sums.findings.length < MOST_FINDINGS) {
    sums.findings.push({ seed, scenario, violations: violations.slice(0, 20), kept });
  }
}
