import { realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Batch } from '../../../shared/batch.ts';
import { formatFrames } from '../../../shared/frames.ts';
import { placePath } from '../../../shared/picked-files.ts';
import { printable } from '../../../shared/safe-text.ts';
import { clockText } from '../../../shared/schedule.ts';
import { settingsSchema } from '../../../shared/settings.ts';
import { type TestPass, titleOf } from '../../../shared/test-pass.ts';
import { againText, type NightQueue, type QueuedBatch } from '../../../shared/tonight.ts';
import {
  againCount,
  BatchProcessor,
  batchAdded,
  batchMovedTo,
  batchTakenOut,
  dataDirectory,
  isBlendFile,
  liveBatches,
  outputFor,
  QueueFile,
} from '../../engine/index.ts';
import { readJson } from '../../engine/lib/atomic-file.ts';
import { UsageError } from '../exit-codes.ts';
import { firstLine } from '../json-version.ts';
import {
  collected,
  count,
  dataOption,
  frameNumbers,
  outputOption,
  testOption,
  trustOption,
} from '../option-values.ts';
import { type Output, type Session, textTable } from '../output.ts';
import { renderNight, renderNightCommand } from '../render-night.ts';
import { isTrusted, onlyShots, readShots, type SaidShots, saidShots } from '../shot-folder.ts';
import { wishOf } from './render.ts';

/** `nightshift queue`: the folders of tonight. */
export function queueCommand(session: Session): Command {
  return new Command('queue')
    .description('The folders that are rendered tonight, one after another; the app shows the same')
    .addCommand(addCommand(session))
    .addCommand(listCommand(session))
    .addCommand(moveCommand(session))
    .addCommand(removeCommand(session))
    .addCommand(
      renderNightCommand(async (options) => {
        session.exitCode = await renderNight(options, session.output);
      }),
    )
    .addHelpText('after', HELP);
}

const HELP = `
Examples:
  nightshift queue add film titles
  nightshift queue add film --only hero --frames "30-40, 77" --again
  nightshift queue move titles 1
  nightshift queue list
  nightshift queue render --start-at 23:00 --until 08:00`;

interface AddOptions {
  readonly output?: string;
  readonly test?: TestPass;
  readonly trust?: boolean;
  readonly only?: readonly string[];
  readonly frames?: readonly number[];
  readonly again?: boolean;
  readonly rejected?: boolean;
}

interface DataOptions {
  readonly data?: string;
}

function addCommand({ output }: Session): Command {
  return new Command('add')
    .description('Add shot folders to tonight, after what is there; renders nothing by itself')
    .argument(
      '<folder...>',
      'folders that hold shots; .blend files beside them: a batch of just these',
    )
    .addOption(outputOption().default(undefined, 'as in the app'))
    .addOption(testOption())
    .option('--only <name>', 'only this shot; may be given several times', collected)
    .addOption(
      new Option(
        '--again',
        'what is done, again: with --frames those frames, else all of each shot; what is left waits for another night',
      ).conflicts('rejected'),
    )
    .addOption(
      new Option('--frames <list>', 'with --again: these frames, such as "30-40, 77"').argParser(
        frameNumbers,
      ),
    )
    .option('--rejected', 'only the frames that were rejected in the window, again')
    .addOption(trustOption())
    .addOption(dataOption())
    .action(async (said: readonly string[], options: DataOptions & AddOptions) => {
      if (options.frames && !options.again) {
        throw new UsageError(
          '--frames goes with --again: tonight renders all that is left of a shot.',
        );
      }
      const isBlend = await Promise.all(said.map(isBlendFile));
      const blends = said.filter((_, index) => isBlend[index]);
      const folders = said.filter((_, index) => !isBlend[index]).map((folder) => ({ folder }));
      const places = [...folders, ...(blends.length > 0 ? [await saidShots(blends)] : [])];
      if (options.output && places.length > 1) {
        throw new UsageError('-o is for one folder: add them one by one.');
      }
      const { data = dataDirectory() } = options;
      // All are read before the first is added: half of what was asked for is what nobody wants.
      const batches: Omit<QueuedBatch, 'problem'>[] = [];
      for (const place of places) batches.push(await readQueued(place, data, options));
      const queue = await new QueueFile(data).change((before) =>
        batches.reduce((all, batch) => batchAdded(all, batch, 'last'), before),
      );
      for (const batch of batches) {
        const place = queue.batches.findIndex(({ batchId }) => batchId === batch.batchId) + 1;
        output.note(
          `${printable(titleOf(placePath(batch), batch.test))}${andAgain(batch)} is number ${place} of tonight.`,
        );
      }
      output.note(await goesOnText(data, queue));
    });
}

