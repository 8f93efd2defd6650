import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import type { Batch, BatchResult } from '../../../shared/batch.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { HostConfig } from '../../../shared/hosts.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { momentsOf, powerActOf } from '../../../shared/schedule.ts';
import {
  BatchProcessor,
  CLUSTERS,
  changePower,
  keepAwake,
  type ProcessOptions,
  passed,
  WALL_CLOCK,
} from '../../engine/index.ts';
import { EXIT, exitCodeOf, UsageError } from '../exit-codes.ts';
import { plainLines, type RunView, summaryLines } from '../job-lines.ts';
import { jsonLines } from '../json-events.ts';
import { firstLine } from '../json-version.ts';
import {
  allVersionsOption,
  blenderOption,
  collected,
  dataOption,
  duration,
  existingOption,
  factoryOption,
  frameNumbers,
  memory,
  otherBlenderOption,
  outputOption,
  path,
  retriesOption,
  savedOption,
  startAtOption,
  tellOption,
  testOption,
  trustOption,
  untilOption,
  whenDoneOption,
  workersOption,
} from '../option-values.ts';
import { type Output, problemLine, type Session } from '../output.ts';
import { configOf, type RenderOptions } from '../render-options.ts';
import { isTrusted, leftOutNote, onlyShots, readShots, saidShots } from '../shot-folder.ts';
import type { BatchTelling } from '../tell-file.ts';
import { takeTimes } from '../timing.ts';
import { afterRender, endAt, type Machine, waitForStart, watchInterrupts } from '../waits.ts';
import { addWhereOptions, hostConfigOf, hostOptions } from '../where-options.ts';

export function renderCommand(session: Session): Command {
  const command = new Command('render')
    .description('Render the shots of a folder; goes on where it stopped')
    .argument('<folder...>', 'the folder that holds the shots, or .blend files: just these')
    .addOption(outputOption())
    .addOption(testOption())
    .option('--only <name>', 'only this shot; may be given several times', collected)
    .addOption(allVersionsOption())
    .addOption(
      new Option('--frames <list>', 'only these frames, such as "30-40, 77"')
        .argParser(frameNumbers)
        .conflicts(['watch']),
    )
    .addOption(
      new Option(
        '--again',
        'also what is done: with --frames those frames, else all of each shot; the pictures from before are set aside',
      ).conflicts(['watch', 'fresh']),
    )
    .addOption(
      new Option('--rejected', 'only the frames that were rejected in the window, again').conflicts(
        ['watch', 'fresh', 'frames', 'again', 'detach'],
      ),
    )
    .addOption(workersOption())
    .option('--resume', 'go on from the checkpoint (this is the default)')
    .addOption(new Option('--fresh', 'forget the checkpoint first').conflicts('resume'))
    .addOption(existingOption())
    .addOption(savedOption())
    .option(
      '--memory <gb>',
      'GB that all workers may use together, with --on each Blender; what is free by default',
      memory,
    )
    .option('--timeout <time>', 'limit for a shot: seconds, or 90s, 20m, 2h', duration)
    .option('--frame-timeout <time>', 'limit for a frame: seconds, or 90s, 20m, 2h', duration)
    .addOption(retriesOption())
    .option(
      '--stop-on-error',
      'stop at the first shot that fails; one that can not be read fails before the start',
    )
    .addOption(startAtOption())
    .addOption(untilOption())
    .addOption(
      new Option(
        '--watch',
        'go on watching the folder: new shots join, changed ones are rendered again, until Ctrl+C',
      ).conflicts(['only', 'whenDone', 'fresh']),
    )
    .addOption(
      new Option(
        '--detach',
        'with --on: Nightshift itself runs on the cluster too, and this computer may be closed; nightshift follow shows it',
      ).conflicts(['watch', 'json', 'whenDone', 'startAt', 'until']),
    )
    .addOption(whenDoneOption())
    .addOption(trustOption())
    .addOption(factoryOption())
    .addOption(blenderOption())
    .addOption(otherBlenderOption())
    .option(
      '--report <file>',
      'write a report (Markdown, pictures beside it; .html: one page) at the end, however it ends',
      path,
    )
    .addOption(tellOption())
    .addOption(dataOption())
    .option('--json', 'one event a line on standard output, as JSON')
    .option('--timing', 'say on standard error, at the end, what the time went into');
  for (const option of hostOptions()) command.addOption(option.conflicts(['on']));
  return addWhereOptions(command)
    .addHelpText('after', HELP)
    .action(async (said: readonly string[], options: RenderOptions) => {
      const { folder, files } = await saidShots(said);
      const tellTiming = options.timing ? takeTimes(session.output) : null;
      try {
        session.exitCode = await render(folder, { ...options, files }, session.output);
      } finally {
        tellTiming?.();
      }
    });
}

