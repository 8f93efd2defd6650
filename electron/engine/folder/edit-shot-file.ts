import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  stringify,
  visit,
  YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { whole } from './read-text.ts';
import { flawed } from './shot-error.ts';
import { readTree, shotIn } from './shot-tree.ts';
import { type MapTree, mapTree, plain, type SourceFile } from './tree.ts';

/** The new value of a setting. `null` overrides an inherited value with nothing; `undefined` removes the key. */
export type SettingValue = string | number | boolean | null | readonly (string | number)[];

/** One change of a shot file. */
export interface SettingEdit {
  /** The keys that lead to the setting, at most two: `['render', 'samples']`. */
  readonly path: readonly string[];
  readonly value: SettingValue | undefined;
}

/**
 * Returns the text of a shot file after some changes. The `yaml` library edits its own document; then only what differs
 * between its two printouts goes into the text, so comments, quotes, spacing and line ends elsewhere stay.
 * The result is read again and must say exactly what was asked. Throws a `ShotError` otherwise.
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
  if (edit.value === undefined && valueIn(before, edit.path) === undefined) return text;
  const after = orNull(() => edited(text, edit));
  const said = after === null ? null : orNull(() => saidBy(after, file));
  if (after !== null && said !== null && isChangedTo(before, said, edit)) return after;
  const name = edit.path.join('.');
  const message = `\`${name}\` can't be changed here without changing more of ${file.name}. Change it in a text editor.`;
  throw flawed(whole(file), message);
}

/** The library throws for what it can't print, such as an alias that lost its anchor. */
function orNull<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

// ---- The meaning of a text

type Said = Record<string, unknown>;

/** The settings of a shot file as plain values. */
function saidBy(text: string, file: SourceFile): Said {
  const { tree, error } = readTree(text, file);
  if (error) throw error;
  const own = shotIn(tree);
  const empty = mapTree(new Map(), whole(file));
  return plain(own?.kind === 'map' ? (own as MapTree) : empty) as Said;
}

function isChangedTo(before: Said, after: Said, { path, value }: SettingEdit): boolean {
  const same = isDeepStrictEqual(without(before, path), without(after, path));
  // A removed key may still have a value through keys that the file merges in with `<<`.
  return same && (value === undefined || isDeepStrictEqual(valueIn(after, path), value));
}

function valueIn(said: Said, path: readonly string[]): unknown {
  return path.reduce<unknown>((here, key) => (here as Said | null | undefined)?.[key], said);
}

/** All but one setting, and but the section that held nothing else. */
function without(said: Said, [key = '', ...rest]: readonly string[]): Said {
  const { [key]: value, ...others } = said;
  if (rest.length === 0 || typeof value !== 'object' || value === null) return others;
  const left = without(value as Said, rest);
  return Object.keys(left).length === 0 ? others : { ...others, [key]: left };
}

// ---- The document

type Entry = Pair<Scalar, Node | null>;

function edited(text: string, { path, value }: SettingEdit): string | null {
  // All plain scalars are text in this schema, so that the printout keeps `0010` and `1e3` as written.
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false });
  const options = printing(text, value);
  const before = document.toString(options);
  const root = document.contents as Document['contents'];
  if (!isMap(root)) return null;
  const shot = root.get('shot', true);
  change((isMap(shot) ? shot : root) as YAMLMap, path, value);
  if (root.items.length === 0) return null;
  return patched(text, before, document.toString(options));
}

