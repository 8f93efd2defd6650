import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Batch } from '../../shared/batch.ts';
import type { ShotProblem } from '../../shared/shot.ts';
import { FileLooks } from './file-looks.ts';
import { discover } from './shots/discover.ts';
import { readDrafts, wantedName } from './shots/drafts.ts';
import { builtJobs } from './shots/jobs.ts';
import { ownShots } from './shots/left-out.ts';
import { batchIdOf, uniqueNames } from './shots/names.ts';
import { reasonOf, whole } from './shots/read-text.ts';
import { problemOf } from './shots/shot-error.ts';
import { ShotFiles } from './shots/shot-files.ts';

export interface CreateBatchOptions {
  /** Where shots without an `output.path` go, one folder each; default: FOLDER/renders. */
  readonly output?: string | null;
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
  const standard = join(root, 'renders');
  const outputRoot = options.output ? resolve(options.output) : standard;
  const looks = new FileLooks();
  const realOutput = await looks.realPlace(outputRoot);
  // FOLDER/renders may be a link that came with the folder: that it leads elsewhere nobody chose.
  const allowed = outputRoot === standard ? [root] : [root, realOutput];

  const found = await discover(root, [outputRoot, realOutput, standard]);
  const files = new ShotFiles(root);
  const drafts = await readDrafts(found.files, files, root);
  const { shots, warnings } = await ownShots(drafts.shots, files, looks);
  // What goes over all shots in one piece is kept apart: a window has to breathe in between.
  await turn();
  const names = uniqueNames(
    shots.map((draft) => ({ id: draft.id, wanted: wantedName(draft), path: draft.file.name })),
  );
  await turn();
  const built = await builtJobs(shots, names, { outputRoot, allowed, looks });

  const jobs = built.map(({ job }) => job);
  const told: ShotProblem[] = [
    ...found.flaws.map((flaw) => problemOf('error', flaw, null)),
    ...built.flatMap(({ problems }) => problems),
    ...drafts.errors.map((flaw) => problemOf('error', flaw, null)),
    ...[...drafts.warnings, ...warnings].map((flaw) => problemOf('warning', flaw, null)),
  ];
  const problems = withoutRepeats(told);
  if (jobs.length === 0) problems.push(noShots(root));
  return {
    id: batchIdOf(root, outputRoot),
    folder: root,
    outputRoot,
    jobs,
    problems,
    wantsTrust:
      jobs.some((job) => job.shotConfig?.script != null) ||
      problems.some((problem) => problem.needsTrust),
  };
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

function noShots(root: string): ShotProblem {
  const message =
    'There is no shot in this folder: a shot is a .blend file, or a .yaml file with `blend:` or `script:` in it.';
  return problemOf('error', { place: whole({ path: root, name: '.' }), message }, null);
}
