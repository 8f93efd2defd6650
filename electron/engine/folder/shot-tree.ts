import { isAlias, isMap, isPair, isScalar, isSeq, type ParsedNode } from 'yaml';
import { MAX_DEPTH, type ParsedYaml, parseYaml } from './parse-yaml.ts';
import { type Flaw, flawed, ShotError } from './shot-error.ts';
import {
  type Entry,
  listTree,
  type MapTree,
  mapTree,
  type Place,
  type SourceFile,
  type Tree,
  valueAt,
} from './tree.ts';

/** Bound of the values in one file, with every alias (`*name`) written out. */
export const MAX_VALUES = 50_000;

export interface ReadTree {
  /** What could be read, also of a broken file; `null`: nothing. */
  readonly tree: Tree | null;
  readonly error: ShotError | null;
  readonly warnings: readonly Flaw[];
}

/** Text to values with places: aliases and merge keys (`<<`) resolved, the work bounded. */
export function readTree(text: string, file: SourceFile): ReadTree {
  try {
    const parsed = parseYaml(text, file);
    if (parsed.document === null) return { tree: null, error: parsed.error, warnings: [] };
    return { ...grownTree(parsed, file), warnings: parsed.warnings };
  } catch (error) {
    if (error instanceof ShotError) return { tree: null, error, warnings: [] };
    throw error;
  }
}

/** What a file says of its shot: below `shot`, or without that. */
export function shotIn(tree: Tree | null): Tree | null {
  return (tree && valueAt(tree, 'shot')) ?? tree;
}

function grownTree(parsed: ParsedYaml, file: SourceFile): Pick<ReadTree, 'tree' | 'error'> {
  const grower = new TreeGrower(parsed, file);
  const tree = grower.grow(parsed.document?.contents as ParsedNode);
  return { tree, error: parsed.error ?? grower.error };
}

class TreeGrower {
  error: ShotError | null = null;
  readonly #parsed: ParsedYaml;
  readonly #start: Place;
  readonly #anchors = new Map<string, ParsedNode>();
  readonly #growing = new Set<ParsedNode>();
  #count = 0;

  constructor(parsed: ParsedYaml, file: SourceFile) {
    this.#parsed = parsed;
    this.#start = { file, line: 1, column: 1 };
  }

  grow(node: ParsedNode | null, fallback: Place = this.#start): Tree {
    const place = node?.range ? this.#parsed.placeAt(node.range[0]) : fallback;
    this.#count += 1;
    if (this.#count > MAX_VALUES) {
      throw flawed(place, 'Written out, the aliases of this file are far too much for a shot.');
    }
    if (node === null) return { kind: 'scalar', value: null, text: '', place, size: 1 };
    if (isAlias(node)) return this.#grown(this.#aliased(node.source, place), place);
    if (node.anchor) this.#anchors.set(node.anchor, node);
    return this.#grown(node, place);
  }

  #grown(node: ParsedNode, place: Place): Tree {
    if (this.#growing.has(node) || this.#growing.size > MAX_DEPTH) {
      throw flawed(place, 'This alias leads into itself, or too deep.');
    }
    this.#growing.add(node);
    try {
      if (isMap(node)) return this.#map(node, place);
      if (isSeq(node)) {
        return listTree(
          node.items.map((item) => this.grow(item as ParsedNode, place)),
          place,
        );
      }
      return scalar(node, place);
    } finally {
      this.#growing.delete(node);
    }
  }

  #map(node: ParsedNode, place: Place): MapTree {
    const own = new Map<string, Entry>();
    const inherited = new Map<string, Entry>();
    for (const pair of isMap(node) ? node.items : []) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      // A symbol is what `<<` becomes where the file asks for YAML 1.1.
      const name: unknown = pair.key.value;
      const key = typeof name === 'symbol' ? '<<' : String(name ?? '');
      const range = pair.key.range;
      const at = range ? this.#parsed.placeAt(range[0]) : place;
      const value = this.grow(pair.value as ParsedNode | null, at);
      if (key === '<<' && pair.key.type === 'PLAIN') this.#merge(value, at, inherited);
      else if (own.has(key)) this.#remember(at, `The key \`${key}\` stands here a second time.`);
      else own.set(key, { place: at, value });
    }
    for (const [key, entry] of inherited) if (!own.has(key)) own.set(key, entry);
    return mapTree(own, place);
  }

  #merge(value: Tree, place: Place, into: Map<string, Entry>): void {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind !== 'map') {
        this.#remember(place, '`<<` takes keys from elsewhere, such as *name; this has none.');
        continue;
      }
      this.#count += source.entries.size;
      for (const [key, entry] of source.entries) if (!into.has(key)) into.set(key, entry);
    }
  }

  #aliased(name: string, place: Place): ParsedNode {
    const node = this.#anchors.get(name);
    if (!node) throw flawed(place, `Nothing before this is marked \`&${name}\`.`);
    return node;
  }

  #remember(place: Place, message: string): void {
    this.error ??= flawed(place, message);
  }
}

function scalar(node: ParsedNode, place: Place): Tree {
  const value: unknown = isScalar(node) ? node.value : null;
  const text = isScalar(node) ? (node.source ?? String(value)) : '';
  // YAML 1.1 knows dates and bytes, which stay as they are written.
  const kept =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : value == null
        ? null
        : text;
  return { kind: 'scalar', value: kept, text, place, size: 1 };
}
