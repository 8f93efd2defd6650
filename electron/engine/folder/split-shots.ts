import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Batch } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { FileParts } from '../../../shared/more-shots.ts';
import { editShotFile, type SettingEdit } from './edit-shot-file.ts';
import { shotFileOf } from './more-shots.ts';
import { folded, jobIdOf, stemOf } from './names.ts';
import { isDefaults } from './read-shots.ts';
import { whole } from './read-text.ts';
import { flawed, type ShotError } from './shot-error.ts';
import { foundFile } from './shot-setup.ts';
import {
  type Drafted,
  type EditedShots,
  refusing,
  type Target,
  targetOf,
  tried,
  type Undo,
  writeTexts,
} from './shot-texts.ts';
import { readTree, shotIn } from './shot-tree.ts';
import { valueAt } from './tree.ts';

/** A shot, and what of its .blend gets shots. */
export interface SplitShot {
  readonly job: Pick<BatchJob, 'id' | 'name' | 'shotFile'>;
  readonly parts: FileParts;
}

/** What is known of the batch whose shots are split. */
interface SplitBatch extends Omit<EditedShots, 'jobs' | 'batch'> {
  readonly batch: Pick<Batch, 'folder' | 'outputRoot' | 'leftOut'> & {
    readonly jobs: readonly Pick<BatchJob, 'name'>[];
  };
}

/** What came of it. */
export interface SplitOutcome {
  readonly written: readonly SplitFile[];
  /** Why it went no further; `null`: all were written. */
  readonly failed: string | null;
  /** What takes all of it back. */
  readonly undo: readonly Undo[];
}

/** A shot file that was written. */
export interface SplitFile {
  /** The shot that it comes from. */
  readonly jobId: string;
  /** It is the file of that shot itself. */
  readonly isOwn: boolean;
  /** Its shot, once its folder is read anew. */
  readonly nowId: string;
  /** Relative to the shot folder, with `/`. */
  readonly file: string;
  readonly made: boolean;
}

/**
 * Makes shot files for the scenes of a .blend that have none, or for the cameras of its markers. The shot that is there keeps its
 * name, its frames and its settings, and says from now on which scene it renders, or that it is of the first camera; the others
 * are called after it and say what it says. Nothing that is there is written over but the shot's own file, and all is tried
 * before the first is written. Throws an `EditRefused` where a file can't be made.
 */
export async function splitShots(
  { batch, trusted }: SplitBatch,
  wanted: readonly SplitShot[],
): Promise<SplitOutcome> {
  const shots: EditedShots = { batch, trusted, jobs: wanted.map(({ job }) => job) };
  const taken = new Set([...batch.jobs, ...(batch.leftOut?.shots ?? [])].map(nameOf));
  return refusing(async () => {
    const drafts: Draft[] = [];
    for (const { job, parts } of wanted) {
      const target = await targetOf(batch.folder, job);
      if (isDefaults(target.file, batch.folder)) throw called(target);
      for (const name of await readdir(dirname(target.file.path))) taken.add(folded(stemOf(name)));
      drafts.push(...draftsOf(batch.folder, target, parts, taken));
    }
    const changes = drafts.map(({ source, drafted }) => {
      return { before: { target: source, text: source.text }, after: drafted };
    });
    await tried(shots, changes, (flaw, { name }) => `${name}: ${flaw}`);
    return written(drafts);
  });
}

function nameOf({ name }: { readonly name: string }): string {
  return folded(name);
}

function called({ file }: Target): ShotError {
  const message = `A file called ${basename(file.path)} would be for all shots of the folder: rename the .blend first.`;
  return flawed(whole(file), message);
}

/** A file that is to be written. */
interface Draft {
  readonly drafted: Drafted;
  /** Of the shot that it comes from. */
  readonly source: Target;
  readonly isOwn: boolean;
}

