/** A file that says something about shots. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the shot folder, with `/`. */
  readonly name: string;
}

/** Where in which file something stands. Lines and columns from 1; `null`: the file as a whole. */
export interface Place {
  readonly file: SourceFile;
  readonly line: number | null;
  readonly column: number | null;
}

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As it is written in the file: `0010` where the value is the number 10. */
  readonly text: string;
  readonly place: Place;
  readonly size: 1;
}

export interface ListTree {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly place: Place;
  readonly size: number;
}

export interface MapTree {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly place: Place;
  readonly size: number;
}

export interface Entry {
  /** Of the key. */
  readonly place: Place;
  readonly value: Tree;
}

/** What a YAML file says, each value with its place. `size` counts the values in it, itself too. */
export type Tree = ScalarTree | ListTree | MapTree;

export function mapTree(entries: ReadonlyMap<string, Entry>, place: Place): MapTree {
  let size = 1;
  for (const entry of entries.values()) size += entry.value.size;
  return { kind: 'map', entries, place, size };
}

export function listTree(items: readonly Tree[], place: Place): ListTree {
  return { kind: 'list', items, place, size: items.reduce((sum, item) => sum + item.size, 1) };
}

export function textTree(text: string, place: Place): ScalarTree {
  return { kind: 'scalar', value: text, text, place, size: 1 };
}

/** The value under a path of keys; `null` where the file says nothing of it, or says `null`. */
export function valueAt(tree: Tree, ...path: readonly (string | number)[]): Tree | null {
  let here: Tree | undefined = tree;
  for (const key of path) {
    if (here?.kind === 'map') here = here.entries.get(String(key))?.value;
    else if (here?.kind === 'list') here = here.items[Number(key)];
    else return null;
  }
  return here === undefined || (here.kind === 'scalar' && here.value === null) ? null : here;
}

/** The text under a path of keys, numbers and all as they are written. */
export function textAt(tree: Tree, ...path: readonly (string | number)[]): string | null {
  const value = valueAt(tree, ...path);
  return value?.kind === 'scalar' ? textOf(value) : null;
}

export function textOf(scalar: ScalarTree): string {
  return typeof scalar.value === 'string' ? scalar.value : scalar.text;
}

/** Deep merge: own keys win, lists and single values replace. */
export function merged(base: MapTree, own: MapTree): MapTree {
  const entries = new Map(base.entries);
  for (const [key, entry] of own.entries) {
    const old = entries.get(key)?.value;
    const both = old?.kind === 'map' && entry.value.kind === 'map';
    entries.set(key, both ? { ...entry, value: merged(old, entry.value) } : entry);
  }
  return mapTree(entries, own.place);
}

export function without(tree: MapTree, ...keys: readonly string[]): MapTree {
  return mapTree(new Map([...tree.entries].filter(([key]) => !keys.includes(key))), tree.place);
}

/** The bare value, as JSON would hold it. */
export function plain(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, plain(entry.value)]));
}
