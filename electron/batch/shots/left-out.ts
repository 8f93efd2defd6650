import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
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
): Promise<{ readonly shots: readonly Draft[]; readonly warnings: readonly Flaw[] }> {
  const scenes = await scenesOf(files);
  const candidates: Draft[] = [];
  for (const draft of drafts) {
    const scene = draft.file.kind === 'blend' && scenes.has(await real(draft.file.path));
    if (!scene) candidates.push(draft);
  }
  return withoutOutputs(candidates);
}

/** The .blend files that YAML files name, links resolved: scenes, and no more shots. */
async function scenesOf(files: ShotFiles): Promise<ReadonlySet<string>> {
  const scenes = new Set<string>();
  for (const { own } of await files.all()) {
    const blend = own && pathAt(own, 'blend');
    if (blend) scenes.add(await real(blend));
  }
  return scenes;
}

/** What stands in the output folder of another shot is output, and told since it could be a slip. */
function withoutOutputs(drafts: readonly Draft[]): {
  readonly shots: readonly Draft[];
  readonly warnings: readonly Flaw[];
} {
  const owners = drafts.flatMap((draft) => {
    const folder = outputFolder(draft);
    return folder === null || isInside(draft.file.path, folder) ? [] : [{ draft, folder }];
  });
  const warnings: Flaw[] = [];
  const shots = drafts.filter((draft) => {
    const owner = owners.find(({ folder }) => isInside(draft.file.path, folder));
    if (!owner) return true;
    const message = `This file stands in the output folder of ${owner.draft.file.name} and is left out.`;
    warnings.push({ place: whole(draft.file), message });
    return false;
  });
  return { shots, warnings };
}

function outputFolder({ tree }: Draft): string | null {
  if (tree === null || textAt(tree, 'output', 'path') === 'scene') return null;
  return pathAt(tree, 'output', 'path');
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
