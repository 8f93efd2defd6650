import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import type { Batch } from '../../shared/batch.ts';
import type { LeftOut, LeftOutShot } from '../../shared/shot.ts';
import type { TestPass } from '../../shared/test-pass.ts';
import {
  createBatchFromDirectory,
  dataDirectory,
  doneInFolder,
  folderChoices,
  isBlendFile,
  pickedFiles,
} from '../engine/index.ts';
import { UsageError } from './exit-codes.ts';

/** What a command says of which shots of a folder it is about. */
interface ReadOptions {
  /** Where the finals go. */
  readonly output?: string | null;
  readonly test?: TestPass | undefined;
  readonly files?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly trust?: boolean;
  /** Not the newest version of each shot alone. */
  readonly allVersions?: boolean;
  readonly data?: string;
}

/**
 * Reads the shots of a folder, as the artist has chosen them in the app; those that `only` names are among them in any
 * case. Throws `UsageError` where the folder can't be read.
 */
export async function readShots(
  folder: string,
  {
    output = null,
    test,
    files,
    only = [],
    trust,
    allVersions = false,
    data = dataDirectory(),
  }: ReadOptions,
): Promise<Batch> {
  const options = {
    output,
    test,
    files,
    isTrusted: (root: string) => isTrusted(root, trust),
    choices: async (root: string) => {
      const chosen = await folderChoices(data, root);
      return allVersions ? { ...chosen, allVersions } : chosen;
    },
    asked: only,
  };
  const batch = await createBatchFromDirectory(folder, options).catch((error: Error) => {
    throw new UsageError(error.message, { cause: error });
  });
  const rendered = await doneInFolder(data, batch);
  return rendered.length > 0 ? { ...batch, problems: [...batch.problems, ...rendered] } : batch;
}

/** What a command is about: a folder, or some .blend files of one. */
export interface SaidShots {
  readonly folder: string;
  /** Relative to the folder; not there: all of it. */
  readonly files?: readonly string[];
}

/** What the words of a command line mean: one folder, or .blend files as a batch of just these. Throws `UsageError`. */
export async function saidShots(said: readonly string[]): Promise<SaidShots> {
  const [first = ''] = said;
  const isBlend = await Promise.all(said.map(isBlendFile));
  if (said.length === 1 && !isBlend[0]) return { folder: first };
  const other = said.find((_, index) => !isBlend[index]);
  if (other !== undefined) {
    throw new UsageError(
      `${other} is no .blend file that is there: give one folder, or .blend files alone.`,
    );
  }
  const [batch, ...more] = await pickedFiles(said);
  if (batch && more.length === 0) return batch;
  throw new UsageError('These files have no folder in common: render them one after another.');
}

/** Why a shot is not in the batch: `sh0040_v018.blend is left out: sh0040_v019.blend is newer.` */
export function leftOutLine({ file, reason, newer }: LeftOutShot, framesDone: number): string {
  const why = {
    'older-version': `${newer} is newer`,
    backup: 'it lies in a folder of backups',
    autosave: 'Blender saved it by itself',
    'by-hand': 'by hand, in the app',
  }[reason];
  const kept =
    framesDone === 1 ? 'The frame of it that is' : `The ${framesDone} frames of it that are`;
  const more = framesDone > 0 ? ` ${kept} done ${framesDone === 1 ? 'stays' : 'stay'}.` : '';
  return `${file} is left out: ${why}.${more}`;
}

/** What is not in the batch, in one line; `null`: there is nothing. */
export function leftOutSummary({ shots, blendBackups }: LeftOut): string | null {
  const of = (one: string, many: string, ...reasons: readonly LeftOutShot['reason'][]) => {
    const number = shots.filter(({ reason }) => reasons.includes(reason)).length;
    return number > 0 ? [`${number} ${number === 1 ? one : many}`] : [];
  };
  const parts = [
    ...of('older version', 'older versions', 'older-version'),
    ...of('backup', 'backups', 'backup', 'autosave'),
    ...of('shot by hand', 'shots by hand', 'by-hand'),
  ];
  if (blendBackups > 0) parts.push(`${blendBackups} of Blender's own backups (.blend1)`);
  return parts.length > 0 ? `Left out: ${parts.join(', ')}.` : null;
}

/** The batch with some of its shots only, and what was found wrong with these. */
export function onlyShots(batch: Batch, names: readonly string[] | undefined): Batch {
  if (!names) return batch;
  for (const name of names) {
    if (!batch.jobs.some((job) => job.name === name))
      throw new UsageError(unknownShot(batch, name));
  }
  const jobs = batch.jobs.filter((job) => names.includes(job.name));
  const ids = new Set(jobs.map(({ id }) => id));
  const problems = batch.problems.filter(({ jobId }) => jobId === null || ids.has(jobId));
  const others = batch.jobs.filter(({ id, shotConfig }) => !ids.has(id) && shotConfig !== null);
  return { ...batch, jobs, problems, partial: true, others };
}

/** Said where shots of a folder are not in the batch; `null`: all are. */
export function leftOutNote({ leftOut }: Batch): string | null {
  if (!leftOut || leftOut.shots.length === 0) return null;
  return `${leftOutSummary(leftOut)} nightshift check says which.`;
}

function unknownShot(batch: Batch, name: string): string {
  const names = batch.jobs.map((job) => job.name);
  if (names.length === 0) return `There is no shot ${name}: the folder has no shots.`;
  return `There is no shot ${name} in this folder. Did you mean ${closest(name, names)}?`;
}

/** Two folders below the root of the project, from the source as from the build, and parts of the app's build three. */
const HERE = import.meta.dirname;
const ROOT = join(HERE, basename(HERE) === 'chunks' ? '../../..' : '../..');
const OWN_SAMPLES = join(ROOT, 'assets/sample-shots');

/**
 * Whether scripts of this folder may run: it was said so, or it is the sample shots that came with
 * this very Nightshift, which are as trustworthy as its own code.
 */
export async function isTrusted(folder: string, said: boolean | undefined): Promise<boolean> {
  if (said === true) return true;
  const [given, own] = await Promise.all([folder, OWN_SAMPLES].map(real));
  return given !== null && given === own;
}

function real(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}
