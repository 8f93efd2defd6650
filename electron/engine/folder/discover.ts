import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { isBackupFolder } from './left-out.ts';
import { reasonOf, whole } from './read-text.ts';
import type { Flaw } from './shot-error.ts';
import type { SourceFile } from './tree.ts';

export interface FoundFile extends SourceFile {
  readonly kind: 'yaml' | 'blend';
  /** It lies in a folder of backups; not there: it does not. */
  readonly inBackups?: boolean;
}

export interface Found {
  /** In natural order of their paths: `shot2` before `shot10`. */
  readonly files: readonly FoundFile[];
  readonly flaws: readonly Flaw[];
  /** Blender's own backups, such as `shot.blend1`. */
  readonly blendBackups: number;
}

/** Someone dropped a whole disk: more than this is not walked. */
const MAX_ENTRIES = 500_000;

/** Folders that are never searched, besides hidden ones. */
const FOREIGN_FOLDERS = new Set(['node_modules', '__pycache__', '__MACOSX']);

/**
 * Every .yaml, .yml and .blend below a folder, hidden ones and those in `leftOut` apart.
 * @param folder absolute, links resolved
 * @param leftOut absolute folders that are not searched
 */
export async function discover(folder: string, leftOut: readonly string[]): Promise<Found> {
  const walk = new Walk(folder, new Set(leftOut.filter((path) => path !== folder)));
  await walk.run();
  const files = walk.files.sort((a, b) => byPath(a.name, b.name));
  return { files, flaws: walk.flaws, blendBackups: walk.blendBackups };
}

/** Made when there is something to compare: it takes the 13 ms of ICU's tables. */
let collator: Intl.Collator | undefined;

/** Natural order of relative paths, folder by folder. */
function byPath(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (const [index, name] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    collator ??= new Intl.Collator('en', { numeric: true });
    const order = collator.compare(name, other) || compared(name, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** A folder on the way. */
interface Visited {
  readonly path: string;
  /** Links resolved. */
  readonly real: string;
  readonly inBackups: boolean;
}

class Walk {
  readonly files: FoundFile[] = [];
  readonly flaws: Flaw[] = [];
  blendBackups = 0;
  readonly #root: string;
  readonly #leftOut: ReadonlySet<string>;
  readonly #seen = new Set<string>();
  /** Links to folders wait, so that what is really in a folder is found under its real path. */
  readonly #links: Omit<Visited, 'real'>[] = [];
  #entries = 0;

  constructor(root: string, leftOut: ReadonlySet<string>) {
    this.#root = root;
    this.#leftOut = leftOut;
  }

  async run(): Promise<void> {
    await this.#folder({ path: this.#root, real: this.#root, inBackups: false });
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) {
      const real = await realpath(link.path).catch(() => null);
      if (real !== null) await this.#folder({ ...link, real });
    }
    if (this.#entries > MAX_ENTRIES) {
      const message = `This folder holds more than ${MAX_ENTRIES.toLocaleString('en')} files; not all were searched for shots. Choose the folder of the shots themselves.`;
      this.flaws.push({ place: whole(this.#file(this.#root)), message });
    }
  }

  async #folder(first: Visited): Promise<void> {
    const waiting = [first];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      if (this.#leftOut.has(next.path) || this.#leftOut.has(next.real)) continue;
      if (this.#seen.has(next.real)) continue;
      this.#seen.add(next.real);
      for (const entry of await this.#list(next.path)) {
        const path = join(next.path, entry.name);
        if (entry.name.startsWith('.')) continue;
        if (entry.isDirectory() && !FOREIGN_FOLDERS.has(entry.name)) {
          const inBackups = next.inBackups || isBackupFolder(entry.name);
          waiting.push({ path, real: join(next.real, entry.name), inBackups });
        } else if (entry.isFile()) this.#add(path, next.inBackups);
        else if (entry.isSymbolicLink()) await this.#link(path, next.inBackups);
      }
    }
  }

  async #list(path: string) {
    if (this.#entries > MAX_ENTRIES) return [];
    try {
      const entries = await readdir(path, { withFileTypes: true });
      this.#entries += entries.length;
      return entries.sort((a, b) => compared(a.name, b.name));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'nothing';
      const message = `This folder can't be searched for shots: ${reasonOf(code)}.`;
      this.flaws.push({ place: whole(this.#file(path)), message });
      return [];
    }
  }

  async #link(path: string, inBackups: boolean): Promise<void> {
    const target = await stat(path).catch(() => null);
    if (target?.isDirectory()) {
      this.#links.push({ path, inBackups: inBackups || isBackupFolder(basename(path)) });
    }
    // A link that leads nowhere counts too: reading it tells so.
    else if (target === null || target.isFile()) this.#add(path, inBackups);
  }

  #add(path: string, inBackups: boolean): void {
    const kind = kindOf(path);
    if (kind !== null) this.files.push({ ...this.#file(path), kind, inBackups });
    else if (/\.blend\d+$/i.test(path)) this.blendBackups += 1;
  }

  #file(path: string): SourceFile {
    return { path, name: relative(this.#root, path).split(sep).join('/') || '.' };
  }
}

function kindOf(path: string): FoundFile['kind'] | null {
  if (/\.ya?ml$/i.test(path)) return 'yaml';
  return /\.blend$/i.test(path) ? 'blend' : null;
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
