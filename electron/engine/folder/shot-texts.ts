import { lstat, readFile, realpath, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import type { Batch } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { writeAtomically } from '../lib/atomic-file.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import type { FoundFile } from './discover.ts';
import { FileLooks } from './file-cache.ts';
import { safeName, stemOf } from './names.ts';
import type { Draft } from './read-shots.ts';
import { readText, whole } from './read-text.ts';
import { isStrange } from './servers.ts';
import { builtConfig, type Shared } from './shot-config.ts';
import { type Flaw, flawed, ShotError } from './shot-error.ts';
import { ShotFiles } from './shot-files.ts';
import { FrameLists } from './shot-schema.ts';
import { draftsOf, fileBeside, foundFile } from './shot-setup.ts';
import { validated } from './validate.ts';

/** The shots whose files are looked at or changed. */
export interface EditedShots {
  readonly batch: Pick<Batch, 'folder' | 'outputRoot'>;
  readonly jobs: readonly Pick<BatchJob, 'id' | 'name' | 'shotFile'>[];
  /** Else no path to a computer of the network is looked at that is not the folder's own. */
  readonly trusted: boolean;
}

/** What a change has written into one file. */
export interface Undo {
  /** Absolute. */
  readonly file: string;
  /** `null`: it was not there. */
  readonly before: string | null;
  readonly after: string;
}

/** A change that nothing was written for: a sentence, and what to do. */
export class EditRefused extends Error {
  override readonly name = 'EditRefused';

  constructor(
    message: string,
    readonly nextStep: string | null,
    /** Someone else has written to the files meanwhile. */
    readonly isStale = false,
  ) {
    super(message);
  }
}

/** A flaw with the file that has it, if its sentence does not name it. */
export function placedSentence({ flaws: [{ place, message }] }: ShotError): string {
  const { file, line } = place;
  if (message.includes(basename(file.path))) return message;
  return `${file.name}${line === null ? '' : `, line ${line}`}: ${message}`;
}

/** A shot file that is written: one that is there, or a new one. */
export interface Target {
  readonly jobId: string;
  readonly file: FoundFile;
  /** As it is now; what it begins with, where it is still to be made. */
  readonly text: string;
  readonly isThere: boolean;
  /** Bytes before the text that say it is UTF-8. */
  readonly mark: string;
}

const BYTE_ORDER_MARK = '\uFEFF';

/** The file of a shot as it is; of a bare .blend the one beside it, which is still to be made. Throws a `ShotError`. */
export function targetOf(folder: string, job: EditedShots['jobs'][number]): Promise<Target> {
  const found = foundFile(folder, job.shotFile);
  return found.kind === 'blend' ? besideBlend(folder, job) : existing(job.id, found);
}

async function existing(jobId: string, file: FoundFile): Promise<Target> {
  const text = await readText(file);
  const [first, second] = await readFile(file.path);
  const mark = first === 0xef && second === 0xbb ? BYTE_ORDER_MARK : '';
  return { jobId, file, text, isThere: true, mark };
}

async function besideBlend(
  folder: string,
  { id, name, shotFile }: EditedShots['jobs'][number],
): Promise<Target> {
  const file = foundFile(folder, fileBeside(shotFile));
  const stem = stemOf(shotFile);
  for (const taken of [file.path, file.path.replace(/\.yaml$/, '.yml')]) {
    if (!(await lstat(taken).catch(() => null))) continue;
    const message = `${basename(taken)} is there already, so no shot file can be made beside ${basename(shotFile)}: rename one of the two.`;
    throw flawed(whole({ path: taken, name: basename(taken) }), message);
  }
  // With its name the place of its frames would change, and with that of others.
  const folders = shotFile.split('/').slice(0, -1);
  if (name !== safeName(stem) && name !== safeName([...folders, stem].join('_'))) {
    const message = `Several shots are called ${stem}, so no shot file can be made beside ${basename(shotFile)} without changing where their frames go: rename one of them.`;
    throw flawed(whole(foundFile(folder, shotFile)), message);
  }
  const text = `${MADE}${stringify({ blend: basename(shotFile) }, { lineWidth: 0 })}`;
  return { jobId: id, file, text, isThere: false, mark: '' };
}

const MADE = '# Made by Nightshift. What is said here goes before what the scene has saved.\n';

/** A file with the text that it is to have. */
export interface Drafted {
  readonly target: Target;
  readonly text: string;
}

/** What is to become of a file, and what it comes from. */
export interface Change {
  readonly before: Drafted;
  readonly after: Drafted;
}

/**
 * Tries changes before one is written: read as they will be, no file has a flaw that the one that it comes from has not, and
 * none is protected. Resolves with what is to be written; throws an `EditRefused`.
 * @param words of a flaw
 */
export async function tried(
  shots: EditedShots,
  changes: readonly Change[],
  words: (message: string, file: FoundFile) => string,
): Promise<readonly Drafted[]> {
  const before = changes.map((one) => one.before);
  const after = changes.map((one) => one.after);
  await refuseFlaws(shots, before, after, words);
  for (const { target } of after) await refuseProtected(target);
  return after;
}

/** Does what a flaw of a file refuses, in the words of the flaw. */
export async function refusing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ShotError) throw new EditRefused(placedSentence(error), null);
    throw error;
  }
}

