import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { durationText } from '../../../shared/duration-text.ts';
import { partialText } from '../../../shared/incident-text.ts';
import type { KeptNight } from '../../../shared/night-record.ts';
import { placePath } from '../../../shared/picked-files.ts';
import { printable } from '../../../shared/safe-text.ts';
import { titleOf } from '../../../shared/test-pass.ts';
import {
  BatchCheckpoint,
  type CheckpointSummary,
  dataDirectory,
  generateBatchReport,
  isBlendFile,
  keptNights,
  listCheckpoints,
  nightText,
  pickedFiles,
  readDetached,
  readResult,
  readWorkerUse,
} from '../../engine/index.ts';
import { UsageError } from '../exit-codes.ts';
import { dataOption, path } from '../option-values.ts';
import { type Session, textTable } from '../output.ts';
import { writeReportFile } from '../report-file.ts';

export function listCommand(session: Session): Command {
  return new Command('list')
    .description('Show the batches and their state, the newest first')
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  nightshift list')
    .action(async (options: { data?: string }) => {
      const batches = await listCheckpoints(options.data ?? dataDirectory(), { looks: true });
      if (batches.length === 0) session.output.note('There is no batch yet.');
      else session.output.line(textTable(TITLES, batches.map(row)));
    });
}

const TITLES = ['BATCH', 'STATE', 'FRAMES', 'FAILED SHOTS', 'LAST CHANGE', 'FOLDER'];

function row(batch: CheckpointSummary): readonly string[] {
  const { frames, jobs, lastAt } = batch;
  return [
    batch.id,
    stateOf(batch),
    `${frames.done} of ${frames.total}`,
    String(jobs.failed),
    lastAt === null ? '–' : new Date(lastAt).toLocaleString('sv-SE'),
    printable(
      batch.problem ??
        (batch.folder ? titleOf(placePath({ ...batch, folder: batch.folder }), batch.test) : '–'),
    ),
  ];
}

function stateOf({ live, outcome, problem, jobs }: CheckpointSummary): string {
  if (live) return 'rendering';
  if (outcome === null) return problem ? 'unreadable' : 'not rendered';
  return outcome === 'partial' ? partialText(jobs) : outcome;
}

export function clearCommand(session: Session): Command {
  return new Command('clear')
    .description('Forget the checkpoint of a batch; its frames stay')
    .argument('<batch>', 'its id, the beginning of it, or its shot folder')
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  nightshift clear shots')
    .action(async (said: string, options: { data?: string }) => {
      const batch = await findBatch(options.data ?? dataDirectory(), said);
      await new BatchCheckpoint(batch.directory).clear();
      session.output.note(
        `The checkpoint ${batch.id} is forgotten. The frames stay where they are.`,
      );
    });
}

export function reportCommand(session: Session): Command {
  return new Command('report')
    .description('Write the report of a batch, as Markdown or as one HTML page')
    .argument('[batch]', 'its id, the beginning of it, or its shot folder; the newest by default')
    .option(
      '-o, --output <file>',
      'write to this file, with a folder of pictures beside it, or with the pictures inside where it ends in .html; the text alone on standard output by default',
      path,
    )
    .option('--nights', 'list the nights of the batch, each of which keeps its report')
    .option('--night <night>', 'the report of one of them, as --nights names it, as text')
    .addOption(dataOption())
    .addHelpText(
      'after',
      '\nExamples:\n  nightshift report shots -o night.md   # and night-pictures/\n  nightshift report shots -o night.html # one page to send\n  nightshift report shots --nights      # also where the folder is gone: by the id of the batch',
    )
    .action(async (said: string | undefined, options: ReportOptions) => {
      const batch = await findBatch(options.data ?? dataDirectory(), said ?? null);
      if (options.nights) return listNights(batch, session);
      if (options.night !== undefined) return tellNight(batch, options.night, session);
      if (batch.problem) throw new UsageError(batch.problem);
      const result = await readResult(batch.directory);
      if (!options.output) {
        const use = await readWorkerUse(batch.directory).catch(() => null);
        return session.output.line(generateBatchReport(result, null, use).trimEnd());
      }
      await writeReportFile(options.output, result, batch.directory).catch((error: Error) => {
        throw new UsageError(`The report can't be written to ${options.output}: ${error.message}.`);
      });
      session.output.note(`The report is ${options.output}.`);
    });
}