/** A folder as it stands in the queue, where frames go as in the app. Throws `UsageError`. */
async function readQueued(
  { folder: said, files }: SaidShots,
  data: string,
  options: AddOptions,
): Promise<Omit<QueuedBatch, 'problem'>> {
  const settings = await readJson(join(data, 'settings.json'), settingsSchema);
  const real = await realpath(said).catch(() => resolve(said));
  const output = options.output ?? (settings && outputFor(real, settings));
  const { test, trust } = options;
  const read = await readShots(said, { output, test, files, data, ...(trust && { trust }) });
  const batch = onlyShots(read, options.only);
  const { id, folder, outputRoot, jobs } = batch;
  if (jobs.length === 0) throw new UsageError(`There is no shot in ${printable(folder)}.`);
  const trusted = (await isTrusted(folder, trust)) || null;
  const which = { ...(test && { test }), ...(files && { files }) };
  const wish = await queuedWish(batch, data, options);
  return { batchId: id, folder, outputRoot, ...which, ...wish, trusted };
}

/** What of a batch is to be rendered. Throws `UsageError` where that is nothing. */
async function queuedWish(
  batch: Batch,
  data: string,
  options: AddOptions,
): Promise<Pick<QueuedBatch, 'only' | 'again'>> {
  if (!options.again && !options.rejected) {
    return { only: options.only ? batch.jobs.map(({ id }) => id) : null };
  }
  const processor = new BatchProcessor(batch, { dataDirectory: data });
  try {
    const { picked = [] } = await wishOf(processor, options);
    const at = Date.now();
    return { only: [], again: picked.map((each) => ({ ...each, at })) };
  } finally {
    await processor.close();
  }
}

/** Who renders it, and when. */
async function goesOnText(data: string, { on, startAt }: NightQueue): Promise<string> {
  if (startAt !== null) return `The night begins at ${clockText(startAt)}.`;
  if (!(await new QueueFile(data).isTaken()))
    return 'nightshift queue render renders the night, or the app does.';
  return on
    ? 'It begins by itself when those before it have ended.'
    : 'Start the night in the app, which is open, renders it.';
}

function listCommand({ output }: Session): Command {
  return new Command('list')
    .description('Show the folders of tonight, in their order')
    .addOption(dataOption())
    .option('--json', 'as JSON, on one line')
    .action(async (options: DataOptions & { readonly json?: boolean }) => {
      const { data = dataDirectory() } = options;
      const queue = await new QueueFile(data).read();
      const live = await liveBatches(data);
      if (options.json) return tellJson(queue, live, output);
      const { batches, startAt, until } = queue;
      if (batches.length === 0) return output.note('Nothing is to be rendered tonight.');
      output.line(textTable(TITLES, batches.map(row(live))));
      for (const { folder, problem } of batches) {
        if (problem) output.note(`${printable(folder)}: ${printable(problem)}`);
      }
      if (startAt !== null) output.note(`It begins at ${clockText(startAt)}.`);
      if (until !== null) output.note(`No new frames are started from ${clockText(until)} on.`);
    });
}

const TITLES = ['PLACE', 'STATE', 'SHOTS', 'FOLDER', 'FRAMES GO TO'];

function row(live: readonly string[]) {
  return (batch: QueuedBatch, at: number): readonly string[] => [
    String(at + 1),
    stateOf(batch, live).replace('-', ' '),
    shotsText(batch),
    printable(titleOf(placePath(batch), batch.test)),
    printable(batch.outputRoot),
  ];
}

