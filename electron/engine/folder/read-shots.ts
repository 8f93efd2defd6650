import { basename, dirname } from 'node:path';
import { breather, sideBySide } from '../lib/side-by-side.ts';
import type { FoundFile } from './discover.ts';
import { jobIdOf, rawJobIdOf, stemOf } from './names.ts';
import { whole } from './read-text.ts';
import { type Flaw, ShotError } from './shot-error.ts';
import type { ShotFiles, ShotText } from './shot-files.ts';
import { type MapTree, mapTree, merged, textAt, textTree, valueAt, without } from './tree.ts';
import { validated } from './validate.ts';

/** A shot file on its way to a job. */
export interface Draft {
  readonly id: string;
  readonly file: FoundFile;
  /** As given in the file; `null`: to be called after its file. */
  readonly given: string | null;
  /** Defaults, inherited and own keys; `null` where `error` says why. */
  readonly tree: MapTree | null;
  readonly error: ShotError | null;
  readonly warnings: readonly Flaw[];
}

export interface Drafts {
  readonly shots: readonly Draft[];
  /** About files that make no job. */
  readonly errors: readonly Flaw[];
  readonly warnings: readonly Flaw[];
}

/** Reads every found file: with `defaults.yaml` under all, and abstract and foreign files apart. */
export async function readDrafts(
  found: readonly FoundFile[],
  files: ShotFiles,
  folder: string,
): Promise<Drafts> {
  const shots: Draft[] = [];
  const errors: Flaw[] = [];
  const warnings: Flaw[] = [];
  const ids = new Set(found.filter(isComposed).map((file) => jobIdOf(file.name)));
  const identify = ({ name }: FoundFile) =>
    name !== name.normalize('NFC') && ids.has(jobIdOf(name)) ? rawJobIdOf(name) : jobIdOf(name);

  const defaultsFile = found.find((file) => isDefaults(file, folder));
  const defaults = defaultsFile ? await readDefaults(defaultsFile, files) : NO_DEFAULTS;
  errors.push(...defaults.errors);
  warnings.push(...defaults.warnings);

  await sideBySide(found, async ({ kind, path }) => {
    if (kind === 'yaml') await files.read(path);
  });
  const breathe = breather();
  for (const file of found) {
    if (file === defaultsFile) continue;
    await breathe();
    const identity = { id: identify(file), file };
    if (file.kind === 'blend') {
      shots.push({
        ...identity,
        given: null,
        error: null,
        warnings: [],
        tree: bare(file, defaults),
      });
      continue;
    }
    const text = await files.read(file.path);
    if (!text.isShot) {
      warnings.push({ place: whole(file), message: foreign(text) });
    } else if (isAbstract(text)) {
      errors.push(...(await flawsOf(file.path, files)));
      warnings.push(...text.warnings);
    } else {
      shots.push(await yamlDraft(identity, text, files, defaults.tree));
    }
  }
  const paths = new Set(found.map(({ path }) => path));
  const elsewhere = (await files.all()).filter((text) => !paths.has(text.file.path));
  warnings.push(...elsewhere.flatMap((text) => text.warnings));
  return { shots, errors, warnings };
}

interface Defaults {
  readonly tree: MapTree | null;
  readonly errors: readonly Flaw[];
  readonly warnings: readonly Flaw[];
}

const NO_DEFAULTS: Defaults = { tree: null, errors: [], warnings: [] };

/** What belongs to one file and is never taken over from another. */
const OWN_KEYS = ['name', 'abstract', 'extends'] as const;

async function yamlDraft(
  identity: Pick<Draft, 'id' | 'file'>,
  text: ShotText,
  files: ShotFiles,
  defaults: MapTree | null,
): Promise<Draft> {
  const given = text.own ? textAt(text.own, 'name') : null;
  const common = { ...identity, given, warnings: text.warnings };
  try {
    const inherited = await files.inherited(identity.file.path);
    const tree = defaults ? merged(defaults, inherited) : inherited;
    return { ...common, tree, error: null };
  } catch (error) {
    if (error instanceof ShotError) return { ...common, tree: null, error };
    throw error;
  }
}

/** A bare .blend: its own saved settings, but for what the defaults say. */
function bare(file: FoundFile, { tree }: Defaults): MapTree {
  const place = whole(file);
  const blend = { place, value: textTree(basename(file.path), place) };
  const own = mapTree(new Map([['blend', blend]]), place);
  return tree ? merged(tree, own) : own;
}

/** Faulty defaults are told and left out as a whole: one bad file never stops the other shots. */
async function readDefaults(file: FoundFile, files: ShotFiles): Promise<Defaults> {
  const { warnings, own } = await files.read(file.path);
  const errors = await flawsOf(file.path, files);
  const useless = ['name', 'abstract'].flatMap((key): Flaw[] => {
    const place = own?.entries.get(key)?.place;
    return place
      ? [{ place, message: `\`${key}\` does nothing in the defaults of all shots.` }]
      : [];
  });
  if (errors.length > 0) {
    const message = (flaw: Flaw) =>
      `${flaw.message} Until then the shots go without these defaults.`;
    const told = errors.map((flaw) => ({ ...flaw, message: message(flaw) }));
    return { tree: null, errors: told, warnings };
  }
  const tree = without(await files.inherited(file.path), ...OWN_KEYS);
  return { tree, errors, warnings: [...warnings, ...useless] };
}

/** What is wrong with a file that makes no job of its own. */
async function flawsOf(path: string, files: ShotFiles): Promise<readonly Flaw[]> {
  try {
    validated(await files.inherited(path));
    return [];
  } catch (error) {
    if (error instanceof ShotError) return error.flaws;
    throw error;
  }
}

/** The settings of all shots: `defaults.yaml` at the top of the folder. */
export function isDefaults(file: FoundFile, folder: string): boolean {
  return dirname(file.path) === folder && /^defaults\.ya?ml$/i.test(basename(file.path));
}

function isAbstract({ own }: ShotText): boolean {
  const value = own && valueAt(own, 'abstract');
  return value?.kind === 'scalar' && value.value === true;
}

function isComposed(file: FoundFile): boolean {
  return file.name === file.name.normalize('NFC');
}

function foreign({ own }: ShotText): string {
  const keys = [...(own?.entries.keys() ?? [])].slice(0, 3).map((key) => key.slice(0, 40));
  return `This is no shot file and is left out: it says ${keys.join(', ')}, but a shot says at least \`blend:\` or \`script:\`.`;
}

/** The name that a draft asks for. */
export function wantedName(draft: Draft): string {
  return draft.given ?? stemOf(draft.file.name);
}
