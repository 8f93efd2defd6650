import { Command } from 'commander';
import { type Batch, type BatchResult, DEFAULT_CONFIG } from '../../shared/batch.ts';
import type { PickedFrames } from '../../shared/job.ts';
import { placePath } from '../../shared/picked-files.ts';
import { printable } from '../../shared/safe-text.ts';
import { clockText, momentsOf, powerActOf, type WhenDone } from '../../shared/schedule.ts';
import { titleOf } from '../../shared/test-pass.ts';
import {
  type AskedFrames,
  againText,
  type NightQueue,
  type QueuedBatch,
} from '../../shared/tonight.ts';
import {
  againCount,
  BatchProcessor,
  type Begun,
  batchEnded,
  batchPassedOver,
  dataDirectory,
  nextBatch,
  nightOver,
  nightStep,
  QueueFile,
  readingOf,
  stillAsked,
  turnOf,
} from '../engine/index.ts';
import { awake, reader, rendered, THIS_MACHINE, tellingOf, viewFor } from './commands/render.ts';
import { EXIT, exitCodeOf, UsageError } from './exit-codes.ts';
import { firstLine } from './json-version.ts';
import {
  blenderOption,
  dataOption,
  memory,
  retriesOption,
  startAtOption,
  tellOption,
  trustOption,
  untilOption,
  whenDoneOption,
  workersOption,
} from './option-values.ts';
import type { Output } from './output.ts';
import { configOf, type RenderOptions } from './render-options.ts';
import type { BatchTelling } from './tell-file.ts';
import { afterRender, endAt, type Machine, waitForStart, watchInterrupts } from './waits.ts';

interface NightOptions {
  readonly workers: number;
  readonly retries: number;
  /** MiB. */
  readonly memory?: number;
  readonly trust?: boolean;
  readonly blender?: string;
  readonly data?: string;
  readonly json?: boolean;
  readonly startAt?: string;
  readonly until?: string;
  readonly whenDone?: Exclude<WhenDone, 'notify'>;
  /** A file that says where to tell of the night. */
  readonly tell?: string;
}

export function renderNightCommand(run: (options: NightOptions) => Promise<void>): Command {
  return new Command('render')
    .description('Render what is in tonight, one folder after another')
    .addOption(workersOption())
    .option(
      '--memory <gb>',
      'GB that all workers may use together; what is free by default',
      memory,
    )
    .addOption(retriesOption())
    .addOption(startAtOption())
    .addOption(untilOption())
    .addOption(whenDoneOption())
    .addOption(tellOption())
    .addOption(trustOption())
    .addOption(blenderOption())
    .addOption(dataOption())
    .option('--json', 'one event a line on standard output, as JSON')
    .addHelpText('after', HELP)
    .action(run);
}

const HELP = `
A folder that can't begin is passed over and stays in the list with its reason. What is added meanwhile is rendered too.
Ctrl+C stops the night; the same command goes on with it.
Ends with 0: all is done; 1: some shot failed or a folder was passed over; 2: nothing to render, or the app is open,
which goes through the night itself; 130: stopped.`;

/** Renders the batches of tonight to the end of the queue; resolves with the exit code. Throws `UsageError`, `NightInUse`. */
export async function renderNight(
  options: NightOptions,
  output: Output,
  machine: Machine = THIS_MACHINE,
): Promise<number> {
  const { data = dataDirectory(), startAt = null, until = null } = options;
  const { clock } = machine;
  const telling = options.tell ? await tellingOf(options.tell, output) : null;
  const file = new QueueFile(data);
  const lock = await file.take();
  const stop = watchInterrupts(() => {});
  try {
    const before = await file.read();
    if (!nextBatch(before)) {
      throw new UsageError(
        'Nothing is to be rendered tonight. nightshift queue add FOLDER adds a folder.',
      );
    }
    const moments = momentsOf({ startAt, until }, clock.now());
    const planned = {
      startAt: startAt === null ? before.startAt : moments.startAt,
      until: until === null ? toCome(before.until, clock.now()) : moments.until,
    };
    await file.change((queue) => ({ ...queue, ...planned, on: true }));
    if (options.json) output.json(firstLine());
    const { say } = await viewFor(options, output);
    if (planned.startAt !== null) {
      if (options.json) output.json({ type: 'batch-scheduled', ...planned });
      const waited = await awake(() => waitForStart(planned, say, output, clock));
      await file.change((queue) => ({ ...queue, startAt: null, on: waited === 'go' }));
      if (waited !== 'go') return EXIT.interrupted;
    }
    const night = {
      file,
      options,
      output,
      say,
      machine,
      telling,
      stop: stop.signal,
      isOver: () => stop.signal.aborted || output.unread.aborted,
    };
    const came = await awake(() => wholeNight(night));
    telling?.nightOver();
    // The computer may be about to go off.
    await telling?.close();
    const act = powerActOf(options.whenDone ?? 'nothing');
    if (act !== null && came.last) {
      await afterRender({ act, outcome: came.last.outcome, data, say }, output, machine);
    }
    return came.code;
  } finally {
    stop.release();
    await lock.release();
  }
}

interface NightRun {
  readonly file: QueueFile;
  readonly options: NightOptions;
  readonly output: Output;
  readonly say: (text: string) => void;
  readonly machine: Machine;
  /** `null`: nobody is told. */
  readonly telling: BatchTelling | null;
  /** Ctrl+C, also while a folder is read. */
  readonly stop: AbortSignal;
  /** Somebody does not want it any more. */
  readonly isOver: () => boolean;
}

