import { Command, Option } from 'commander';
import { type Batch, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import type { FramePlan } from '../../../shared/job.ts';
import { partsSentence } from '../../../shared/more-shots.ts';
import { printable } from '../../../shared/safe-text.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import {
  BatchCheckpoint,
  checkBatch,
  checkpointDirectory,
  dataDirectory,
  splitsOf,
} from '../../engine/index.ts';
import { estimate } from '../estimate.ts';
import { EXIT } from '../exit-codes.ts';
import { firstLine } from '../json-version.ts';
import { count, factoryOption } from '../option-values.ts';
import { type Output, problemLine, type Session } from '../output.ts';
import { leftOutLine, leftOutSummary, onlyShots, readShots, saidShots } from '../shot-folder.ts';
import { addShotOptions, openingOf, type ShotOptions } from '../shot-options.ts';
import { watchInterrupts } from '../waits.ts';

interface CheckOptions extends ShotOptions {
  readonly files?: readonly string[] | undefined;
  readonly json?: boolean;
  readonly estimate?: boolean;
  readonly workers: number;
}

export function checkCommand(session: Session): Command {
  const command = new Command('check')
    .description('Look for problems before the night; renders nothing')
    .argument('<folder...>', 'the folder that holds the shots, or .blend files: just these');
  return addShotOptions(command)
    .addOption(factoryOption())
    .option(
      '--estimate',
      'try a few small frames of each shot and tell how long the night will take',
    )
    .addOption(
      new Option(
        '--workers <n>',
        'Blenders at once that the estimate is for; 0: chosen for this machine',
      )
        .argParser(count(256))
        .default(DEFAULT_CONFIG.workers),
    )
    .option('--json', 'one problem a line on standard output, as JSON')
    .addHelpText('after', HELP)
    .action(async (said: readonly string[], options: CheckOptions) => {
      const { folder, files } = await saidShots(said);
      session.exitCode = await check(folder, { ...options, files }, session);
    });
}

const HELP = `
Each shot is opened once in Blender. With --estimate a few frames are rendered too, small, into a temporary folder.
Ends with 0: no errors; 1: some; 2: wrong usage, or no shots.

Examples:
  nightshift check shots
  nightshift check shots --estimate`;

async function check(folder: string, options: CheckOptions, { output }: Session): Promise<number> {
  if (options.json) output.json(firstLine());
  const batch = onlyShots(await readShots(folder, options), options.only);
  const told = new Set<string>();
  let errors = 0;
  const tell = (problem: ShotProblem) => {
    const key = JSON.stringify(problem);
    if (told.has(key)) return;
    told.add(key);
    if (problem.severity === 'error') errors += 1;
    if (options.json) output.json({ type: 'problem', ...problem, name: nameOf(batch, problem) });
    else {
      const style = problem.severity === 'error' ? 'red' : 'yellow';
      output.line(output.paint(style, problemLine(folder, problem)));
    }
  };
  batch.problems.forEach(tell);
  await tellLeftOut(batch, options, output);
  const plans = new Map<string, FramePlan>();
  const interrupt = watchInterrupts(() => output.note('Stopping.'));
  try {
    const signal = AbortSignal.any([interrupt.signal, output.unread]);
    const config = { ...(await openingOf(folder, options)), workers: options.workers };
    const problems = await checkBatch(batch, {
      config,
      signal,
      onJob: ({ id }, found, plan) => {
        if (plan) plans.set(id, plan);
        found.forEach(tell);
      },
    });
    problems.forEach(tell);
    if (!signal.aborted) tellMore(batch, plans, options, output);
    if (options.estimate && !signal.aborted) {
      const said = new Set(problems.map(({ jobId }) => jobId));
      await estimate(batch.jobs, { config, signal, said, json: options.json === true }, output);
    }
  } finally {
    interrupt.release();
  }
  if (interrupt.signal.aborted || output.unread.aborted) return EXIT.interrupted;
  const warnings = told.size - errors;
  const shots = batch.jobs.length;
  if (options.json) output.json({ type: 'check-finished', shots, errors, warnings });
  else
    output.line(
      `${number(shots, 'shot')}, ${number(errors, 'error')}, ${number(warnings, 'warning')}.`,
    );
  if (shots === 0) return EXIT.usage;
  return errors > 0 ? EXIT.failed : EXIT.done;
}

/** Which scenes and cameras the files have that are no shots: of each file once, of each shot its cameras. */
function tellMore(
  batch: Batch,
  plans: ReadonlyMap<string, FramePlan>,
  { json, only }: CheckOptions,
  output: Output,
): void {
  const whole = { ...batch, jobs: [...batch.jobs, ...(batch.others ?? [])] };
  const offers = splitsOf(whole, batch.jobs, plans);
  for (const { job, parts } of offers) {
    if (json) output.json({ type: 'more-shots', job: job.id, name: job.name, ...parts });
    else output.line(partsSentence(parts));
  }
  if (offers.length === 0 || json || only || batch.files) return;
  const isCameras = offers.some(({ parts }) => parts.by === 'cameras');
  const more = isCameras ? ', and with --cameras of each camera' : '';
  output.line(`nightshift split makes a shot of each scene${more}.`);
}

/** Which files of the folder are no shots, each with the reason. */
async function tellLeftOut(
  { id, leftOut }: Batch,
  { json, only, data = dataDirectory() }: CheckOptions,
  output: Output,
): Promise<void> {
  if (!leftOut || only) return;
  const before = leftOut.shots.length > 0 ? await recorded(data, id) : null;
  for (const shot of leftOut.shots) {
    const framesDone = before?.get(shot.id)?.counts.done ?? 0;
    if (json) output.json({ type: 'shot-left-out', ...shot, framesDone });
    else output.line(printable(leftOutLine(shot, framesDone)));
  }
  const summary = leftOutSummary(leftOut);
  if (summary === null || json) return;
  const takes = leftOut.shots.some(({ reason }) => reason === 'older-version');
  output.line(takes ? `${summary} --all-versions takes the older versions in.` : summary);
}

/** What earlier runs have done. One whose journal can't be read says so when it is rendered. */
async function recorded(data: string, batchId: string) {
  const checkpoint = new BatchCheckpoint(checkpointDirectory(data, batchId));
  return checkpoint.load().then(
    ({ jobs }) => jobs,
    () => null,
  );
}

function nameOf(batch: Batch, problem: ShotProblem): string | null {
  return batch.jobs.find(({ id }) => id === problem.jobId)?.name ?? null;
}

function number(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
