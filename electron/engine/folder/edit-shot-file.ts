import { isDeepStrictEqual } from 'node:util';
import {
  type Alias,
  Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { parseYaml } from './parse-yaml.ts';
import { whole } from './read-text.ts';
import { flawed, ShotError } from './shot-error.ts';
import { readTree, shotIn } from './shot-tree.ts';
import { type MapTree, mapTree, plain, type SourceFile } from './tree.ts';

/** What a setting is to say. `null` takes away what is inherited; `undefined`: the file says nothing of it any more. */
export type SettingValue = string | number | boolean | null | readonly (string | number)[];

/** One change of a shot file. */
export interface SettingEdit {
  /** The keys that lead to it, at most two: `['render', 'samples']`. */
  readonly path: readonly string[];
  readonly value: SettingValue | undefined;
}

/**
 * A shot file after some changes. Nothing else of the text is touched: comments, blank lines, quotes, flow style, line
 * ends and the order of keys stay as they are, since only the piece that says a setting is replaced. What comes out is read
 * again and must say just what was asked for. Throws a `ShotError` where that can't be, or the file can't be read.
 */
export function editShotFile(
  text: string,
  edits: readonly SettingEdit[],
  file: SourceFile,
): string {
  return edits.reduce((now, edit) => changed(now, edit, file), text);
}

function changed(text: string, edit: SettingEdit, file: SourceFile): string {
  const before = saidBy(text, file);
  const after = new ShotText(text, file).with(edit);
  if (after === text) return text;
  const said = after === null ? null : saidOrNull(after, file);
  if (after === null || said === null || !isChangedTo(before, said, edit)) {
    const name = edit.path.join('.');
    const message = `\`${name}\` can't be changed here without changing more of ${file.name}. Change it in a text editor.`;
    throw flawed(whole(file), message);
  }
  return after;
}

// ---- What a text says

type Said = Record<string, unknown>;

/** The settings of a shot file as plain values. */
function saidBy(text: string, file: SourceFile): Said {
  const { tree, error } = readTree(text, file);
  if (error) throw error;
  const own = shotIn(tree);
  const empty = mapTree(new Map(), whole(file));
  return plain(own?.kind === 'map' ? (own as MapTree) : empty) as Said;
}

function saidOrNull(text: string, file: SourceFile): Said | null {
  try {
    return saidBy(text, file);
  } catch (error) {
    if (error instanceof ShotError) return null;
    throw error;
  }
}

function isChangedTo(before: Said, after: Said, { path, value }: SettingEdit): boolean {
  const same = isDeepStrictEqual(without(before, path), without(after, path));
  // What is gone may be said all the same, by keys that the file merges in with `<<`.
  return same && (value === undefined || isDeepStrictEqual(valueIn(after, path), value));
}

function valueIn(said: Said, path: readonly string[]): unknown {
  return path.reduce<unknown>((here, key) => (here as Said | undefined)?.[key], said);
}

/** All but one setting, and but the section that held nothing else. */
function without(said: Said, [key = '', ...rest]: readonly string[]): Said {
  const { [key]: value, ...others } = said;
  if (rest.length === 0 || typeof value !== 'object' || value === null) return others;
  const left = without(value as Said, rest);
  return Object.keys(left).length === 0 ? others : { ...others, [key]: left };
}

// ---- The text, and the pieces of it

type Entry = Pair<Scalar & ParsedNode, ParsedNode | null>;
type Keys = YAMLMap<Scalar & ParsedNode, ParsedNode | null>;

/** The text of a shot file with what is known of its places. Its changes are new texts; `null`: there is no way. */
class ShotText {
  readonly #text: string;
  readonly #document: Document | null;
  readonly #eol: string;

  constructor(text: string, file: SourceFile) {
    this.#text = text;
    const { document, error } = parseYaml(text, file);
    if (error) throw error;
    this.#document = document;
    this.#eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  }

  with({ path, value }: SettingEdit): string | null {
    const root = this.#document?.contents;
    if (!isMap(root)) return null;
    const shot = entryOf(root as Keys, 'shot')?.value;
    return this.#withIn((isMap(shot) ? shot : root) as Keys, path, value, []);
  }

  /** @param around the keys that lead to this map, outermost first: one that becomes empty goes with its last key */
  #withIn(
    map: Keys,
    [key = '', ...rest]: readonly string[],
    value: SettingValue | undefined,
    around: readonly { readonly map: Keys; readonly entry: Entry }[],
  ): string | null {
    const entry = entryOf(map, key);
    if (!entry) return value === undefined ? this.#text : this.#added(map, [key, ...rest], value);
    if (rest.length === 0) {
      return value === undefined
        ? this.#removed([...around, { map, entry }])
        : this.#replaced(map, entry, value);
    }
    const section = entry.value;
    if (isMap(section))
      return this.#withIn(section as Keys, rest, value, [...around, { map, entry }]);
    if (value === undefined) return this.#text;
    if (isAlias(section)) {
      const more = `${rest[0]}: ${flowText(value)}`;
      return this.#spliced(...rangeOf(section), `{ <<: *${section.source}, ${more} }`);
    }
    return isEmpty(section) ? this.#filled(map, entry, rest[0] as string, value) : null;
  }

  /** A new key behind the last one of a map. */
  #added(map: Keys, path: readonly string[], value: SettingValue): string {
    const last = map.items.at(-1) as Entry | undefined;
    if (map.flow || !last) {
      const piece = path.reduceRight((inside, key, index) => {
        return index === path.length - 1 ? `${key}: ${inside}` : `${key}: { ${inside} }`;
      }, flowText(value));
      const [start] = rangeOf(map);
      return last
        ? this.#spliced(...at(this.#endOf(last)), `, ${piece}`)
        : this.#spliced(...at(start + 1), ` ${piece} `);
    }
    const indent = this.#indentOf(map.items[0] as Entry);
    const lines = path.map((key, depth) => `${indent}${this.#step.repeat(depth)}${key}:`);
    const block = `${lines.join(this.#eol)} ${blockText(value)}`;
    return this.#line(this.#endOf(last), block);
  }

  /** A key under one that says nothing yet. */
  #filled(map: Keys, entry: Entry, key: string, value: SettingValue): string {
    if (map.flow) {
      const [start, end] = this.#placeOf(entry);
      return this.#spliced(start, end, ` { ${key}: ${flowText(value)} }`);
    }
    const line = `${this.#indentOf(entry)}${this.#step}${key}: ${blockText(value)}`;
    const [start, end] = this.#placeOf(entry);
    const emptied = this.#spliced(start, end, '');
    return new Lines(emptied, this.#eol).after(start, line);
  }

  #replaced(map: Keys, entry: Entry, value: SettingValue): string | null {
    const node = entry.value;
    if (Array.isArray(value) && isSeq(node)) {
      const piecemeal = this.#itemsReplaced(map, node as YAMLSeq<ParsedNode>, value);
      if (piecemeal !== null) return piecemeal;
    }
    const inFlow = map.flow === true;
    const style = isScalar(node) ? node.type : undefined;
    const written = inFlow ? flowText(value, style) : blockText(value, style);
    const moved = this.#withAnchorMoved(entry);
    if (moved === null) return null;
    const [start, end] = this.#placeOf(entry);
    // What stands in lines of its own ends with the last of them, and the comments among them stay.
    const old = this.#text.slice(start, end);
    const isOfLines = !inFlow && isCollection(node) && !node.flow;
    const comments = isOfLines
      ? commentsIn(old).map((comment) => this.#indentOf(entry) + comment)
      : [];
    const tail = /\r?\n$/.test(old) ? this.#eol : '';
    const kept = comments.map((comment) => this.#eol + comment).join('');
    const space = /^[ \t]+(?!\r?\n)/.exec(old)?.[0] ?? ' ';
    return this.#text.slice(0, start) + space + written + kept + tail + moved(end);
  }

  /** A list as long as the new one, item by item, and one in lines, line by line: their comments stay. */
  #itemsReplaced(
    map: Keys,
    list: YAMLSeq<ParsedNode>,
    value: readonly (string | number)[],
  ): string | null {
    const items = list.items.filter((item) => isScalar(item) && !item.anchor);
    if (items.length !== list.items.length || list.anchor) return null;
    const inFlow = list.flow === true || map.flow === true;
    if (items.length === value.length) {
      return items.reduceRight((text, item, index) => {
        if ((item as Scalar).value === value[index]) return text;
        const one = value[index] as string | number;
        const style = (item as Scalar).type;
        const written = inFlow ? flowText(one, style) : blockText(one, style);
        const [start, end] = rangeOf(item);
        return text.slice(0, start) + written + text.slice(end);
      }, this.#text);
    }
    if (inFlow || value.length === 0) return null;
    const lines = new Lines(this.#text, this.#eol);
    const spans = items.map((item) => lines.around(...rangeOf(item)));
    const [first, last] = [spans.at(0), spans.at(-1)];
    if (!first || !last) return null;
    const indent = /^\s*/.exec(this.#text.slice(...first))?.[0] ?? '';
    const known = new Map(
      items.map((item, index) => [(item as Scalar).value, spans[index] as Span] as const),
    );
    const written = value.map((one) => {
      const span = known.get(one);
      const old = span && this.#text.slice(...span);
      return old?.trimStart().startsWith('- ')
        ? old.replace(/\r?\n$/, '')
        : `${indent}- ${blockText(one)}`;
    });
    return this.#spliced(first[0], last[1], written.join(this.#eol) + this.#eol);
  }

  /** Without the innermost of these keys, and without those that held nothing else. */
  #removed(chain: readonly { readonly map: Keys; readonly entry: Entry }[]): string | null {
    const inner = chain.at(-1);
    if (!inner) return null;
    const { map, entry } = inner;
    const outer = chain.slice(0, -1);
    const isLast = map.items.length === 1;
    if (isLast && outer.length === 0) return null;
    if (isLast && map.flow) return this.#removed(outer);
    if (map.flow) return this.#removedFromFlow(map, entry);
    const lines = new Lines(this.#text, this.#eol);
    const [start] = rangeOf(entry.key);
    const span = lines.around(start, this.#endOf(entry));
    if (this.#text.slice(span[0], start).trim() !== '') return null;
    const left = this.#spliced(...span, '');
    const section = outer.at(-1);
    if (!isLast || !section) return left;
    // The line of the section stands before: nothing that was taken out moves it.
    const [at] = rangeOf(section.entry.key);
    const header = lines.around(at, this.#colonOf(section.entry) + 1);
    if (this.#text.slice(header[0], at).trim() !== '' || header[1] > span[0]) return null;
    return left.slice(0, header[0]) + left.slice(header[1]);
  }

  #removedFromFlow(map: Keys, entry: Entry): string | null {
    const index = map.items.indexOf(entry);
    const before = map.items[index - 1] as Entry | undefined;
    const next = map.items[index + 1] as Entry | undefined;
    const [start, end]: Span = before
      ? [this.#endOf(before), this.#endOf(entry)]
      : [rangeOf(entry.key)[0], next ? rangeOf(next.key)[0] : this.#endOf(entry)];
    // A comment would be lost with it.
    return this.#text.slice(start, end).includes('#') ? null : this.#spliced(start, end, '');
  }

  /**
   * The rest of the text behind a value that is replaced. Where others repeat it (`&name` and `*name`), the first of them
   * says it from then on. `null`: it can't.
   */
  #withAnchorMoved({ value }: Entry): ((end: number) => string) | null {
    const anchor = value !== null && !isAlias(value) ? value.anchor : undefined;
    const heirs: Alias.Parsed[] = [];
    visit(this.#document, {
      Alias: (_key, alias) => {
        if (alias.source === anchor) heirs.push(alias as Alias.Parsed);
      },
    });
    const [heir] = heirs;
    if (anchor === undefined || !heir) return (end) => this.#text.slice(end);
    if (isCollection(value) && !value.flow) return null;
    const [from, to] = rangeOf(heir);
    const said = this.#text.slice(...rangeOf(value as ParsedNode));
    return (end) => `${this.#text.slice(end, from)}&${anchor} ${said}${this.#text.slice(to)}`;
  }

  /** From behind the colon to the end of the value: with anchor and tag, without the comment. */
  #placeOf(entry: Entry): Span {
    const start = this.#colonOf(entry) + 1;
    const end = Math.max(start, this.#endOf(entry));
    const said = entry.value ? rangeOf(entry.value)[0] : start;
    // A comment stands behind the colon, and the value on a line of its own.
    const isBelow = isScalar(entry.value) && this.#text.slice(start, said).includes('#');
    return isBelow && said > start ? [said - 1, end] : [start, end];
  }

  #colonOf({ key }: Entry): number {
    return this.#text.indexOf(':', rangeOf(key)[1]);
  }

  /** Where the value of a key ends; without one, where the key does. */
  #endOf(entry: Entry): number {
    const { value } = entry;
    const colon = this.#colonOf(entry) + 1;
    if (value === null || isEmpty(value)) {
      const [start, end] = value ? rangeOf(value) : [colon, colon];
      return this.#text.slice(start, end).trim() === '' ? colon : end;
    }
    if (isMap(value) && !value.flow) return this.#endOf(value.items.at(-1) as Entry);
    const [start, end] = rangeOf(value);
    return isScalar(value) && value.type?.startsWith('BLOCK')
      ? end
      : start + this.#text.slice(start, end).trimEnd().length;
  }

  #indentOf({ key }: Entry): string {
    const [start] = rangeOf(key);
    const line = this.#text.lastIndexOf('\n', start - 1) + 1;
    return ' '.repeat(start - line);
  }

  /** How far this file indents. */
  get #step(): string {
    let found = 0;
    visit(this.#document, {
      Pair: (_key, pair, path) => {
        const map = path.at(-1);
        const isInner = path.filter(isMap).length === 2 && isMap(map) && !map.flow;
        if (!isInner) return;
        found = this.#indentOf(pair as Entry).length;
        return visit.BREAK;
      },
    });
    const root = this.#document?.contents;
    const first = isMap(root) ? (root.items[0] as Entry | undefined) : undefined;
    const step = found - (first ? this.#indentOf(first).length : 0);
    return ' '.repeat(step > 0 ? step : 2);
  }

  #line(after: number, line: string): string {
    return new Lines(this.#text, this.#eol).after(after, line);
  }

  #spliced(start: number, end: number, piece: string): string {
    return this.#text.slice(0, start) + piece + this.#text.slice(end);
  }
}

type Span = readonly [start: number, end: number];

function at(place: number): Span {
  return [place, place];
}

/** A text as lines. */
class Lines {
  constructor(
    private readonly text: string,
    private readonly eol: string,
  ) {}

  /** With a line more behind the one that this place is in or ends. */
  after(place: number, line: string): string {
    const [, end] = this.around(place, place);
    const isEnded = end === 0 || this.text[end - 1] === '\n';
    const piece = isEnded ? line + this.eol : this.eol + line;
    return this.text.slice(0, end) + piece + this.text.slice(end);
  }

  /** From the start of the first line of a span to behind the end of its last one. */
  around(start: number, end: number): Span {
    const from = this.text.lastIndexOf('\n', start - 1) + 1;
    // A block of text ends with its last line.
    if (end > 0 && this.text[end - 1] === '\n') return [from, end];
    const to = this.text.indexOf('\n', end);
    return [from, to === -1 ? this.text.length : to + 1];
  }
}

function entryOf(map: Keys, key: string): Entry | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) as
    | Entry
    | undefined;
}

