import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Batch, BatchResult } from '../../shared/batch.ts';
import { momentsOf, powerActOf } from '../../shared/schedule.ts';
import { BatchProcessor, changePower, WALL_CLOCK } from '../engine/index.ts';
import { afterRender, type Machine } from './after-render.ts';
import { EXIT, exitCodeOf, UsageError } from './exit-codes.ts';
import { watchInterrupts } from './interrupt.ts';
import { summaryLines } from './job-lines.ts';
import { type Output, problemLine } from './output.ts';
import { endAt, waitForStart } from './planned-night.ts';
import { progressBars } from './progress-bars.ts';
import { configOf, type RenderOptions } from './render-settings.ts';
import { writeReportFile } from './report-file.ts';
import { jsonLines, plainLines, type RunView } from './run-view.ts';
import { isTrusted, onlyShots, readShots } from './shot-folder.ts';
import { watchAndRender } from './watch-render.ts';

const THIS_MACHINE: Machine = { clock: WALL_CLOCK, changePower };

/** `nightshift render`: renders a folder and shows it; resolves with the exit code. */
export async function render(
  folder: string,
  options: RenderOptions,
  output: Output,
  machine: Machine = THIS_MACHINE,
): Promise<number> {
  if (options.report) await checkReportFile(options.report);
  const { startAt = null, until = null, whenDone = 'nothing' } = options;
  const { clock } = machine;
  const read = reader(folder, options, output);
  let batch = await read();
  const view = viewFor(options, output);
  const night = momentsOf({ startAt, until }, clock.now());
  if (night.startAt !== null && batch.jobs.length > 0) {
    if (options.json) output.json({ type: 'batch-scheduled', ...night });
    const waited = await waitForStart(night, view.say, output, clock);
    if (waited !== 'go') return EXIT.interrupted;
    // What was put there meanwhile is rendered too.
    batch = await read();
  }
  const open = async (now: Batch) =>
    new BatchProcessor(now, {
      config: configOf(options, await isTrusted(folder, options.trust)),
      ...(options.data ? { dataDirectory: options.data } : {}),
    });
  const renderOnce = (processor: BatchProcessor) => {
    const callOff = endAt(night.until, processor, clock);
    return rendered(processor, viewFor(options, output), options, output).finally(callOff);
  };
  const result = options.watch
    ? await watchAndRender({
        ...{ first: batch, read, open, render: renderOnce },
        ...{ until: night.until, output, clock },
      })
    : await renderOnce(await open(batch));
  const act = powerActOf(whenDone);
  if (act !== null && batch.jobs.length > 0) {
    const { data } = options;
    await afterRender({ act, outcome: result.outcome, data, say: view.say }, output, machine);
  }
  return exitCodeOf(result);
}

/** Renders a batch, shows it, and says what came of it. */
async function rendered(
  processor: BatchProcessor,
  view: RunView,
  options: RenderOptions,
  output: Output,
): Promise<BatchResult> {
  try {
    const result = await watched(processor, view, output);
    view.stop();
    view.onResult(result);
    if (options.report) await writeReport(options.report, result, processor.checkpointPath, output);
    for (const line of summaryLines(result, options)) view.say(line);
    return result;
  } finally {
    view.stop();
    await processor.close();
  }
}

/** Reads the folder, each time it is called; tells each problem once. */
function reader(folder: string, options: RenderOptions, output: Output): () => Promise<Batch> {
  const told = new Set<string>();
  return async () => {
    const batch = onlyShots(await readShots(folder, options.output), options.only);
    for (const problem of batch.problems) {
      const line = problemLine(folder, problem);
      if (told.has(line)) continue;
      told.add(line);
      output.note(output.paint(problem.severity === 'error' ? 'red' : 'yellow', line));
    }
    return batch;
  };
}

function viewFor(options: RenderOptions, output: Output): RunView {
  if (options.json) return jsonLines(output);
  return output.terminal ? progressBars(output) : plainLines(output);
}

/** Runs the batch to its end, or until a signal or a reader that went away cancels it. */
async function watched(
  processor: BatchProcessor,
  view: RunView,
  output: Output,
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
    const running = processor.processBatch();
    const stop = AbortSignal.any([interrupt.signal, output.unread]);
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
    await writeReportFile(file, result, checkpoint);
  } catch (error) {
    output.note(`The report can't be written to ${file}: ${(error as Error).message}.`);
    output.note('nightshift report writes it again.');
  }
}