function shotsText(batch: QueuedBatch): string {
  const { only } = batch;
  const left = only === null ? 'all' : only.length > 0 ? String(only.length) : null;
  const again = againCount(batch);
  return [again && againText(again), left].filter((part) => part !== null).join(', then ');
}

/** `, 12 frames again,`. */
function andAgain(batch: Pick<QueuedBatch, 'only' | 'again'>): string {
  const again = againCount(batch);
  return again ? `, ${againText(again)},` : '';
}

function stateOf({ batchId, problem }: QueuedBatch, live: readonly string[]) {
  if (live.includes(batchId)) return 'rendering';
  return problem === null ? 'waiting' : 'passed-over';
}

function tellJson(queue: NightQueue, live: readonly string[], output: Output): void {
  const { on, startAt, until, batches } = queue;
  output.json(firstLine());
  output.json({
    type: 'queue',
    ...{ on, startAt, until },
    batches: batches.map((batch) => ({
      batch: batch.batchId,
      folder: batch.folder,
      outputRoot: batch.outputRoot,
      ...(batch.test && { test: batch.test }),
      ...(batch.files && { files: batch.files }),
      ...(batch.again && {
        again: batch.again.map(({ job, frames }) => ({
          job,
          frames: frames && formatFrames(frames),
        })),
      }),
      state: stateOf(batch, live),
      message: batch.problem,
    })),
  });
}

function moveCommand({ output }: Session): Command {
  return new Command('move')
    .description('Give a folder another place in tonight')
    .argument('<folder>', 'one that nightshift queue list shows')
    .argument('<position>', 'its new place; 1 is the first', count(100_000))
    .addOption(dataOption())
    .action(async (said: string, position: number, options: DataOptions) => {
      const { data = dataDirectory() } = options;
      const file = new QueueFile(data);
      const { batchId, folder } = await waitingAt(file, said, data, 'moved');
      const [first] = (await file.read()).batches;
      // The one that renders stays the first.
      const least = (await liveBatches(data)).includes(first?.batchId ?? '') ? 2 : 1;
      const queue = await file.change((before) =>
        batchMovedTo(before, batchId, Math.max(least, position)),
      );
      const place = queue.batches.findIndex((each) => each.batchId === batchId) + 1;
      output.note(`${printable(folder)} is number ${place} of tonight now.`);
    });
}

function removeCommand({ output }: Session): Command {
  return new Command('remove')
    .description('Take a folder out of tonight; its frames and its progress stay')
    .argument('<folder>', 'one that nightshift queue list shows')
    .addOption(dataOption())
    .action(async (said: string, options: DataOptions) => {
      const { data = dataDirectory() } = options;
      const file = new QueueFile(data);
      const { batchId, folder } = await waitingAt(file, said, data, 'removed');
      await file.change((before) => batchTakenOut(before, batchId));
      output.note(`${printable(folder)} is not rendered tonight. Its frames stay where they are.`);
    });
}

/** The batch of tonight that a person means by its folder, which may be gone, or its name there. Throws `UsageError`. */
async function waitingAt(
  file: QueueFile,
  said: string,
  data: string,
  what: string,
): Promise<QueuedBatch> {
  const folder = await realpath(said).catch(() => resolve(said));
  const { batches } = await file.read();
  const inFolder = batches.filter((each) => each.folder === folder || each.batchId === said);
  const named = batches.filter((each) => basename(each.folder) === said);
  const found = inFolder.length > 0 ? inFolder : named;
  const [batch] = found;
  if (!batch) {
    throw new UsageError(
      `${printable(said)} is not in tonight. nightshift queue list shows what is.`,
    );
  }
  if (found.length > 1) {
    const ids = found.map(({ batchId }) => batchId).join(', ');
    throw new UsageError(
      `More than one of tonight is meant by ${printable(said)}. Say which: ${ids}.`,
    );
  }
  if ((await liveBatches(data)).includes(batch.batchId)) {
    throw new UsageError(
      `It is being rendered and can't be ${what}. nightshift follow ${printable(said)} --cancel cancels it.`,
    );
  }
  return batch;
}