function rangeOf(node: ParsedNode | Keys): Span {
  const [start = 0, end = 0] = node.range ?? [];
  return [start, end];
}

function isEmpty(node: ParsedNode | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function commentsIn(lines: string): readonly string[] {
  return lines.split(/\r?\n/).flatMap((line) => /(?:^|\s)(#.*)$/.exec(line)?.[1] ?? []);
}

// ---- A value as text

/** On a line of its own. @param style quotes that stood around the old one stay */
function blockText(value: SettingValue, style?: Scalar.Type): string {
  return Array.isArray(value) ? flowText(value) : pieceOf(value, style, false).slice('k: '.length);
}

/** Between braces or brackets. */
function flowText(value: SettingValue, style?: Scalar.Type): string {
  if (Array.isArray(value)) return `[${value.map((one) => flowText(one)).join(', ')}]`;
  return pieceOf(value, style, true).slice('{ k: '.length, -' }'.length);
}

function pieceOf(value: SettingValue, style: Scalar.Type | undefined, flow: boolean): string {
  const scalar = new Scalar(value);
  const quotes = style === Scalar.QUOTE_DOUBLE || style === Scalar.QUOTE_SINGLE;
  if (quotes && typeof value === 'string') scalar.type = style;
  const document = new Document({ k: scalar });
  if (isMap(document.contents)) document.contents.flow = flow;
  return document.toString({ lineWidth: 0 }).trimEnd();
}