function printing(text: string, value: SettingValue | undefined) {
  const [, indent = '  '] = /^( +)[^\s#]/m.exec(text) ?? [];
  return {
    lineWidth: 0,
    indent: indent.length,
    indentSeq: !/^( *)[^\s#-].*:[ \t]*(?:#.*)?\r?\n\1- /m.test(text),
    flowCollectionPadding: !Array.isArray(value),
  };
}

function change(
  map: YAMLMap,
  [key = '', ...rest]: readonly string[],
  value: SettingValue | undefined,
): void {
  const entry = map.items.find((one) => isScalar(one.key) && one.key.value === key) as
    | Entry
    | undefined;
  const old = entry?.value;
  if (entry && isMap(old) && rest.length > 0) {
    change(old, rest, value);
    if (old.items.length === 0) remove(map, entry);
  } else if (value === undefined) {
    if (entry) remove(map, entry);
  } else {
    const node = rest.reduceRight<Node>((inside, name) => section(name, inside), nodeOf(value));
    if (entry) replace(map, entry, node, value);
    else map.items.push(new Pair(new Scalar(key), node));
  }
}

function section(key: string, value: Node): YAMLMap {
  const map = new YAMLMap();
  map.items.push(new Pair(new Scalar(key), value));
  return map;
}

/** Quoted as the core schema needs it, with which shot files are read. */
function nodeOf(value: SettingValue): Node {
  const document = parseDocument(stringify([value]), { schema: 'failsafe' });
  const [node] = (document.contents as unknown as YAMLSeq<Node>).items;
  if (isCollection(node)) node.flow = true;
  return node as Node;
}

function replace(map: YAMLMap, entry: Entry, node: Node, value: SettingValue): void {
  const { value: old } = entry;
  if (isSeq(old) && Array.isArray(value) && !old.anchor) {
    old.items = value.map((one, index) => itemOf(old as YAMLSeq<Scalar>, value, one, index));
    return;
  }
  if (isCollection(old)) keepComments(map, entry, commentsIn(old, ['commentBefore', 'comment']));
  else if (isMap(node)) node.commentBefore = old?.comment ?? null;
  else if (old) node.commentBefore = old.commentBefore ?? null;
  if (!isMap(node) && !(isCollection(old) && !old.flow)) node.comment = old?.comment ?? null;
  const quotes = isScalar(old) && old.type?.startsWith('QUOTE') ? old.type : undefined;
  if (quotes && isScalar(node) && typeof value === 'string') node.type = quotes;
  entry.value = node;
}

/** Known items keep their comments; in a list as long as before, so do changed ones. */
function itemOf(
  { items }: YAMLSeq<Scalar>,
  values: readonly (string | number)[],
  value: string | number,
  index: number,
): Node {
  const old = items.find((item) => isScalar(item) && item.value === String(value));
  if (old) return old;
  const fresh = nodeOf(value);
  const before = items.length === values.length ? items[index] : undefined;
  if (isScalar(before)) fresh.comment = before.comment ?? null;
  return fresh;
}

/** Removes an entry with its lines. Comments on lines of their own stay. */
function remove(map: YAMLMap, entry: Entry): void {
  const inside = isCollection(entry.value) ? commentsIn(entry.value, ['commentBefore']) : [];
  keepComments(map, entry, [entry.key.commentBefore ?? '', ...inside]);
  map.items.splice(map.items.indexOf(entry), 1);
}

/** @param which on lines of their own, or behind a value as well */
function commentsIn(
  node: YAMLMap | YAMLSeq,
  which: readonly ('commentBefore' | 'comment')[],
): readonly string[] {
  const found: (string | null | undefined)[] = [];
  if (!node.flow) found.push(node.commentBefore, node.comment);
  visit(node, {
    Node: (_key, inner) => {
      if (inner !== node) found.push(...which.map((one) => inner[one]));
    },
  });
  return found.filter((comment) => typeof comment === 'string');
}

/** Puts comments before the entry behind this one. */
function keepComments(map: YAMLMap, entry: Entry, comments: readonly string[]): void {
  const kept = comments.filter((comment) => comment !== '');
  if (kept.length === 0) return;
  const next = map.items[map.items.indexOf(entry) + 1]?.key as Scalar | undefined;
  if (next) next.commentBefore = [...kept, ...said(next.commentBefore)].join('\n');
  else map.comment = [...kept, ...said(map.comment)].join('\n');
}

function said(comment: string | null | undefined): readonly string[] {
  return comment ? [comment] : [];
}

// ---- The text

/**
 * Applies the difference of two printouts to the text that the first was printed from. The text and its printout may
 * differ in white space only; `null`: they differ in more.
 */
function patched(text: string, before: string, after: string): string | null {
  const [own, old, now] = [letters(text), letters(before), letters(after)];
  if (own.signs !== old.signs) return null;
  let start = 0;
  while (start < old.signs.length && old.signs[start] === now.signs[start]) start += 1;
  const most = Math.min(old.signs.length, now.signs.length) - start;
  let same = 0;
  while (same < most && old.signs.at(-1 - same) === now.signs.at(-1 - same)) same += 1;
  // Where several cuts say the same, the one between two lines.
  const longer = old.signs.length > now.signs.length ? old : now;
  const slid = slide(longer, start, longer.signs.length - same);
  same += start - slid;
  start = slid;
  const [oldEnd, nowEnd] = [old.signs.length - same, now.signs.length - same];
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const piece = (from: number, to: number) =>
    from === to ? '' : after.slice(now.at[from], (now.at[to - 1] ?? 0) + 1).replaceAll('\n', eol);
  const head = text.slice(0, start === 0 ? 0 : (own.at[start - 1] ?? 0) + 1);
  const tail = text.slice(own.at[oldEnd] ?? text.length);
  const [gap, end] = [own.gap(start), own.gap(oldEnd)];
  if (start === nowEnd) return head + closed(gap, end) + tail;
  const lead = now.gap(start).replaceAll('\n', eol);
  // Between two brackets the printout knows the padding.
  const close = gap === '' && own.signs[start - 1] === '{' ? now.gap(nowEnd) : gap;
  if (start === oldEnd) return head + lead + piece(start, nowEnd) + close + tail;
  const isAlike = gap.includes('\n') === lead.includes('\n');
  return head + (isAlike && gap !== '' ? gap : lead) + piece(start, nowEnd) + end + tail;
}

/** What is no white space, where each sign stands, and the white space before it. */
function letters(text: string) {
  const at = [...text.matchAll(/\S/g)].map(({ index }) => index);
  const signs = text.replaceAll(/\s+/g, '');
  const gap = (index: number) =>
    text.slice(index === 0 ? 0 : (at[index - 1] ?? 0) + 1, at[index] ?? text.length);
  return { at, signs, gap };
}

function slide({ signs, gap }: ReturnType<typeof letters>, start: number, end: number): number {
  for (let at = start; at > 0; at -= 1) {
    if (gap(at).includes('\n')) return at;
    if (signs[at - 1] !== signs[end - 1 - (start - at)]) return start;
  }
  return start;
}

/** The white space around a piece that was taken out: line ends from before it, the indentation from behind it. */
function closed(before: string, behind: string): string {
  if (!before.includes('\n')) return behind;
  return before.slice(0, before.lastIndexOf('\n') + 1) + behind.slice(behind.lastIndexOf('\n') + 1);
}
