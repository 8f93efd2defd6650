import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { whyNoSlurm } from '../../build/setup/slurm.mjs';
import { CLUSTER_SCENARIOS, playClusterRound } from './cluster-round.ts';
import type { Round } from './round.ts';
import { SCENARIOS } from './scenarios.ts';
import { type SoakOptions, soak } from './soak.ts';
import { broken, settingOf, tablesOf } from './table.ts';

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly again?: number;
  readonly json?: string;
  readonly verbose?: boolean;
  readonly on?: 'slurm';
}

/** `npm run chaos`: soaks Nightshift in random faults and prints what came of it. */
export async function main(args: readonly string[]): Promise<void> {
  const options = new Command('npm run chaos --')
    .description('Renders small batches under random faults and compares every pixel.')
    .option('--minutes <n>', 'no new batch is begun after so many minutes', number, 5)
    .option('--seed <s>', 'what the faults are drawn from', number, Date.now() % 2 ** 31)
    .option('--again <seed>', 'play one batch only: the one that told this seed', number)
    .option('--json <file>', 'write the result there as well')
    .addOption(
      new Option('--on <where>', 'slurm: on clusters of its own on this computer').choices([
        'slurm',
      ]),
    )
    .option('--verbose', 'print the timeline of every batch')
    .parse(args, { from: 'user' })
    .opts<Options>();
  if (process.platform !== 'linux') throw new Error('The soak reads /proc: it runs on Linux only.');
  const whyNot = options.on === 'slurm' ? whyNoSlurm() : undefined;
  if (whyNot !== undefined) throw new Error(`There can be no cluster here: ${whyNot}.`);
  const setting = await settingOf();
  console.log(`seed ${options.seed}, Nightshift ${setting.commit}, Blender ${setting.blender}`);
  const soakOptions: SoakOptions = {
    seed: options.seed,
    minutes: options.minutes,
    ...(options.on === 'slurm'
      ? { scenarios: CLUSTER_SCENARIOS, play: playClusterRound }
      : { scenarios: SCENARIOS }),
    ...(options.again === undefined ? {} : { again: options.again }),
    onReference: ({ scenario, seconds, pixels }) =>
      console.log(`${scenario.name}: ${pixels.a.size} frames, ${seconds.toFixed(1)} s undisturbed`),
    onRound: (round, index) => tell(round, index, options.verbose === true),
  };
  const result = await soak(soakOptions);
  console.log(`\n${tablesOf(result, setting)}`);
  if (options.json) {
    await writeFile(options.json, `${JSON.stringify({ setting, ...result }, null, 2)}\n`);
  }
  process.exitCode = broken(result) ? 1 : 0;
}

function tell(round: Round, index: number, verbose: boolean): void {
  const { seed, scenario, nights, faults, violations, tally, timeline, kept } = round;
  const injected = [...faults.values()].reduce((total, times) => total + times, 0);
  const verdict = violations.length === 0 ? 'good' : `${violations.length} VIOLATIONS`;
  console.log(
    `batch ${index} (seed ${seed}, ${scenario}): ${nights} nights, ${injected} faults, ` +
      `${tally.rendered} rendered for ${tally.frames}: ${verdict}`,
  );
  if (verbose || kept !== null) console.log(timeline.join('\n'));
  if (kept !== null) console.log(`Everything was left in ${kept}; again: --again ${seed}`);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('Expected a number.');
}