interface ReportOptions {
  readonly output?: string;
  readonly data?: string;
  readonly nights?: boolean;
  readonly night?: string;
}

async function listNights({ directory }: CheckpointSummary, { output }: Session): Promise<void> {
  const nights = await keptNights(directory);
  if (nights.length === 0) output.note('No night of this batch is kept yet.');
  else
    output.line(textTable(['NIGHT', 'BEGAN', 'STATE', 'RENDERED', 'TOOK'], nights.map(nightRow)));
}

function nightRow({ id, startedAt, outcome, frames, seconds }: KeptNight): readonly string[] {
  const began = new Date(startedAt).toLocaleString('sv-SE');
  return [id, began, outcome, framesText(frames.rendered), durationText(seconds)];
}

function framesText(count: number): string {
  return count === 1 ? '1 frame' : `${count} frames`;
}

async function tellNight({ directory }: CheckpointSummary, said: string, { output }: Session) {
  const nights = await keptNights(directory);
  const [night, ...others] = nights.filter(({ id }) => id.startsWith(said));
  if (!night || others.length > 0) {
    throw new UsageError(
      `“${said}” is no night of this batch. nightshift report --nights lists them.`,
    );
  }
  output.line((await nightText(directory, night.id)).trimEnd());
}

/**
 * The batch that a person means by an id, the beginning of one, or its shot folder; the newest one
 * where nothing is said. Throws `UsageError` where it is none or several.
 * @param output where its frames go, of a folder that has several; `null`: the newest
 */
export async function findBatch(
  data: string,
  said: string | null,
  output: string | null = null,
): Promise<CheckpointSummary> {
  const all = await listCheckpoints(data);
  const newest = all[0];
  if (!newest) throw new UsageError('There is no batch yet. Render a folder first.');
  if (said === null) return newest;
  const exact = all.find(({ id }) => id === said);
  if (exact) return exact;
  const [file] = (await isBlendFile(said)) ? await pickedFiles([said]) : [];
  const folder = file?.folder ?? (await realpath(said).catch(() => resolve(said)));
  // Several outputs of one folder are several batches; the newest is meant.
  const named = file && all.filter(({ files }) => isDeepStrictEqual(files, file.files));
  const inFolder = await batchIn(named ?? all, folder, output);
  if (inFolder) return inFolder;
  const starting = said === '' ? [] : all.filter(({ id }) => id.startsWith(said));
  if (starting.length === 1 && starting[0]) return starting[0];
  if (starting.length > 1) {
    const ids = starting.map(({ id }) => id).join(', ');
    throw new UsageError(`More than one batch begins with ${said}: ${ids}. Say more of its id.`);
  }
  throw new UsageError(`No batch is called ${said}. nightshift list shows them all.`);
}

/** The newest batch of a shot folder, the finals before test passes: one that waits to be rendered for the first time, or one that was. */
async function batchIn(
  all: readonly CheckpointSummary[],
  folder: string,
  output: string | null,
): Promise<CheckpointSummary | undefined> {
  const isIt = (place: { folder: string | null; outputRoot: string | null } | null) =>
    place?.folder === folder && (output === null || place.outputRoot === output);
  for (const batch of all) {
    if (batch.folder === null && isIt(await readDetached(batch.directory))) return batch;
  }
  // Who names the folder means its finals, all of them; others are named by their id, their file, or where their frames go.
  const found = all.filter(isIt);
  return (
    found.find(({ test, files }) => !test && !files) ?? found.find(({ test }) => !test) ?? found[0]
  );
}
