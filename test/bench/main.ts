import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { BLENDER } from '../helpers/make-blend.ts';
import { measureAll } from './measure.ts';
import { writePage } from './page.ts';
import { type Measured, merged, readRecord, recordFile, writeRecord } from './record.ts';
import { SCENARIOS } from './registry.ts';
import type { Scenario } from './scenario.ts';
import { linesOf, QUIET_CORES, tablesOf } from './tables.ts';

interface Options {
  readonly rounds?: number;
  readonly short?: boolean;
  readonly seed: number;
  readonly out?: string;
  readonly write: boolean;
  readonly list?: boolean;
}

const GROUPS: readonly string[] = ['blender', 'engine', 'window', 'fast'];
const ROOT = resolve(import.meta.dirname, '../..');
/** What was started has so long to end after Ctrl+C. */
const LAST_MS = 5000;

/** `npm run bench`: measures Nightshift against what people would use without it; resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = new Command('npm run bench --')
    .description('Measures Nightshift against a loop of blender -a, xargs and the like, in turn.')
    .argument(
      '[names...]',
      'scenarios, or groups of them: blender, engine, window, fast (against blender -a); default: all',
    )
    .option('--rounds <n>', 'so often each side is measured', count, undefined)
    .option('--short', 'as little as shows that everything works; says nothing about speed')
    .option('--seed <n>', 'what scenes are made up from', count, 4)
    .option('--out <folder>', 'where performance.json and performance.md are written')
    .option('--no-write', 'only print')
    .option('--list', 'print the names of the scenarios')
    .parse(args, { from: 'user' });
  const options = command.opts<Options>();
  if (options.list) {
    for (const { name, group, isFast } of SCENARIOS) {
      console.log(`${group.padEnd(8)} ${name}${isFast ? ' (fast)' : ''}`);
    }
    return 0;
  }
  const chosen = chosenOf(command.args);
  if (typeof chosen === 'string') {
    console.error(chosen);
    return 2;
  }
  if (!existsSync(join(ROOT, 'out/cli/main.cjs'))) {
    console.error('Nightshift has not been built yet. Run `npm run setup` in its folder once.');
    return 2;
  }
  return bench(chosen, options);
}

async function bench(chosen: readonly Scenario[], options: Options): Promise<number> {
  const began = performance.now();
  const say = (line: string) => {
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`[${String(seconds).padStart(4)} s] ${line}`);
  };
  const abort = interrupted();
  const folder = folderOf(options);
  const measured = await measureAll(chosen, {
    rounds: options.rounds ?? (options.short ? 1 : 5),
    short: options.short === true,
    // What is measured is Blender as people start it.
    blender: options.short ? BLENDER : (process.env.NIGHTSHIFT_BLENDER ?? 'blender'),
    seed: options.seed,
    signal: abort.signal,
    say,
    // At once: an hour of measuring is not lost with what comes after it.
    onMeasured: async (one) => {
      tell(one, say);
      if (folder !== null) await write(folder, one);
    },
  });
  if (abort.signal.aborted) return 130;
  console.log(`\n${tablesOf(measured)}`);
  if (folder !== null) console.log(`\nWritten to ${recordFile(folder)} and the page beside it.`);
  return measured.some(({ error }) => error !== null) ? 1 : 0;
}

function chosenOf(words: readonly string[]): readonly Scenario[] | string {
  const has = (word: string, { name, group, isFast }: Scenario) =>
    word === name || word === group || (word === 'fast' && isFast === true);
  const unknown = words.find(
    (word) => !GROUPS.includes(word) && !SCENARIOS.some((scenario) => has(word, scenario)),
  );
  if (unknown !== undefined) {
    const names = SCENARIOS.map(({ name }) => name).join(', ');
    return `There is no scenario and no group "${unknown}". There are: ${GROUPS.join(', ')}; ${names}.`;
  }
  if (words.length === 0) return SCENARIOS;
  return SCENARIOS.filter((scenario) => words.some((word) => has(word, scenario)));
}

/** The figures of a short form are nobody's: they are written only where somebody asks for them. */
function folderOf({ out, write, short }: Options): string | null {
  if (!write) return null;
  if (out !== undefined) return resolve(out);
  return short ? null : join(ROOT, 'docs');
}

async function write(folder: string, one: Measured): Promise<void> {
  const names = SCENARIOS.map(({ name }) => name);
  const all = merged(await readRecord(folder), [one], names);
  await writeRecord(folder, all);
  await writePage(folder, tablesOf(all));
}

function tell(measured: Measured, say: (line: string) => void): void {
  for (const line of linesOf(measured)) say(line);
  if (measured.coresBusy > QUIET_CORES) {
    say(
      `The machine was not quiet: ${measured.coresBusy.toFixed(1)} cores were busy with something else.`,
    );
  }
}

/** Ctrl+C ends what was started; whatever does not end by itself then is left behind without us. */
function interrupted(): AbortController {
  const abort = new AbortController();
  const stop = () => {
    abort.abort(new Error('Interrupted.'));
    setTimeout(() => process.exit(130), LAST_MS).unref();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return abort;
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}
