import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SettingPlaces } from '../../../shared/shot.ts';
import type { FoundFile } from './discover.ts';
import { isDefaults, readDrafts } from './read-shots.ts';
import { ShotFiles } from './shot-files.ts';
import type { MapTree } from './tree.ts';

/**
 * Where each setting of one shot is said, by its path in a shot file: `render.samples` may stand in `base.yaml`,
 * line 7. Read anew from the few files that the shot is made of; empty where they can't be read.
 * @param folder absolute
 * @param shotFile relative to it, with `/`
 */
export async function settingPlaces(folder: string, shotFile: string): Promise<SettingPlaces> {
  const files = new ShotFiles(folder);
  const defaults = (await readdir(folder)).map((name) => found(folder, name));
  const together = [
    ...defaults.filter((file) => isDefaults(file, folder)).slice(0, 1),
    found(folder, shotFile),
  ];
  const { shots } = await readDrafts(together, files, folder);
  const tree = shots[0]?.tree;
  return tree ? Object.fromEntries(placesIn(tree, '')) : {};
}

function found(folder: string, name: string): FoundFile {
  const kind = /\.blend$/i.test(basename(name)) ? 'blend' : 'yaml';
  return { path: join(folder, name), name, kind };
}

/** A key that says `null` takes a setting away, and what is not there has no place. */
function* placesIn(tree: MapTree, under: string): Iterable<[string, SettingPlaces[string]]> {
  for (const [key, { place, value }] of tree.entries) {
    if (value.kind === 'scalar' && value.value === null) continue;
    const path = `${under}${key}`;
    yield [path, { file: place.file.name, line: place.line }];
    if (value.kind === 'map' && NESTED.has(path)) yield* placesIn(value, `${path}.`);
  }
}

/** `params` are the artist's own; they are shown in one piece. */
const NESTED = new Set(['render', 'output']);
