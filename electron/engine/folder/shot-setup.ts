import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { formatFrames, parseFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { SettingPlace } from '../../../shared/shot.ts';
import { SETTING_KEYS, type SettingKey } from '../../../shared/shot-setup.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import type { FoundFile } from './discover.ts';
import { type Draft, isDefaults, readDrafts } from './read-shots.ts';
import type { ShotFiles } from './shot-files.ts';
import { type MapTree, plain, type Tree, textOf, valueAt } from './tree.ts';
import { words } from './validate.ts';

/** What the files of one shot say of a setting. */
export interface SaidSetting {
  /** As an artist types it; `null`: nothing. */
  readonly text: string | null;
  readonly place: SettingPlace | null;
  /** The shot's own file speaks of it, if only to say `null`. */
  readonly isOwn: boolean;
}

export type SaidSettings = Readonly<Record<SettingKey, SaidSetting>>;

/** What the files of some shots say, in the same order. */
export async function saidSettings(
  folder: string,
  shots: readonly Pick<BatchJob, 'shotFile'>[],
  files: ShotFiles,
): Promise<readonly SaidSettings[]> {
  const found = shots.map(({ shotFile }) => foundFile(folder, shotFile));
  const drafts = await draftsOf(folder, found, files);
  return sideBySide(found, async (file) => {
    const tree = drafts.get(file.path)?.tree ?? null;
    const own = file.kind === 'yaml' ? (await files.read(file.path)).own : null;
    const said = SETTING_KEYS.map((key) => [key, saidSetting(tree, own, key)] as const);
    return Object.fromEntries(said) as unknown as SaidSettings;
  });
}

/** Some files on their way to jobs, over the defaults of their folder, by their paths. */
export async function draftsOf(
  folder: string,
  found: readonly FoundFile[],
  files: ShotFiles,
): Promise<ReadonlyMap<string, Draft>> {
  const names = (await readdir(folder)).map((name) => foundFile(folder, name));
  const defaults = names.filter((file) => isDefaults(file, folder)).slice(0, 1);
  const { shots } = await readDrafts([...defaults, ...found], files, folder);
  return new Map(shots.map((draft) => [draft.file.path, draft]));
}

/** @param name relative to the folder, with `/` */
export function foundFile(folder: string, name: string): FoundFile {
  const kind = /\.blend$/i.test(basename(name)) ? 'blend' : 'yaml';
  return { path: join(folder, name), name, kind };
}

/** The shot file that is made for a bare .blend: beside it, of the same name. */
export function fileBeside(shotFile: string): string {
  const folder = dirname(shotFile);
  const name = `${basename(shotFile).replace(/\.[^.]+$/, '')}.yaml`;
  return folder === '.' ? name : `${folder}/${name}`;
}

/** The keys that lead to a setting; a resolution has two. */
export function pathsOf(key: SettingKey): readonly (readonly string[])[] {
  if (key !== 'render.resolution') return [key.split('.')];
  return [
    ['render', 'resolution_x'],
    ['render', 'resolution_y'],
  ];
}

function saidSetting(tree: MapTree | null, own: MapTree | null, key: SettingKey): SaidSetting {
  const paths = pathsOf(key);
  const values = paths.map((path) => tree && valueAt(tree, ...path));
  const said = values.find((value) => value !== null) ?? null;
  const isOwn = own !== null && paths.some((path) => speaksOf(own, path));
  if (said === null) return { text: null, place: null, isOwn };
  const texts = values.map((value) => (value === null ? '–' : textAs(key, value)));
  const { file, line } = said.place;
  return { text: texts.join(' × '), place: { file: file.name, line }, isOwn };
}

function speaksOf(tree: MapTree, [key = '', ...rest]: readonly string[]): boolean {
  const value = tree.entries.get(key)?.value;
  if (value === undefined) return false;
  return rest.length === 0 || (value.kind === 'map' && speaksOf(value, rest));
}

function textAs(key: SettingKey, value: Tree): string {
  if (value.kind === 'scalar') return textOf(value);
  if (key === 'frames') {
    const frames = parseFrames(plain(value));
    if (frames.ok) return formatFrames(frames.frames);
  }
  const isNames = value.kind === 'list' && value.items.every(({ kind }) => kind === 'scalar');
  if (!isNames) return words(value).replaceAll('`', '');
  return value.items.map((item) => (item.kind === 'scalar' ? textOf(item) : '')).join(', ');
}
