import { dirname, relative, resolve, sep } from 'node:path';
import { readText, whole } from './read-text.ts';
import { type Flaw, flawed, ShotError, strangePlace } from './shot-error.ts';
import { readTree } from './shot-tree.ts';
import {
  type Entry,
  type MapTree,
  mapTree,
  merged,
  type SourceFile,
  textAt,
  valueAt,
  without,
} from './tree.ts';
import { looksLikeShot, unknownKeys, words } from './validate.ts';

/** Longest row of files that extend each other, and the most values they may add up to. */
const MAX_CHAIN = 32;
const MAX_MERGED = 100_000;

/** One YAML file: its own keys, without what it inherits. */
export interface ShotText {
  readonly file: SourceFile;
  /** Under `shot:` or the whole document; of a broken file what could be read of it. */
  readonly own: MapTree | null;
  /** False where nothing but foreign keys was found. */
  readonly isShot: boolean;
  readonly error: ShotError | null;
  readonly warnings: readonly Flaw[];
}

/** The YAML files of one batch, each read once. */
export class ShotFiles {
  readonly #folder: string;
  readonly #read = new Map<string, Promise<ShotText>>();
  /** With all that they inherit. */
  readonly #whole = new Map<string, MapTree | ShotError>();

  readonly #mayLook: (path: string) => boolean;
  readonly #drafted: ReadonlyMap<string, string>;

  /**
   * @param folder absolute path that file names are told relative to
   * @param mayLook see `Shared`
   * @param drafted texts that are to be in some files, by their paths, and are read in their place
   */
  constructor(
    folder: string,
    mayLook: (path: string) => boolean = () => true,
    drafted: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#folder = folder;
    this.#mayLook = mayLook;
    this.#drafted = drafted;
  }

