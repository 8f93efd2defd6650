import { isAbsolute, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { BatchJob } from '../../../shared/job.ts';
import { FRESH_JOB } from '../../../shared/job-state.ts';
import type { LeftOutShot, ShotConfig, ShotLink, ShotProblem } from '../../../shared/shot.ts';
import type { TestPass } from '../../../shared/test-pass.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import { linksOf } from './depends-on.ts';
import { clashes } from './duplicate-output.ts';
import type { FileLooks } from './file-cache.ts';
import { fingerprint } from './fingerprint.ts';
import { placeOutside } from './output-place.ts';
import type { Draft } from './read-shots.ts';
import { reasonOf, whole } from './read-text.ts';
import { builtConfig, type OutputPlace, type Shared } from './shot-config.ts';
import { type Flaw, failureOf, flawed, flawProblem, ShotError } from './shot-error.ts';
import { FrameLists } from './shot-schema.ts';
import { asTested } from './test-pass.ts';
import { type MapTree, type Place, valueAt } from './tree.ts';
import { validated } from './validate.ts';

export interface BuiltJob {
  readonly job: BatchJob;
  readonly problems: readonly ShotProblem[];
}

/** Where the shots of one reading are, and what they share. */
export interface BatchPlace {
  /** Where the frames go of shots that say nothing of it. Absolute, as the next. */
  readonly outputRoot: string;
  /** What is rendered otherwise than the shots say; not there: nothing. */
  readonly test: TestPass | undefined;
  /** Links resolved: below these frames may go without trust. */
  readonly allowed: readonly string[];
  readonly looks: FileLooks;
  /** See `Shared`. */
  readonly mayLook: Shared['mayLook'];
}

/**
 * A job for each draft, in the same order; failed from the start where the shot can't be rendered.
 * @param leftOut shots that are not in the batch
 */
export async function builtJobs(
  drafts: readonly Draft[],
  names: readonly string[],
  { outputRoot, test, allowed, looks, mayLook }: BatchPlace,
  leftOut: readonly LeftOutShot[] = [],
): Promise<readonly BuiltJob[]> {
  const shared = { looks, mayLook, lists: new FrameLists(), test };
  const attempts = await sideBySide(drafts, (draft, index) => {
    const name = names[index] ?? draft.id;
    return attempted(draft, name, { directory: join(outputRoot, name), allowed }, shared);
  });
  await turn();
  for (const clash of clashes(attempts.map((attempt) => attempt.config))) {
    const late = attempts[clash.index];
    const early = attempts[clash.with];
    if (late && early)
      attempts[clash.index] = { ...late, config: null, error: duplicate(late, early) };
  }
  await turn();
  const links = linksOf(drafts, names, leftOut);
  return sideBySide(attempts, (attempt, index) => jobOf(linked(attempt, links[index] ?? [])), 1);
}

/** An attempt with the shots that it depends on. */
function linked(attempt: Attempt, links: readonly ShotLink[] | ShotError): Attempt {
  const { config } = attempt;
  if (config === null || (Array.isArray(links) && links.length === 0)) return attempt;
  if (links instanceof ShotError) return { ...attempt, config: null, error: links };
  return { ...attempt, config: { ...config, dependsOn: links } };
}

/** How far a draft came: a config, or the error that stopped it. */
interface Attempt {
  readonly draft: Draft;
  readonly name: string;
  /** The folder of its frames, unless the shot says another one. */
  readonly directory: string;
  readonly config: ShotConfig | null;
  readonly source: string;
  readonly error: ShotError | null;
  readonly warnings: readonly Flaw[];
  /** What only a trusted folder may: frames that go elsewhere, a program of its own as Blender. */
  readonly untrusted: readonly Flaw[];
}

async function attempted(
  draft: Draft,
  name: string,
  place: OutputPlace,
  shared: Shared & { readonly test: TestPass | undefined },
): Promise<Attempt> {
  const { looks, lists, test } = shared;
  const { directory } = place;
  const { tree, error } = draft;
  const warnings = [...draft.warnings, ...renamed(draft, name)];
  const failed = { draft, name, directory, config: null, source: '', warnings, untrusted: [] };
  if (tree === null) return { ...failed, error };
  try {
    const read = await builtConfig(tree, validated(tree), name, place, shared);
    const tested = test ? asTested(read.config, test, directory) : read.config;
    // Many shots have the same frames.
    const config = test
      ? { ...tested, frames: tested.frames && lists.shared(tested.frames) }
      : tested;
    const hashOf = (path: string) => looks.contentHash(path);
    const source = await fingerprint(config, hashOf).catch((cause: unknown) => {
      throw unhashable(draft, cause);
    });
    const outside = await outsideFlaw(draft, config, looks);
    const untrusted = [outside, programFlaw(tree, config)].filter((flaw) => flaw !== null);
    const all = [...warnings, ...read.warnings];
    return { ...failed, config, source, warnings: all, untrusted, error: null };
  } catch (cause) {
    if (cause instanceof ShotError) return { ...failed, error: cause };
    throw cause;
  }
}

function jobOf(attempt: Attempt): BuiltJob {
  const { draft, name, directory, config, source, error, warnings, untrusted } = attempt;
  const { id, file } = draft;
  const output = config?.output.directory ?? config?.blend ?? config?.script ?? directory;
  const job: BatchJob = {
    ...FRESH_JOB,
    id,
    name,
    shotFile: file.name,
    shotConfig: config,
    outputPath: output,
    source,
    ...(error && { status: 'failed' as const, error: failureOf(error) }),
  };
  const problems = [
    ...(error?.flaws ?? []).map((flaw) => ({
      ...flawProblem('error', flaw, id),
      ...(error?.failureCause === 'not-trusted' && { needsTrust: true as const }),
    })),
    ...warnings.map((flaw) => flawProblem('warning', flaw, id)),
    ...untrusted.map((flaw) => ({
      ...flawProblem('warning', flaw, id),
      needsTrust: true as const,
    })),
  ];
  return { job, problems };
}

/** Told before the night, whether the folder is trusted or not: nobody should have to look for frames. */
async function outsideFlaw(
  draft: Draft,
  { output }: ShotConfig,
  looks: FileLooks,
): Promise<Flaw | null> {
  if (output.directory === null) return null;
  const place = await placeOutside(output.directory, output.allowed, looks);
  if (place === null) return null;
  const message = `The frames of this shot go to ${place}, outside of the shot folder and of the output folder; only a trusted folder may do that.`;
  return { place: outputPlace(draft), message };
}

/** What a folder from elsewhere names is not run. */
function programFlaw(tree: MapTree, { blender }: ShotConfig): Flaw | null {
  if (blender === null || !isAbsolute(blender)) return null;
  const message = `This shot names a program to render with, ${blender}; only a trusted folder may do that.`;
  return { place: valueAt(tree, 'blender')?.place ?? tree.place, message };
}

function duplicate(late: Attempt, early: Attempt): ShotError {
  const message = `This shot would write the same files as ${early.draft.file.name}; only the first of them is rendered.`;
  const next = 'Give one of the two shots another `output.path` or `output.name`.';
  return flawed(outputPlace(late.draft), message, 'duplicate-output', next);
}

/** Where the shot says its output, as near as it does. */
function outputPlace({ tree, file }: Draft): Place {
  const output = tree && valueAt(tree, 'output');
  const said = output && (valueAt(output, 'path') ?? valueAt(output, 'name') ?? output);
  return said?.place ?? whole(file);
}

/** A name that someone chose is never changed in silence. */
function renamed({ given, tree, file }: Draft, name: string): readonly Flaw[] {
  if (given === null || given.normalize('NFC') === name) return [];
  const place = (tree && valueAt(tree, 'name')?.place) ?? whole(file);
  const shown = given.slice(0, 60).replaceAll(/\s+/g, ' ').replaceAll('`', "'");
  const message = `The name \`${shown}\` is taken, or no system-wide safe folder name; this shot is called ${name}.`;
  return [{ place, message }];
}

function unhashable({ file }: Draft, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  if (code === null) return cause;
  const message = `The .blend or the script of this shot can't be read: ${reasonOf(code)}.`;
  return flawed(whole(file), message, 'missing-file');
}
