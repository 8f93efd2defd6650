import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Batch } from '../../../shared/batch.ts';
import type { LeftOut, LeftOutReason, LeftOutShot, ShotProblem } from '../../../shared/shot.ts';
import type { TestPass } from '../../../shared/test-pass.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import { neededShots } from './depends-on.ts';
import { discover, type Found, type FoundFile } from './discover.ts';
import { FileLooks } from './file-cache.ts';
import { type BatchPlace, builtJobs } from './jobs.ts';
import { type FolderChoices, isAutosave, NOTHING_CHOSEN, olderVersions } from './left-out.ts';
import { batchIdOf, folded, jobIdOf, stemOf, uniqueNames } from './names.ts';
import { outputRootOf } from './output-place.ts';
import { type Draft, isDefaults, readDrafts, wantedName } from './read-shots.ts';
import { reasonOf, whole } from './read-text.ts';
import { isStrange } from './servers.ts';
import { pathAt } from './shot-config.ts';
import { type Flaw, flawProblem } from './shot-error.ts';
import { ShotFiles } from './shot-files.ts';
import { testRoot } from './test-pass.ts';
import { textAt, valueAt } from './tree.ts';

interface CreateBatchOptions {
  /** Where shots without an `output.path` go, one folder each; default: FOLDER/renders. */
  readonly output?: string | null;
  /** A test pass of them, which goes into a folder of its own in there; default: the finals. */
  readonly test?: TestPass | undefined;
  /**
   * Whether the folder is trusted, of its real path: if not, no path to a computer of the network is looked at that is not
   * its own; default: not.
   */
  readonly isTrusted?: (folder: string) => boolean | Promise<boolean>;
  /** What the artist wants of the folder, of its real path; default: the newest version of each shot, no backups. */
  readonly choices?: (folder: string) => FolderChoices | Promise<FolderChoices>;
  /** Only these .blend files, relative to the folder, with `/`; nothing else of it is looked for. */
  readonly files?: readonly string[] | undefined;
  /** Names of shots that are asked for: files called so are never left out. */
  readonly asked?: readonly string[];
}

/** Where the frames of a folder go if nobody says it. @param root links resolved */
function standardRoot(root: string): string {
  return join(root, 'renders');
}

/**
 * Where the frames of a folder's finals go, in the one way in which that counts as the same. Absolute.
 * @param root the folder, links resolved
 * @param output as `CreateBatchOptions` has it
 */
export async function finalsOf(
  root: string,
  output: string | null,
  looks = new FileLooks(),
): Promise<string> {
  const standard = standardRoot(root);
  return output ? outputRootOf(resolve(output), standard, looks) : standard;
}

/**
 * Reads a shot folder: its jobs in natural order of their paths, and a problem for everything wrong.
 * A shot that can't be read is a job too, failed from the start. Throws an `Error` with one sentence
 * only if the folder itself can't be read.
 */
