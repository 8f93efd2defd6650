import { dirname } from 'node:path';
import type { FileLooks } from '../file-looks.ts';
import { sideBySide } from '../side-by-side.ts';
import type { Draft } from './drafts.ts';
import { whole } from './read-text.ts';
import { pathAt } from './shot-config.ts';
import type { Flaw } from './shot-error.ts';
import type { ShotFiles } from './shot-files.ts';
import { textAt } from './tree.ts';

/** The drafts that are shots of their own, and a warning for each one that is left out unexpectedly. */
export async function ownShots(
  drafts: readonly Draft[],
  files: ShotFiles,
  looks: FileLooks,
): Promise<{ readonly shots: readonly Draft[]; readonly warnings: readonly Flaw[] }> {
  const scenes = await scenesOf(files, looks);
  const isScene = await sideBySide(drafts, async ({ file }) => {
    return file.kind === 'blend' && scenes.has(await looks.realPlace(file.path));
  });
  return withoutOutputs(drafts.filter((_, index) => !isScene[index]));
}

/** The .blend files that YAML files name, links resolved: scenes, and no more shots. */
async function scenesOf(files: ShotFiles, looks: FileLooks): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const { own } of await files.all()) {
    const blend = own && pathAt(own, 'blend');
    if (blend) named.add(blend);
  }
  return new Set(await sideBySide([...named], (path) => looks.realPlace(path)));
}

/** The first shot that writes into a folder. */
interface Owner {
  readonly name: string;
  readonly order: number;
}

/** What stands in the output folder of another shot is output, and told since it could be a slip. */
function withoutOutputs(drafts: readonly Draft[]): {
  readonly shots: readonly Draft[];
  readonly warnings: readonly Flaw[];
} {
  const owners = new Map<string, Owner>();
  for (const [order, draft] of drafts.entries()) {
    const folder = outputFolder(draft);
    if (folder === null || foldersOf(draft).includes(keyOf(folder))) continue;
    if (!owners.has(keyOf(folder))) owners.set(keyOf(folder), { name: draft.file.name, order });
  }
  const warnings: Flaw[] = [];
  const shots = drafts.filter((draft) => {
    const [owner] = foldersOf(draft)
      .flatMap((folder) => owners.get(folder) ?? [])
      .sort((a, b) => a.order - b.order);
    if (!owner) return true;
    const message = `This file stands in the output folder of ${owner.name} and is left out.`;
    warnings.push({ place: whole(draft.file), message });
    return false;
  });
  return { shots, warnings };
}

function outputFolder({ tree }: Draft): string | null {
  if (tree === null || textAt(tree, 'output', 'path') === 'scene') return null;
  return pathAt(tree, 'output', 'path');
}

/** The folder that a draft's file is in, and those around it. */
function foldersOf({ file }: Draft): readonly string[] {
  const folders: string[] = [];
  for (let path = file.path; dirname(path) !== path; ) {
    path = dirname(path);
    folders.push(keyOf(path));
  }
  return folders;
}

/** Windows writes the same folder in more than one way. */
function keyOf(folder: string): string {
  return process.platform === 'win32' ? folder.toLowerCase() : folder;
}