const HELP = `
Ends with 0: every frame that was asked for is done; 1: some shot failed; 2: wrong usage, or nothing to render;
130: interrupted, or stopped by --until; run the same command again to go on.

Examples:
  nightshift render shots -o /mnt/frames --report night.md
  nightshift render sh0040.blend sh0050.blend
  nightshift render shots --only hero --only wide --timeout 2h --trust
  nightshift render shots --only hero --frames "30-40, 77" --again
  nightshift render shots --test percentage=25 --test step=8 --test samples=x0.5
  nightshift render shots --start-at 23:00 --until 08:00
${CLUSTERS.map(({ id }) => `  nightshift render shots --on ${id} --nodes 20 --detach`).join('\n')}`;

export const THIS_MACHINE: Machine = { clock: WALL_CLOCK, changePower };

/** `nightshift render`: renders a folder and shows it; resolves with the exit code. */
export async function render(
  folder: string,
  options: RenderOptions,
  output: Output,
  machine: Machine = THIS_MACHINE,
): Promise<number> {
  if (options.report) await checkReportFile(options.report);
  const host = await hostConfigOf(options);
  const telling = options.tell ? await tellingOf(options.tell, output) : null;
  if (options.detach) return detached(folder, options, host, output);
  const { startAt = null, until = null, whenDone = 'nothing' } = options;
  const { clock } = machine;
  const read = reader(folder, options, output);
  let batch = await read();
  passed('folder-read');
  if (options.json) output.json(firstLine());
  const view = await viewFor(options, output);
  const night = momentsOf({ startAt, until }, clock.now());
  if (night.startAt !== null && batch.jobs.length > 0) {
    if (options.json) output.json({ type: 'batch-scheduled', ...night });
    const waited = await awake(() => waitForStart(night, view.say, output, clock));
    if (waited !== 'go') return EXIT.interrupted;
    // What was put there meanwhile is rendered too.
    batch = await read();
  }
  const open = async (now: Batch) =>
    new BatchProcessor(now, {
      config: { ...configOf(options, await isTrusted(folder, options.trust)), ...host },
      ...(options.data ? { dataDirectory: options.data } : {}),
    });
  let picked: readonly string[] | null = null;
  const renderOnce = async (processor: BatchProcessor) => {
    const wish = await wishOf(processor, options).catch(async (error: unknown) => {
      await processor.close();
      throw error;
    });
    picked = wish.picked?.map(({ job }) => job) ?? null;
    const view = await viewFor(options, output);
    const callOff = endAt(night.until, processor, clock);
    const rendering = () => rendered(processor, { wish, view, telling, options, output });
    return awake(rendering)
      .catch((error: unknown) => {
        telling?.brokeOff(processor, error);
        throw error;
      })
      .finally(callOff);
  };
  const whole = async () => {
    if (!options.watch) return renderOnce(await open(batch));
    const { watchAndRender } = await import('../watch-render.ts');
    return watchAndRender({
      ...{ first: batch, read, open, render: renderOnce },
      ...{ until: night.until, output, clock },
    });
  };
  // The computer may be about to go off.
  const result = await whole().finally(() => telling?.close());
  const act = powerActOf(whenDone);
  if (act !== null && batch.jobs.length > 0) {
    const { data } = options;
    await afterRender({ act, outcome: result.outcome, data, say: view.say }, output, machine);
  }
  return exitCodeOf(result, picked);
}

/** Loaded by who tells somebody. */
export async function tellingOf(file: string, output: Output): Promise<BatchTelling> {
  const { openTelling } = await import('../tell-file.ts');
  return openTelling(file, output);
}

/** Which frames are to be rendered. Throws `UsageError` where there are none. */
export async function wishOf(
  processor: BatchProcessor,
  options: Pick<RenderOptions, 'again' | 'rejected' | 'frames'>,
): Promise<ProcessOptions> {
  const { again = false, rejected = false } = options;
  const frames = options.frames ?? null;
  if (processor.jobs.length === 0) return {};
  if (rejected) {
    const picked = await processor.rejected();
    if (picked.length > 0) return { picked, again: true };
    throw new UsageError(
      'No frame of these shots is rejected. That is done in the window, with R.',
    );
  }
  if (frames === null && !again) return {};
  // It knows which frames each shot has.
  await processor.load();
  const jobs = processor.jobs.filter(({ shotConfig }) => shotConfig !== null);
  const picked = jobs.filter((job) => mayHave(job, frames)).map(({ id }) => ({ job: id, frames }));
  if (jobs.length === 0) return {};
  if (picked.length > 0) return { picked, again };
  const [one] = jobs;
  const have = jobs.length === 1 && one ? `${one.name} has no` : 'None of the shots has a';
  throw new UsageError(`${have} frame of ${formatFrames(frames ?? [])}.`);
}

/** Whether a shot has one of these frames, as far as it is known which it has. */
function mayHave({ plan, shotConfig }: BatchJob, frames: readonly number[] | null): boolean {
  const known = plan?.frames ?? shotConfig?.frames ?? null;
  if (frames === null || known === null) return true;
  const picked = new Set(frames);
  return known.some((frame) => picked.has(frame));
}