export async function createBatchFromDirectory(
  folder: string,
  options: CreateBatchOptions = {},
): Promise<Batch> {
  const root = await realFolder(folder);
  const standard = standardRoot(root);
  const looks = new FileLooks();
  const finals = await finalsOf(root, options.output ?? null, looks);
  const realOutput = await looks.realPlace(finals);
  const { test } = options;
  const outputRoot = testRoot(finals, test);
  // FOLDER/renders may be a link that came with the folder: that it leads elsewhere nobody chose.
  const allowed = finals === standard ? [root] : [root, realOutput];

  const { files: picked } = options;
  const found = picked
    ? await pickedAlone(root, picked)
    : await discover(root, [finals, realOutput, standard]);
  const trusted = await options.isTrusted?.(root);
  const mayLook = (path: string) => trusted === true || !isStrange(path, [root, finals]);
  const files = new ShotFiles(root, mayLook);
  const choices = picked ? ALL_CHOSEN : ((await options.choices?.(root)) ?? NOTHING_CHOSEN);
  const rules = new Rules(choices, options.asked ?? []);
  const drafts = await readDrafts(rules.withoutBackups(found.files), files, root);
  const scenes = await scenesOf(files, { looks, mayLook });
  const own = await ownShots(drafts.shots, scenes, looks);
  const { shots, leftOut } = await rules.sorted(own.shots, found, async ({ path }) =>
    scenes.has(await looks.realPlace(path)),
  );
  // What goes over all shots in one piece is kept apart: a window has to breathe in between.
  await turn();
  const names = uniqueNames(
    shots.map((draft) => ({ id: draft.id, wanted: wantedName(draft), path: draft.file.name })),
  );
  await turn();
  const place = { outputRoot, test, allowed, looks, mayLook };
  const built = await builtJobs(shots, names, place, leftOut.shots);

  const jobs = built.map(({ job }) => job);
  const told: ShotProblem[] = [
    ...found.flaws.map((flaw) => flawProblem('error', flaw, null)),
    ...built.flatMap(({ problems }) => problems),
    ...(choices.allVersions ? [] : olderScenes(shots, root, found.files)),
    ...drafts.errors.map((flaw) => flawProblem('error', flaw, null)),
    ...[...drafts.warnings, ...own.warnings].map((flaw) => flawProblem('warning', flaw, null)),
  ];
  const problems = withoutRepeats(told);
  if (jobs.length === 0) problems.push(noShots(root, leftOut));
  return {
    id: batchIdOf(root, outputRoot, picked),
    folder: root,
    outputRoot,
    ...(test && { test }),
    jobs,
    problems,
    ...(picked ? { files: picked } : { leftOut }),
    wantsTrust:
      jobs.some((job) => job.shotConfig?.script != null) ||
      problems.some((problem) => problem.needsTrust),
  };
}

/** Nothing is left out of what was picked. */
const ALL_CHOSEN: FolderChoices = { ...NOTHING_CHOSEN, allVersions: true, backups: true };

/** What was picked of a folder, with the settings that it has for all shots. */
async function pickedAlone(root: string, names: readonly string[]): Promise<Found> {
  const fileAt = (name: string, kind: FoundFile['kind']) => ({
    path: join(root, name),
    name,
    kind,
  });
  const beside = await readdir(root);
  const defaults = beside
    .map((name) => fileAt(name, 'yaml'))
    .filter((file) => isDefaults(file, root));
  const files = [...defaults.slice(0, 1), ...names.map((name) => fileAt(name, 'blend'))];
  return { files, flaws: [], blendBackups: 0 };
}

async function realFolder(folder: string): Promise<string> {
  // Else an empty path would mean the working directory.
  if (folder === '') throw new Error('No shot folder was given.');
  try {
    const root = await realpath(resolve(folder));
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'nothing';
    const reason = code === 'ENOENT' ? 'there is no such folder' : reasonOf(code);
    throw new Error(`The shot folder ${folder} can't be read: ${reason}.`, { cause: error });
  }
  throw new Error(`${folder} is a file; choose the folder that holds it.`);
}

/** The same flaw of a file that several shots share is told for each job, and else once. */
function withoutRepeats(problems: readonly ShotProblem[]): ShotProblem[] {
  const place = ({ file, line, column, message }: ShotProblem) =>
    JSON.stringify([file, line, column, message]);
  const told = new Set<string>();
  return problems.filter((problem) => {
    const key = place(problem);
    if (told.has(key) && problem.jobId === null) return false;
    told.add(key);
    return true;
  });
}

function noShots(root: string, { shots }: LeftOut): ShotProblem {
  const message =
    shots.length > 0
      ? 'Every shot of this folder is left out: it is an older version or a backup, or somebody has left it out by hand.'
      : 'There is no shot in this folder: a shot is a .blend file, or a .yaml file with `blend:` or `script:` in it.';
  return flawProblem('error', { place: whole({ path: root, name: '.' }), message }, null);
}

type Looking = Pick<BatchPlace, 'looks' | 'mayLook'>;

/** The drafts that are shots of their own, and a warning for each one that is left out unexpectedly. */
async function ownShots(
  drafts: readonly Draft[],
  scenes: ReadonlySet<string>,
  looks: FileLooks,
): Promise<{ readonly shots: readonly Draft[]; readonly warnings: readonly Flaw[] }> {
  const isScene = await sideBySide(drafts, async ({ file }) => {
    return file.kind === 'blend' && scenes.has(await looks.realPlace(file.path));
  });
  return withoutOutputs(drafts.filter((_, index) => !isScene[index]));
}