function draftsOf(
  folder: string,
  source: Target,
  { by, scene, parts }: FileParts,
  taken: Set<string>,
): readonly Draft[] {
  const offered = parts.filter(({ is }) => is === 'offered');
  // Whatever scene the file is saved with from now on.
  const pinned = set('scene', scene);
  const ofCamera = ({ name, frames }: (typeof parts)[number]) => [
    pinned,
    set('camera', name),
    set('frames', frames),
  ];
  const [first, ...rest] = offered;
  const isCameras = by === 'cameras' && first !== undefined;
  const own = edited(source, isCameras ? ofCamera(first) : [pinned]);
  const drafts: Draft[] = [{ drafted: { target: source, text: own }, source, isOwn: true }];
  for (const part of isCameras ? rest : offered) {
    const file = foundFile(folder, freeFile(source, part.name, taken));
    const edits = isCameras ? ofCamera(part) : [set('scene', part.name)];
    const text = edited(source, [...notForOthers(source, isCameras), ...edits]);
    const target: Target = { jobId: source.jobId, file, text, isThere: false, mark: source.mark };
    drafts.push({ drafted: { target, text }, source, isOwn: false });
  }
  return drafts;
}

function set(key: string, value: string | undefined): SettingEdit {
  const isNumber = key === 'frames' && value !== undefined && /^-?\d+$/.test(value);
  return { path: key.split('.'), value: isNumber ? Number(value) : value };
}

function edited({ text, file }: Target, edits: readonly SettingEdit[]): string {
  return editShotFile(text, edits, file);
}

/** What the shot's own file says of itself alone. */
function notForOthers({ text, file }: Target, isSameScene: boolean): readonly SettingEdit[] {
  const shot = shotIn(readTree(text, file).tree);
  const ofScene = isSameScene ? [] : ['frames', 'camera', 'view_layers'];
  const keys = ['name', 'output.name', ...ofScene];
  const said = keys.filter((key) => shot && valueAt(shot, ...key.split('.')) !== null);
  return said.map((key) => set(key, undefined));
}

/** A file beside another one that no other file is called like, also where case does not count, nor a shot. */
function freeFile({ file }: Target, name: string, taken: Set<string>): string {
  const wish = shotFileOf(file.name, name);
  const folder = wish.slice(0, wish.lastIndexOf('/') + 1);
  for (let number = 1; ; number += 1) {
    const stem = numbered(stemOf(wish), number);
    if (taken.has(folded(stem))) continue;
    taken.add(folded(stem));
    return `${folder}${stem}.yaml`;
  }
}

/** As `safeName` has it. */
const MOST_BYTES = 180;

function numbered(stem: string, number: number): string {
  if (number === 1) return stem;
  const end = `_${number}`;
  let letters = [...stem];
  while (Buffer.byteLength(letters.join('')) + end.length > MOST_BYTES)
    letters = letters.slice(0, -1);
  return letters.join('') + end;
}

/** The shot's own file comes first: a .blend that another file names, and not its own, would be no shot any more. */
async function written(drafts: readonly Draft[]): Promise<SplitOutcome> {
  const isChanged = ({ drafted: { target, text } }: Draft) =>
    !target.isThere || text !== target.text;
  const changed = drafts.filter(isChanged);
  const write = (which: boolean) =>
    writeTexts(changed.flatMap(({ isOwn, drafted }) => (isOwn === which ? [drafted] : [])));
  const own = await write(true);
  const more = own.failed === null ? await write(false) : { done: [], failed: null, undo: [] };
  const done = new Set([...own.done, ...more.done]);
  const files = changed.flatMap(({ drafted, source: { jobId }, isOwn }): SplitFile[] => {
    if (!done.has(drafted)) return [];
    const { file, isThere } = drafted.target;
    const nowId = isThere ? jobId : jobIdOf(file.name);
    return [{ jobId, isOwn, nowId, file: file.name, made: !isThere }];
  });
  return { written: files, failed: own.failed ?? more.failed, undo: [...own.undo, ...more.undo] };
}