/** Does something during which this computer does not go to sleep by itself. */
export async function awake<T>(work: () => Promise<T>): Promise<T> {
  const keeping = keepAwake();
  try {
    return await work();
  } finally {
    (await keeping)();
  }
}

/** Puts the batch into the queue of the cluster, where the same command renders it. */
async function detached(
  folder: string,
  options: RenderOptions,
  host: HostConfig,
  output: Output,
): Promise<number> {
  if (options.on === undefined) {
    throw new UsageError(`--detach needs --on ${CLUSTERS.map(({ id }) => id).join(' or ')}.`);
  }
  const batch = await reader(folder, options, output)();
  if (batch.jobs.length === 0) return EXIT.usage;
  const { detachRender } = await import('../detach.ts');
  return detachRender(batch, options, host, output);
}

interface Rendering {
  /** Which frames; not there: all that are left. */
  readonly wish?: ProcessOptions;
  readonly view: RunView;
  /** `null`: nobody is told. */
  readonly telling: BatchTelling | null;
  readonly options: RenderOptions;
  readonly output: Output;
  /** Aborted where somebody does not want it any more, maybe before it has begun. */
  readonly stop?: AbortSignal;
}

/** Renders a batch, shows it, and says what came of it. */
export async function rendered(
  processor: BatchProcessor,
  { wish = {}, view, telling, options, output, stop }: Rendering,
): Promise<BatchResult> {
  const unsubscribe = telling?.follow(processor);
  const isUnwanted = stop ? AbortSignal.any([stop, output.unread]) : output.unread;
  try {
    const result = await watched(processor, wish, view, isUnwanted);
    telling?.ended(processor, result);
    view.stop();
    view.onResult(result);
    if (options.report) await writeReport(options.report, result, processor.checkpointPath, output);
    for (const line of summaryLines(result, options)) view.say(line);
    return result;
  } finally {
    view.stop();
    unsubscribe?.();
    await processor.close();
  }
}

/** Reads the folder, each time it is called; tells each problem once. */
export function reader(
  folder: string,
  options: RenderOptions,
  output: Output,
): () => Promise<Batch> {
  const told = new Set<string>();
  return async () => {
    const batch = onlyShots(await readShots(folder, options), options.only);
    const summary = options.only ? null : leftOutNote(batch);
    if (summary !== null && !told.has(summary)) {
      told.add(summary);
      output.note(summary);
    }
    for (const problem of batch.problems) {
      const line = problemLine(folder, problem);
      if (told.has(line)) continue;
      told.add(line);
      output.note(output.paint(problem.severity === 'error' ? 'red' : 'yellow', line));
    }
    return batch;
  };
}

/** How a batch that renders is shown: to a program, a person at a terminal, or a file. */
export async function viewFor(
  options: { readonly json?: boolean },
  output: Output,
): Promise<RunView> {
  if (options.json) return jsonLines(output);
  if (!output.terminal) return plainLines(output);
  const { progressBars } = await import('../progress-bars.ts');
  return progressBars(output);
}

/** Runs the batch to its end, or until a signal or a reader that went away cancels it. */
async function watched(
  processor: BatchProcessor,
  wish: ProcessOptions,
  view: RunView,
  isUnwanted: AbortSignal,
): Promise<BatchResult> {
  if (processor.jobs.length === 0) return processor.getResult();
  const unsubscribe = processor.subscribe((signal) =>
    view.onSignal(signal, () => processor.getProgress()),
  );
  const interrupt = watchInterrupts(() => {
    view.say('Stopping. What is done stays done. Press Ctrl+C again to quit at once.');
  });
  // A terminal gets its cursor back also when a second Ctrl+C ends us.
  const onExit = () => view.stop();
  process.once('exit', onExit);
  try {
    const running = processor.processBatch(wish);
    const stop = AbortSignal.any([interrupt.signal, isUnwanted]);
    // What goes wrong while it is cancelled is told by `running`.
    const cancel = () => void processor.cancel().catch(() => undefined);
    if (stop.aborted) cancel();
    else stop.addEventListener('abort', cancel, { once: true });
    return await running;
  } finally {
    interrupt.release();
    process.off('exit', onExit);
    unsubscribe();
  }
}

/** A night is not started for a report that can't be written in the morning. */
async function checkReportFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory())
    throw new UsageError(`The report can't be written: ${file} is a folder.`);
  await mkdir(dirname(file), { recursive: true }).catch((error: Error) => {
    throw new UsageError(`The report can't be written to ${file}: ${error.message}.`);
  });
}

async function writeReport(
  file: string,
  result: BatchResult,
  checkpoint: string,
  output: Output,
): Promise<void> {
  try {
    const { writeReportFile } = await import('../report-file.ts');
    await writeReportFile(file, result, checkpoint);
  } catch (error) {
    output.note(`The report can't be written to ${file}: ${(error as Error).message}.`);
    output.note('nightshift report writes it again.');
  }
}