/** Which files of a folder are no shots though they could be: what the artist said, else the rules. */
class Rules {
  readonly #takenIn: ReadonlySet<string>;
  readonly #byHand: ReadonlySet<string>;
  readonly #asked: ReadonlySet<string>;

  constructor(
    private readonly choices: FolderChoices,
    asked: readonly string[],
  ) {
    this.#takenIn = new Set(choices.takenIn);
    this.#byHand = new Set(choices.leftOut);
    this.#asked = new Set(asked.map(folded));
  }

  /** What is to be read. */
  withoutBackups(files: readonly FoundFile[]): readonly FoundFile[] {
    return files.filter((file) => !file.inBackups || this.#takes(file, 'backup'));
  }

  /** @param isScene whether a YAML file names it: then it is part of a shot, wherever it lies */
  async sorted(
    drafts: readonly Draft[],
    { files, blendBackups }: Found,
    isScene: (file: FoundFile) => Promise<boolean>,
  ): Promise<{ readonly shots: readonly Draft[]; readonly leftOut: LeftOut }> {
    const read = this.withoutBackups(files);
    const blends = read.filter(({ kind }) => kind === 'blend');
    const older = olderVersions(blends.map(({ name }) => name));
    const isNeeded = neededShots(drafts);
    const takenIn: string[] = [];
    const out: LeftOutShot[] = [];
    const shots = drafts.filter(({ id, file, given }) => {
      const newer = (file.kind === 'blend' && older.get(file.name)) || null;
      const rule = file.kind === 'blend' && isNeeded(file) ? null : ruleAgainst(file, newer);
      const reason = this.#byHand.has(file.name) ? 'by-hand' : rule;
      if (reason === null) return true;
      if (!this.#takes(file, reason)) {
        const name = given ?? stemOf(file.name);
        out.push({ id, name, file: file.name, reason, newer });
        return false;
      }
      if (reason !== 'by-hand') takenIn.push(file.name);
      return true;
    });
    const unread = files.filter((file) => !read.includes(file));
    const isPart = await sideBySide(unread, isScene);
    for (const { name: file } of unread.filter((_, index) => !isPart[index])) {
      const backup = { id: jobIdOf(file), name: stemOf(file), file };
      out.push({ ...backup, reason: 'backup', newer: null });
    }
    return { shots, leftOut: { shots: out, takenIn, blendBackups } };
  }

  #takes(file: FoundFile, reason: LeftOutReason): boolean {
    if (this.#asked.has(folded(stemOf(file.name)))) return true;
    if (reason === 'by-hand') return false;
    const byRule = reason === 'older-version' ? this.choices.allVersions : this.choices.backups;
    return byRule || this.#takenIn.has(file.name);
  }
}

function ruleAgainst(file: FoundFile, newer: string | null): LeftOutReason | null {
  if (file.inBackups) return 'backup';
  if (isAutosave(file.name)) return 'autosave';
  return newer === null ? null : 'older-version';
}

/** The .blend files that YAML files name, links resolved: scenes, and no more shots. */
async function scenesOf(
  files: ShotFiles,
  { looks, mayLook }: Looking,
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const { own } of await files.all()) {
    const blend = own && pathAt(own, 'blend');
    if (blend && mayLook(blend)) named.add(blend);
  }
  return new Set(await sideBySide([...named], (path) => looks.realPlace(path)));
}

/** Shot files that name an older version of a scene: they are rendered as they say, which nobody may mean any more. */
function olderScenes(
  drafts: readonly Draft[],
  root: string,
  files: readonly FoundFile[],
): readonly ShotProblem[] {
  const blends = files.filter(({ kind, inBackups }) => kind === 'blend' && !inBackups);
  const older = olderVersions(blends.map(({ name }) => name));
  return drafts.flatMap(({ id, file, tree }) => {
    const blend = file.kind === 'yaml' && tree ? pathAt(tree, 'blend') : null;
    const newer = blend && older.get(relative(root, blend).replaceAll(sep, '/'));
    if (!tree || !blend || !newer) return [];
    const message = `This shot renders ${basename(blend)}, and ${posix.basename(newer)} is newer. Change \`blend\` if that is meant.`;
    const place = valueAt(tree, 'blend')?.place ?? whole(file);
    return [flawProblem('warning', { place, message }, id)];
  });
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
