import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BatchResult } from '../../shared/batch.ts';
import { BatchProcessor } from '../batch/index.ts';
import { exitCodeOf, UsageError } from './exit-codes.ts';
import { watchInterrupts } from './interrupt.ts';
import { jsonLines } from './json-lines.ts';
import type { Output } from './output.ts';
import { plainLines } from './plain-lines.ts';
import { problemLine } from './problem-line.ts';
import { progressBars } from './progress-bars.ts';
import { configOf, type RenderOptions } from './render-settings.ts';
import { writeReportFile } from './report-file.ts';
import type { RunView } from './run-view.ts';
import { onlyShots, readShots } from './shot-folder.ts';
import { summaryLines } from './summary-lines.ts';
import { isTrusted } from './trust.ts';

/** `nightshift render`: renders a folder and shows it; resolves with the exit code. */
export async function render(
  folder: string,
  options: RenderOptions,
  output: Output,
): Promise<number> {
  if (options.report) await checkReportFile(options.report);
  const batch = onlyShots(await readShots(folder, options.output), options.only);
  for (const problem of batch.problems) {
    const style = problem.severity === 'error' ? 'red' : 'yellow';
    output.note(output.paint(style, problemLine(folder, problem)));
  }
  const view = viewFor(options, output);
  const processor = new BatchProcessor(batch, {
    config: configOf(options, await isTrusted(folder, options.trust)),
    ...(options.data ? { dataDirectory: options.data } : {}),
  });
  try {
    const result = await watched(processor, view, output);
    view.stop();
    view.onResult(result);
    if (options.report) await writeReport(options.report, result, processor.checkpointPath, output);
    for (const line of summaryLines(result, options)) view.say(line);
    return exitCodeOf(result);
  } finally {
    view.stop();
    await processor.close();
  }
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
