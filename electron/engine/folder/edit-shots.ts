import { createHash } from 'node:crypto';
import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import type { SettingKey, WrittenShot } from '../../../shared/shot-setup.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import type { FoundFile } from './discover.ts';
import { editShotFile, type SettingEdit, type SettingValue } from './edit-shot-file.ts';
import { jobIdOf } from './names.ts';
import { ShotError } from './shot-error.ts';
import { ShotFiles } from './shot-files.ts';
import { pathsOf, type SaidSettings, saidSettings } from './shot-setup.ts';
import {
  type Change,
  type Drafted,
  type EditedShots,
  EditRefused,
  mayLook,
  placedSentence,
  refusing,
  type Target,
  targetOf,
  tried,
  type Undo,
  writeTexts,
} from './shot-texts.ts';
import { readTree, shotIn } from './shot-tree.ts';
import { valueAt } from './tree.ts';

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
  return refusing(async () => {
    const targets = await targetsOf(shots);
    if (seenOf(targets) !== seen) {
      throw new EditRefused(
        `${targets.length === 1 ? basename(targets[0]?.file.path ?? '') : 'One of these files'} was changed since it was read here; nothing was written.`,
        'Look at what it says now, then change it again.',
        true,
      );
    }
    const changes = await changesOf(shots, targets, key, text);
    const { done, failed, undo } = await writeTexts(await tried(shots, changes, inField));
    return { written: done.map((one) => writtenShot(one, key)), failed, undo };
  });
}

function targetsOf({ batch, jobs }: EditedShots): Promise<readonly Target[]> {
  return sideBySide(jobs, (job) => targetOf(batch.folder, job));
}

function seenOf(targets: readonly Target[]): string {
  const texts = targets.map(({ file, text, isThere }) => [file.name, isThere ? text : null]);
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32);
}

/** What changes of the files. Throws a `ShotError`. */
async function changesOf(
  shots: EditedShots,
  targets: readonly Target[],
  key: SettingKey,
  text: string | null,
): Promise<readonly Change[]> {
  const { folder } = shots.batch;
  const said = await saidSettings(folder, shots.jobs, new ShotFiles(folder, mayLook(shots)));
  const isAnyOwn = said.some((one) => one[key].isOwn);
  const changes = await sideBySide(targets, (target, index): Change[] => {
    const { isOwn = false, text: now = null } = said[index]?.[key] ?? {};
    const clears = isAnyOwn ? isOwn : now !== null;
    if (text === null && !clears) return [];
    const value =
      text === null ? (isAnyOwn ? undefined : null) : typedValue(key, text, target.file);
    const edits = editsOf(target, key, value);
    const after = editShotFile(target.text, edits, target.file);
    const before = { target, text: target.text };
    return after === target.text && target.isThere
      ? []
      : [{ before, after: { target, text: after } }];
  });
  return changes.flat();
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
  const shot = shotIn(readTree(text, file).tree);
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

function writtenShot({ target, text }: Drafted, key: SettingKey): WrittenShot {
  const { jobId, file, isThere } = target;
  const nowId = isThere ? jobId : jobIdOf(file.name);
  return { jobId, nowId, file: file.name, made: !isThere, line: lineOf(key, text, file) };
}

function lineOf(key: SettingKey, text: string, file: FoundFile): number | null {
  const shot = shotIn(readTree(text, file).tree);
  const paths = [key.split('.'), ...pathsOf(key)];
  return paths.map((path) => shot && valueAt(shot, ...path)?.place.line).find(Boolean) ?? null;
}
