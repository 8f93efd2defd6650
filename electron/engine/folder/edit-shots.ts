import { createHash } from 'node:crypto';
import { lstat, readFile, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { stringify } from 'yaml';
import type { Batch } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { SettingKey, WrittenShot } from '../../../shared/shot-setup.ts';
import { writeAtomically } from '../lib/atomic-file.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import type { FoundFile } from './discover.ts';
import { editShotFile, type SettingEdit, type SettingValue } from './edit-shot-file.ts';
import { FileLooks } from './file-cache.ts';
import { jobIdOf, safeName, stemOf } from './names.ts';
import type { Draft } from './read-shots.ts';
import { readText, whole } from './read-text.ts';
import { isStrange } from './servers.ts';
import { builtConfig, type Shared } from './shot-config.ts';
import { type Flaw, flawed, ShotError } from './shot-error.ts';
import { ShotFiles } from './shot-files.ts';
import { FrameLists } from './shot-schema.ts';
import {
  draftsOf,
  fileBeside,
  foundFile,
  pathsOf,
  type SaidSettings,
  saidSettings,
} from './shot-setup.ts';
import { readTree } from './shot-tree.ts';
import { valueAt } from './tree.ts';
import { validated } from './validate.ts';

/** The shots whose settings are looked at or changed. */
export interface EditedShots {
  readonly batch: Pick<Batch, 'folder' | 'outputRoot'>;
  readonly jobs: readonly Pick<BatchJob, 'id' | 'name' | 'shotFile'>[];
  /** Else no path to a computer of the network is looked at that is not the folder's own. */
  readonly trusted: boolean;
}

/** What the files of some shots say now. */
export interface ReadSetups {
  /** In the order of the shots. */
  readonly said: readonly SaidSettings[];
  /** Stands for all of their texts. */
  readonly seen: string;
  /** Why they can't be changed; `null`: they can. */
  readonly problem: string | null;
}

/** What came of writing. */
export interface EditOutcome {
  readonly written: readonly WrittenShot[];
  /** Why it went no further; `null`: all were written. */
  readonly failed: string | null;
  /** What takes all of it back. */
  readonly undo: readonly Undo[];
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

/** What the files of some shots say of each setting that can be changed. */
export async function readSetups(shots: EditedShots): Promise<ReadSetups> {
  const { folder } = shots.batch;
  const files = new ShotFiles(folder, mayLook(shots));
  const said = await saidSettings(folder, shots.jobs, files);
  try {
    const targets = await targetsOf(shots);
    const read = await files.all();
    const texts = new Set(targets.map(({ file }) => file.path));
    const broken = read.find(({ file, error }) => error && texts.has(file.path))?.error;
    return { said, seen: seenOf(targets), problem: broken ? placedSentence(broken) : null };
  } catch (error) {
    if (!(error instanceof ShotError)) throw error;
    return { said, seen: '', problem: placedSentence(error) };
  }
}

/**
 * Says a setting in the files of some shots, and nothing else in them: all of the changes are tried before the first is written.
 * Throws an `EditRefused` where a value can't be, where a file can't be changed, or where it says something else than was seen.
 * @param text as an artist types it; `null` takes it out again, or what is inherited away
 * @param seen what `readSetups` has told
 */
export async function editShots(
  shots: EditedShots,
  key: SettingKey,
  text: string | null,
  seen: string,
): Promise<EditOutcome> {
  try {
    const targets = await targetsOf(shots);
    if (seenOf(targets) !== seen) {
      throw new EditRefused(
        `${targets.length === 1 ? named(targets) : 'One of these files'} was changed since it was read here; nothing was written.`,
        'Look at what it says now, then change it again.',
        true,
      );
    }
    const drafted = await draftedTexts(shots, targets, key, text);
    for (const { target } of drafted) await refuseProtected(target);
    return await written(drafted, key);
  } catch (error) {
    if (error instanceof ShotError) throw new EditRefused(placedSentence(error), null);
    throw error;
  }
}

/** A flaw with the file that has it, if its sentence does not name it. */
function placedSentence({ flaws: [{ place, message }] }: ShotError): string {
  const { file, line } = place;
  if (message.includes(basename(file.path))) return message;
  return `${file.name}${line === null ? '' : `, line ${line}`}: ${message}`;
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

/** A file that a setting of a shot is written to. */
interface Target {
  readonly jobId: string;
  readonly file: FoundFile;
  /** As it is now; what it begins with, where it is still to be made. */
  readonly text: string;
  readonly isThere: boolean;
  /** Bytes before the text that say it is UTF-8. */
  readonly mark: string;
}

const BYTE_ORDER_MARK = '\uFEFF';

function targetsOf({ batch, jobs }: EditedShots): Promise<readonly Target[]> {
  return sideBySide(jobs, async (job) => {
    const found = foundFile(batch.folder, job.shotFile);
    return found.kind === 'blend' ? besideBlend(batch.folder, job) : existing(job.id, found);
  });
}

async function existing(jobId: string, file: FoundFile): Promise<Target> {
  const text = await readText(file);
  const [first, second] = await readFile(file.path);
  const mark = first === 0xef && second === 0xbb ? BYTE_ORDER_MARK : '';
  return { jobId, file, text, isThere: true, mark };
}

/** The file of a bare .blend, which is still to be made. */
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

function seenOf(targets: readonly Target[]): string {
  const texts = targets.map(({ file, text, isThere }) => [file.name, isThere ? text : null]);
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32);
}

function named([target]: readonly Target[]): string {
  return basename(target?.file.path ?? '');
}

interface Drafted {
  readonly target: Target;
  readonly text: string;
}

/** The files as they are to be, tried in the way in which they will be read. Throws a `ShotError`. */
async function draftedTexts(
  shots: EditedShots,
  targets: readonly Target[],
  key: SettingKey,
  text: string | null,
): Promise<readonly Drafted[]> {
  const { folder } = shots.batch;
  const said = await saidSettings(folder, shots.jobs, new ShotFiles(folder, mayLook(shots)));
  const isAnyOwn = said.some((one) => one[key].isOwn);
  const attempts = await sideBySide(targets, (target, index): Drafted[] => {
    const { isOwn = false, text: now = null } = said[index]?.[key] ?? {};
    const clears = isAnyOwn ? isOwn : now !== null;
    if (text === null && !clears) return [];
    const value =
      text === null ? (isAnyOwn ? undefined : null) : typedValue(key, text, target.file);
    const edits = editsOf(target, key, value);
    const after = editShotFile(target.text, edits, target.file);
    return after === target.text && target.isThere ? [] : [{ target, text: after }];
  });
  const drafted = attempts.flat();
  const before = await flawsOf(
    shots,
    targets.map((target) => ({ target, text: target.text })),
  );
  const after = await flawsOf(shots, drafted);
  for (const { target } of drafted) {
    const [was, is] = [before.get(target.file.path), after.get(target.file.path)];
    // What only shows now that it can be read at all was there before.
    if (!is || (was?.stage === 'values' && is.stage === 'files')) continue;
    const fresh = is.flaws.find(
      ({ message }) => !was?.flaws.some((known) => known.message === message),
    );
    if (fresh) throw new EditRefused(inField(fresh.message), null);
  }
  return drafted;
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

/** The field that says it has its name already. */
function inField(message: string): string {
  const bare = message.replace(/^`[\w.]+`: (?=expected )/, '');
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

/** A resolution stands in the keys in which the file has it already, and else in one. */
function editsOf(
  { text, file }: Target,
  key: SettingKey,
  value: SettingValue | undefined,
): readonly SettingEdit[] {
  const [first = [], ...more] = pathsOf(key);
  if (more.length === 0) return [{ path: first, value }];
  const both: SettingEdit = { path: ['render', 'resolution'], value };
  const sides = [first, ...more].map((path, index) => {
    const side = Array.isArray(value) ? value[index] : value;
    return { path, value: side as SettingValue | undefined };
  });
  // What the base says in two keys is taken away in two keys.
  if (value === null) return sides;
  if (value !== undefined && !Array.isArray(value)) return [both];
  const own = keysUnder('render', text, file);
  const pair = own.includes('resolution') ? [both] : [];
  const single = sides.filter(({ path }) => own.includes(path.at(-1) as string));
  if (value === undefined || pair.length > 0) return [...pair, ...single];
  return single.length > 0 ? sides : [both];
}

function keysUnder(section: string, text: string, file: FoundFile): readonly string[] {
  const { tree } = readTree(text, file);
  const shot = (tree && valueAt(tree, 'shot')) ?? tree;
  const found = shot && valueAt(shot, section);
  return found?.kind === 'map' ? [...found.entries.keys()] : [];
}

/** What an artist has typed, as a shot file says it. What it can't be is left to the schema to refuse. */
function typedValue(key: SettingKey, typed: string, file: FoundFile): SettingValue {
  const text = typed.trim();
  switch (key) {
    case 'render.resolution': {
      const [, width, height] = /^\[?\s*(\d+)\s*[x×*, ]\s*(\d+)\s*\]?$/iu.exec(text) ?? [];
      return width && height ? [Number(width), Number(height)] : text;
    }
    case 'render.percentage':
      return numberOr(text.replace(/\s*%$/, ''));
    case 'render.denoise':
      return text === 'true' || (text === 'false' ? false : text);
    case 'frames':
      return /^-?\d+$/.test(text) ? Number(text) : text;
    case 'render.samples':
    case 'output.color_depth':
    case 'retries':
    case 'timeout':
    case 'frame_timeout':
      return numberOr(text);
    case 'view_layers':
      return text.split(',').flatMap((name) => name.trim() || []);
    case 'output.path':
      return nearPath(text, file);
    default:
      return text;
  }
}

function numberOr(text: string): string | number {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

/** A folder that was chosen in a dialog, as a shot file names it: from where it is, if both are of one folder. */
function nearPath(text: string, { path, name }: FoundFile): string {
  if (!isAbsolute(text)) return text;
  const folder = path.slice(0, path.length - name.length - 1);
  const isInside = text === folder || text.startsWith(folder + sep);
  if (!isInside) return text;
  return relative(dirname(path), text).split(sep).join('/') || '.';
}

// ---- The disk

function mayLook({ batch, trusted }: EditedShots): Shared['mayLook'] {
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

async function written(drafted: readonly Drafted[], key: SettingKey): Promise<EditOutcome> {
  let failed: string | null = null;
  const write = async ({ target, text }: Drafted) => {
    const { file, isThere, mark } = target;
    if (failed !== null) return [];
    try {
      await (isThere ? replaced(file.path, mark + text) : writeAtomically(file.path, mark + text));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : null;
      if (code === null) throw error;
      failed ??= `${file.name} could not be written: ${whyNotWritten(code)}.`;
      return [];
    }
    const done: WrittenShot = {
      jobId: target.jobId,
      nowId: isThere ? target.jobId : jobIdOf(file.name),
      file: file.name,
      made: !isThere,
      line: lineOf(key, text, file),
    };
    const undo = {
      file: file.path,
      before: isThere ? mark + target.text : null,
      after: mark + text,
    };
    return [{ done, undo }];
  };
  // Each waits for the disk, which takes several in one go.
  const all = (await sideBySide(drafted, write, FILES_AT_ONCE)).flat();
  return { written: all.map(({ done }) => done), failed, undo: all.map(({ undo }) => undo) };
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

function lineOf(key: SettingKey, text: string, file: FoundFile): number | null {
  const { tree } = readTree(text, file);
  const shot = (tree && valueAt(tree, 'shot')) ?? tree;
  const paths = [key.split('.'), ...pathsOf(key)];
  return paths.map((path) => shot && valueAt(shot, ...path)?.place.line).find(Boolean) ?? null;
}