async function refuseFlaws(
  shots: EditedShots,
  before: readonly Drafted[],
  after: readonly Drafted[],
  words: (message: string, file: FoundFile) => string,
): Promise<void> {
  const had = await flawsOf(shots, before);
  const have = await flawsOf(shots, after);
  for (const [index, { target }] of after.entries()) {
    const was = had.get(before[index]?.target.file.path ?? '');
    const is = have.get(target.file.path);
    // What only shows now that it can be read at all was there before.
    if (!is || (was?.stage === 'values' && is.stage === 'files')) continue;
    const fresh = is.flaws.find(
      ({ message }) => !was?.flaws.some((known) => known.message === message),
    );
    if (fresh) throw new EditRefused(words(fresh.message, target.file), null);
  }
}

/** How far a shot comes before something is wrong with it. */
interface Flawed {
  readonly stage: 'values' | 'files';
  readonly flaws: readonly Flaw[];
}

async function flawsOf(
  shots: EditedShots,
  drafted: readonly Drafted[],
): Promise<ReadonlyMap<string, Flawed>> {
  const { folder } = shots.batch;
  const texts = new Map(drafted.map(({ target, text }) => [target.file.path, text]));
  const files = new ShotFiles(folder, mayLook(shots), texts);
  const found = drafted.map(({ target }) => target.file);
  const drafts = await draftsOf(folder, found, files);
  const shared = { looks: new FileLooks(), lists: new FrameLists(), mayLook: mayLook(shots) };
  const flaws = await sideBySide(found, async (file) => {
    const draft = drafts.get(file.path);
    return [
      file.path,
      draft ? await flawsIn(draft, shots.batch.outputRoot, shared) : NO_SHOT,
    ] as const;
  });
  return new Map(flaws.flatMap(([path, each]) => (each ? [[path, each] as const] : [])));
}

/** It has no keys of a shot, or is there to be extended only. */
const NO_SHOT: Flawed | null = null;

async function flawsIn(
  { tree, error, file }: Draft,
  outputRoot: string,
  shared: Shared,
): Promise<Flawed | null> {
  if (tree === null) return { stage: 'values', flaws: error?.flaws ?? [] };
  let stage: Flawed['stage'] = 'values';
  try {
    const values = validated(tree);
    stage = 'files';
    const name = stemOf(file.name);
    await builtConfig(
      tree,
      values,
      name,
      { directory: join(outputRoot, name), allowed: [] },
      shared,
    );
    return null;
  } catch (cause) {
    if (cause instanceof ShotError) return { stage, flaws: cause.flaws };
    throw cause;
  }
}

// ---- The disk

/** See `Shared`. */
export function mayLook({ batch, trusted }: EditedShots): Shared['mayLook'] {
  const { folder, outputRoot } = batch;
  return (path) => trusted || !isStrange(path, [folder, outputRoot]);
}

/** A file that somebody has protected is not written over, which a rename would do. */
async function refuseProtected({ file, isThere }: Target): Promise<void> {
  if (!isThere) return;
  const { mode } = await stat(file.path);
  if ((mode & 0o222) !== 0) return;
  throw new EditRefused(
    `${basename(file.path)} is write-protected; nothing was written.`,
    'Make it writable, or check it out, and change it again.',
  );
}

/** What came of writing some files. */
export interface WrittenTexts {
  readonly done: readonly Drafted[];
  /** Why it went no further; `null`: all were written. */
  readonly failed: string | null;
  /** What takes all of it back. */
  readonly undo: readonly Undo[];
}

/** Writes files whole or not at all. Throws what is no matter of the disk. */
export async function writeTexts(drafted: readonly Drafted[]): Promise<WrittenTexts> {
  let failed: string | null = null;
  const write = async (one: Drafted) => {
    const { file, isThere, mark, text: now } = one.target;
    const after = mark + one.text;
    if (failed !== null) return [];
    try {
      await (isThere ? replaced(file.path, after) : writeAtomically(file.path, after));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : null;
      if (code === null) throw error;
      failed ??= `${file.name} could not be written: ${whyNotWritten(code)}.`;
      return [];
    }
    return [{ one, undo: { file: file.path, before: isThere ? mark + now : null, after } }];
  };
  // Each waits for the disk, which takes several in one go.
  const all = (await sideBySide(drafted, write, FILES_AT_ONCE)).flat();
  return { done: all.map(({ one }) => one), failed, undo: all.map(({ undo }) => undo) };
}

/** Files that are written side by side. */
const FILES_AT_ONCE = 16;

/** Whole or not at all; a link stays one, and who may read and write stays so. */
async function replaced(file: string, text: string): Promise<void> {
  const place = await realpath(file);
  await writeAtomically(place, text, (await stat(place)).mode & 0o777);
}

function whyNotWritten(code: string): string {
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return 'you may not write there';
  if (['ENOSPC', 'EDQUOT'].includes(code)) return 'there is no room on its disk';
  return `the system says ${code}`;
}

/**
 * Takes a change back where nobody has written since. Resolves with the files in which somebody has, which stay as they are.
 * Throws what the disk says.
 */
export async function undoEdit(changes: readonly Undo[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { file, before, after } of changes) {
    const now = await readFile(file, 'utf8').catch(() => null);
    if (now !== after) left.push(basename(file));
    else if (before === null) await rm(file);
    else await replaced(file, before);
  }
  return left;
}