  file(path: string): SourceFile {
    return { path, name: relative(this.#folder, path).split(sep).join('/') };
  }

  read(path: string): Promise<ShotText> {
    const read = this.#read.get(path) ?? readShot(this.file(path), this.#drafted.get(path));
    this.#read.set(path, read);
    return read;
  }

  /** Every file read so far: those of the folder and all that they extend. */
  async all(): Promise<readonly ShotText[]> {
    return Promise.all(this.#read.values());
  }

  /** A file with all that it inherits, own keys winning. Throws a `ShotError`. */
  async inherited(path: string): Promise<MapTree> {
    let whole: MapTree | null = null;
    for (const { file, own } of (await this.#chain(path)).reverse()) {
      const known: MapTree | ShotError = this.#whole.get(file.path) ?? over(whole, own);
      this.#whole.set(file.path, known);
      if (known instanceof ShotError) throw known;
      whole = known;
    }
    return whole as MapTree;
  }

  /** The file and those that it extends, in this order. Looked through for loops before anything is merged. */
  async #chain(path: string): Promise<Link[]> {
    const chain: Link[] = [];
    for (let next: string | null = path; next !== null; ) {
      const { file, own, error } = await this.read(next);
      const before = chain.at(-1);
      const wrong = error ?? (own === null ? emptyFile(file) : null);
      if (wrong) throw before ? fromBase(wrong, next, before.own) : wrong;
      if (own === null) break;
      chain.push({ file, own });
      next = this.#baseOf(own, chain);
    }
    return chain;
  }

  /** The path that a file extends; `null`: none. */
  #baseOf(own: MapTree, chain: readonly Link[]): string | null {
    const value = valueAt(own, 'extends');
    if (value === null) return null;
    const { place } = value;
    const text = textAt(own, 'extends');
    if (!text) {
      const found = words(value);
      throw flawed(place, `\`extends\`: expected the path of a shot file, found ${found}.`);
    }
    const target = resolve(dirname(place.file.path), text);
    if (!this.#mayLook(target)) throw strangePlace(place, 'extends', text);
    const loop = chain.findIndex(({ file }) => file.path === target);
    if (loop !== -1) {
      const files = [...chain.slice(loop).map(({ file }) => file), this.file(target)];
      const names = files.map(({ name }) => name).join(', ');
      throw flawed(place, `These files extend each other in a circle: ${names}.`);
    }
    if (chain.length > MAX_CHAIN) {
      throw flawed(place, `More than ${MAX_CHAIN} files in a row extend each other.`);
    }
    return target;
  }
}

/** One file of a row that extend each other. */
interface Link {
  readonly file: SourceFile;
  readonly own: MapTree;
}

function over(base: MapTree | null, own: MapTree): MapTree | ShotError {
  if (base === null) return own;
  const tree = merged(without(base, '$schema', 'name', 'abstract', 'extends'), own);
  if (tree.size <= MAX_MERGED) return tree;
  const place = valueAt(own, 'extends')?.place ?? own.place;
  return flawed(place, 'With all that it extends, this file is far too much for a shot.');
}

async function readShot(file: SourceFile, drafted: string | undefined): Promise<ShotText> {
  const unread = { file, own: null, isShot: true, warnings: [] };
  try {
    const { tree, error, warnings } = readTree(drafted ?? (await readText(file)), file);
    if (tree === null) return { ...unread, error: error ?? emptyFile(file) };
    if (tree.kind !== 'map') {
      if (tree.kind === 'scalar' && tree.value === null) {
        return { ...unread, error: error ?? emptyFile(file) };
      }
      const found = `expected keys such as blend:, found ${words(tree)}`;
      return { ...unread, error: error ?? flawed(tree.place, `A shot file: ${found}.`) };
    }
    const shot = unwrapped(tree);
    if (shot instanceof ShotError) return { ...unread, error: error ?? shot };
    const own = plainResolution(shot.own);
    // What is unknown in a broken file may only look so.
    const told = error ? [] : [...warnings, ...shot.beside, ...unknownKeys(shot.own)];
    const isShot = shot.own !== tree || error !== null || looksLikeShot(tree);
    return { file, own, isShot, error, warnings: told };
  } catch (error) {
    if (error instanceof ShotError) return { ...unread, error };
    throw error;
  }
}

function emptyFile(file: SourceFile): ShotError {
  const message = 'This file says nothing; a shot needs at least `blend:` or `script:`.';
  return flawed(whole(file), message);
}

/** The whole document may stand under `shot:`. */
function unwrapped(
  tree: MapTree,
): { readonly own: MapTree; readonly beside: readonly Flaw[] } | ShotError {
  const shot = tree.entries.get('shot');
  if (!shot) return { own: tree, beside: [] };
  if (shot.value.kind !== 'map') {
    const found = words(shot.value);
    return flawed(shot.value.place, `\`shot\`: expected keys such as blend:, found ${found}.`);
  }
  const beside = [...without(tree, 'shot').entries].map(([key, { place }]) => ({
    place,
    message: `The key \`${key}\` stands beside \`shot:\` and is left out; move it under \`shot:\`.`,
  }));
  return { own: shot.value, beside };
}

/** `resolution` as `resolution_x` and `_y`, so that either form overrides an inherited other one. */
function plainResolution(tree: MapTree): MapTree {
  const render = valueAt(tree, 'render');
  const size = render && valueAt(render, 'resolution');
  if (render?.kind !== 'map' || size?.kind !== 'list' || size.items.length !== 2) return tree;
  const [width, height] = size.items;
  const entries = new Map<string, Entry>();
  if (width) entries.set('resolution_x', { place: width.place, value: width });
  if (height) entries.set('resolution_y', { place: height.place, value: height });
  for (const [key, entry] of without(render, 'resolution').entries) entries.set(key, entry);
  const place = tree.entries.get('render')?.place ?? render.place;
  const all = new Map(tree.entries);
  all.set('render', { place, value: mapTree(entries, render.place) });
  return mapTree(all, tree.place);
}

/** Told at the `extends` that leads to it, unless the flaw is about that line already. */
function fromBase(cause: ShotError, target: string, own: MapTree): ShotError {
  const place = valueAt(own, 'extends')?.place ?? own.place;
  const [flaw] = cause.flaws;
  if (flaw.place.file.path !== target || flaw.place.line !== null) return cause;
  const message = `\`extends\` names ${flaw.place.file.name}: ${flaw.message}`;
  return flawed(place, message, cause.failureCause, cause.nextStep);
}
