import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, Option } from 'commander';
import {
  batchCommand,
  type Cancelling,
  dataDirectory,
  FollowedBatch,
  readResult,
  type Standing,
} from '../../engine/index.ts';
import { EXIT, exitCodeOf, UsageError } from '../exit-codes.ts';
import { type RunView, summaryLines } from '../job-lines.ts';
import { firstLine } from '../json-version.ts';
import { dataOption, outputOption } from '../option-values.ts';
import type { Output, Session } from '../output.ts';
import { watchInterrupts } from '../waits.ts';
import { findBatch } from './batches.ts';
import { viewFor } from './render.ts';

interface FollowOptions {
  readonly output?: string;
  readonly data?: string;
  readonly json?: boolean;
  /** True: all; else the name of a shot. */
  readonly cancel?: true | string;
}

export function followCommand(session: Session): Command {
  return new Command('follow')
    .description('Show a batch that another Nightshift renders, also on another computer')
    .argument('<batch>', 'its id, the beginning of it, or its shot folder')
    .addOption(outputOption())
    .addOption(dataOption())
    .addOption(
      new Option('--cancel [shot]', 'cancel it, or only one shot, and follow it to its end'),
    )
    .option('--json', 'one event a line on standard output, as JSON')
    .addHelpText('after', HELP)
    .action(async (said: string, options: FollowOptions) => {
      const { data = dataDirectory(), output: frames = null } = options;
      const { directory } = await findBatch(data, said, frames);
      session.exitCode = await follow(directory, options, session.output);
    });
}

const HELP = `
Ends as the one that renders: 0: every frame is done; 1: some shot failed; 130: it was cancelled, or who rendered
it is gone. Ctrl+C ends the following only.

Examples:
  nightshift follow shots
  nightshift follow shots --cancel`;

/** How often the journal is looked at, ms. */
const LOOK_MS = 1000;

/** Shows a batch that another process renders, to its end; resolves with the exit code of that. */
async function follow(directory: string, options: FollowOptions, output: Output): Promise<number> {
  const batch = new FollowedBatch(directory);
  const view = await viewFor(options, output);
  if (options.json) output.json(firstLine());
  batch.subscribe((signal) => view.onSignal(signal, () => batch.getProgress()));
  const interrupt = watchInterrupts(() => {});
  const stop = AbortSignal.any([interrupt.signal, output.unread]);
  const onExit = () => view.stop();
  process.once('exit', onExit);
  const tell = teller(view);
  const canceller = cancelling(batch, options.cancel, view);
  try {
    for (;;) {
      const standing = await batch.look();
      const code = await ended(batch, standing, { directory, view, output });
      if (code !== null) return code;
      tell(standing);
      await canceller(standing);
      await delay(LOOK_MS, undefined, { signal: stop }).catch(() => {});
      if (!stop.aborted) continue;
      view.stop();
      view.say('No longer following. The batch goes on; nightshift follow --cancel cancels it.');
      return EXIT.interrupted;
    }
  } finally {
    view.stop();
    interrupt.release();
    process.off('exit', onExit);
  }
}

/** Says how it stands each time that this changes, where no event does. */
function teller(view: RunView): (standing: Standing) => void {
  let said = '';
  return (standing) => {
    const text = standingText(standing);
    if (text !== said && text !== '') view.say(text);
    said = text;
  };
}

function standingText(standing: Standing): string {
  switch (standing.kind) {
    case 'queued':
      return queuedText(standing.job, standing.why);
    case 'starting':
      return 'The batch is being opened.';
    default:
      return '';
  }
}

function queuedText(job: string, why: string): string {
  return `Job ${job} waits in the queue${why === '' ? '' : `: ${why}`}.`;
}

/** Asks for a cancel, where one is wanted, until somebody was there who has heard it; says so once. */
function cancelling(
  batch: FollowedBatch,
  cancel: FollowOptions['cancel'],
  view: RunView,
): (standing: Standing) => Promise<void> {
  let isHeard = cancel === undefined;
  let isSaid = false;
  return async (standing) => {
    if (isHeard) return;
    const what = typeof cancel === 'string' ? idsOf(batch, standing, cancel) : 'all';
    const answer = what === null ? 'nobody' : await batch.cancel(what, standing);
    isHeard = answer === 'asked';
    if (answer === 'nobody' || isSaid) return;
    isSaid = true;
    const whom = typeof cancel === 'string' ? ` ${cancel}` : '';
    view.say(`Cancelling${whom}. What is done stays done.`);
  };
}

/** The shot of a name; `null`: the shots are not known yet. Throws `UsageError` where it has none. */
function idsOf(batch: FollowedBatch, standing: Standing, name: string): Cancelling | null {
  if (standing.kind === 'queued') {
    throw new UsageError(
      'The batch has not begun: only all of it can be cancelled, with --cancel alone.',
    );
  }
  if (standing.kind !== 'running') return null;
  const { jobs } = batch.run;
  const found = jobs.find((job) => job.name === name);
  if (found) return [found.id];
  throw new UsageError(`There is no shot ${name} in this batch.`);
}

interface Ending {
  readonly directory: string;
  readonly view: RunView;
  readonly output: Output;
}

/** Says how it ended, and gives the exit code for that; `null`: it goes on. */
async function ended(
  batch: FollowedBatch,
  standing: Standing,
  { directory, view, output }: Ending,
): Promise<number | null> {
  switch (standing.kind) {
    case 'queued':
    case 'starting':
    case 'running':
      return null;
    case 'idle':
      throw new UsageError('Nobody renders this batch, and it was never rendered.');
    case 'finished': {
      const result = await readResult(directory);
      view.stop();
      view.onResult(result);
      for (const line of summaryLines(result, {})) view.say(line);
      // Of a run of some shots the others say nothing.
      return batch.run.outcome === 'completed' ? EXIT.done : exitCodeOf(result);
    }
    case 'died': {
      view.stop();
      const { run } = batch.run;
      output.note(
        `Whoever rendered this batch is gone, and it has not come to its end. ${standing.why}`.trim(),
      );
      if (run) output.note(`What is done stays done. To resume: ${batchCommand(run)}`);
      return EXIT.interrupted;
    }
    case 'not-begun': {
      view.stop();
      if (standing.isCancelled) {
        output.note('Its job was taken out of the queue before it began: nothing was rendered.');
        return EXIT.interrupted;
      }
      output.note(`The batch was not begun. ${standing.why}`);
      for (const line of await lastLines(standing.log)) output.note(line);
      return EXIT.failed;
    }
  }
}

const MOST_LINES = 10;

/** What the job said at last. */
async function lastLines(log: string): Promise<readonly string[]> {
  if (!existsSync(log)) return [`It has left no log at ${log}.`];
  const text = await readFile(log, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? [] : [`Its log, ${log}, ends:`, ...lines.slice(-MOST_LINES)];
}