interface NightEnd {
  readonly code: number;
  /** What came of the batch that was rendered last; `null`: none was. */
  readonly last: BatchResult | null;
}

/** One batch after another, as the queue says each time. */
async function wholeNight(night: NightRun): Promise<NightEnd> {
  const { file, machine, say } = night;
  let [code, last]: [number, BatchResult | null] = [EXIT.done, null];
  for (;;) {
    const queue = await file.read();
    const step = night.isOver()
      ? ({ do: 'wait' } as const)
      : nightStep({ ...queue, on: true, startAt: null }, machine.clock.now());
    if (step.do === 'end') {
      await file.change(nightOver);
      return { code, last };
    }
    if (step.do !== 'begin') {
      if (step.do === 'stop') say(`It is past ${clockText(step.until)}: no other folder is begun.`);
      await file.change((now) => ({ ...now, on: false, until: null }));
      say('What waits stays in tonight. To go on: nightshift queue render');
      return { code: EXIT.interrupted, last };
    }
    const { batch } = step;
    try {
      const { begun, result, ids } = await renderQueued(batch, queue, night);
      if (result === null) {
        await file.change((now) => batchEnded(now, begun));
        continue;
      }
      const wasStopped = night.isOver() || isPast(queue.until, machine.clock.now());
      // What was cancelled from elsewhere is over; what broke off with the night goes on with it.
      if (result.outcome === 'cancelled' && wasStopped) continue;
      await file.change((now) => batchEnded(now, begun));
      last = result;
      code = Math.max(code, Math.min(exitCodeOf(result, ids), EXIT.failed));
    } catch (error) {
      await passOver(batch, error, night);
      code = EXIT.failed;
    }
  }
}

/** What of a batch has come to its end. */
interface QueuedEnd {
  readonly begun: Begun;
  /** `null`: there was nothing to do. */
  readonly result: BatchResult | null;
  /** Of the jobs that it was for; `null`: of all. */
  readonly ids: readonly string[] | null;
}

/**
 * Renders one batch of the queue: the frames that were asked for again, and where all of these are there what is left. Throws a
 * sentence where it can't begin, or could not go on.
 */
async function renderQueued(
  queued: QueuedBatch,
  { until }: NightQueue,
  { options, output, say, machine, telling, stop }: NightRun,
): Promise<QueuedEnd> {
  const { folder, only, again = [], trusted } = queued;
  const trust = trusted === true || options.trust === true;
  const run: RenderOptions = {
    ...options,
    trust,
    ...readingOf(queued),
    existing: DEFAULT_CONFIG.existing,
  };
  const all = await reader(folder, run, output)();
  const asked = again.map(({ job }) => job);
  const batch = chosen(all, only && [...only, ...asked]);
  if (batch.jobs.length === 0) throw new Error('None of its shots is there any more.');
  if (batch.wantsTrust && !trust && trusted === null) {
    throw new Error(
      'Nobody has said yet whether its scripts may run. Add it again with --trust, or answer in the app.',
    );
  }
  const title = printable(titleOf(placePath(queued), queued.test));
  const processorOf = (some: Batch) =>
    new BatchProcessor(some, {
      config: configOf(run, trust),
      ...(options.data ? { dataDirectory: options.data } : {}),
    });
  const turn = turnOf(queued, asked.length > 0 ? await pickedOf(processorOf(batch), again) : []);
  if (turn === null) return { begun: queued, result: null, ids: null };
  const { begun, picked } = turn;
  const ids = picked?.map(({ job }) => job) ?? null;
  const processor = processorOf(chosen(all, ids ?? only));
  const what = picked && againCount(begun);
  say(what ? `Tonight: ${title}, ${againText(what)}` : `Tonight: ${title}`);
  const wish = picked ? { picked, again: true } : {};
  const callOff = endAt(until, processor, machine.clock);
  const view = await viewFor(options, output);
  const rendering = rendered(processor, { wish, view, telling, options: run, output, stop });
  return { begun, result: await rendering.finally(callOff), ids };
}

/** What of the frames that were asked for again is still to be rendered, as the journal tells it. */
async function pickedOf(
  processor: BatchProcessor,
  again: readonly AskedFrames[],
): Promise<readonly PickedFrames[]> {
  try {
    await processor.load();
    return stillAsked(again, (id) => processor.job(id));
  } finally {
    await processor.close();
  }
}

/** The shots that are wanted. */
function chosen(batch: Batch, only: readonly string[] | null): Batch {
  if (only === null) return batch;
  const jobs = batch.jobs.filter(({ id }) => only.includes(id));
  const others = batch.jobs.filter((job) => !jobs.includes(job) && job.shotConfig !== null);
  return { ...batch, jobs, partial: true, others };
}

async function passOver(
  batch: QueuedBatch,
  error: unknown,
  { file, options, output, telling }: NightRun,
): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const { batchId, folder, test } = batch;
  await file.change((queue) => batchPassedOver(queue, batch, message));
  telling?.passedOver({ ...batch, id: batchId }, message);
  if (options.json) output.json({ type: 'batch-passed-over', batch: batchId, folder, message });
  output.note(
    output.paint('red', printable(`${titleOf(placePath(batch), test)} is passed over: ${message}`)),
  );
}

function isPast(at: number | null, now: number): boolean {
  return at !== null && at <= now;
}

/** An end that has passed was of another night. */
function toCome(at: number | null, now: number): number | null {
  return isPast(at, now) ? null : at;
}
