import { READ_FROM_RIGHT } from './safe-text.ts';

/**
 * A part of a name. `common`: what all names have in front; `key`: what tells one from the others, the shot's number and
 * the version; `rest`: what stands around that.
 */
export interface NamePart {
  readonly text: string;
  readonly kind: 'common' | 'rest' | 'key';
}

/** Letters at the end of a name without a version that tell it from its neighbours (`_left`). */
const END = 8;
/** A shorter name is not taken apart. */
const SHORT = 20;

/** What stands between the words of a name, with the word behind it. */
const WORDS = /[_\-. ]*[^_\-. ]+/g;
const VERSION = /^v\d{1,5}[a-z]?$/i;
const SHOT = /^(?:sh|shot|s|cut|c)\d{1,6}[a-z]?$/i;
const NUMBER = /^\d{2,6}[a-z]?$/i;
const SEQUENCE = /^(?:sq|seq|sequence|scene|sc|q)\d{1,5}[a-z]?$/i;

/**
 * A name in the parts that it is cut by: `EP103_`, `sq020_`, `sh0040`, `_lighting`, `_v012`. Together they are the name.
 * @param common what the names beside it begin with as well
 */
export function nameParts(name: string, common = ''): readonly NamePart[] {
  // Joined letters of other scripts would come apart where they are cut.
  if (READ_FROM_RIGHT.test(name)) return [{ text: name, kind: 'rest' }];
  const begin = name.startsWith(common) && common.length < name.length ? common.length : 0;
  const keys = keysOf(name).map(([from, to]) => [Math.max(from, begin), to] as const);
  const parts: NamePart[] = [];
  const add = (from: number, to: number, kind: NamePart['kind']) => {
    if (from < to) parts.push({ text: name.slice(from, to), kind });
  };
  add(0, begin, 'common');
  let at = begin;
  for (const [from, to] of keys) {
    if (to <= at) continue;
    add(at, from, 'rest');
    add(Math.max(at, from), to, 'key');
    at = to;
  }
  add(at, name.length, 'rest');
  return parts;
}

/** From where to where the words lie that are never cut before the rest. */
function keysOf(name: string): readonly (readonly [from: number, to: number])[] {
  if (name.length <= SHORT && !STRUCTURED.test(name)) return [];
  const words = wordsOf(name);
  const shot = shotAt(words);
  const last = words.at(-1);
  const version = words.findLast(({ word }) => VERSION.test(word));
  const keys: (readonly [number, number])[] = [];
  // With its own letters alone: what stands before it goes first.
  if (shot) keys.push([shot.to - shot.word.length, shot.to]);
  if (version && version.from >= (shot?.to ?? 0)) keys.push([version.from, version.to]);
  else if (last && last !== shot && name.length > SHORT) keys.push([endOf(name), name.length]);
  return keys;
}

/** A name that a studio has numbered, however short. */
const STRUCTURED = /\d{3,}|[_\-. ]v\d/i;

/** Never inside of a letter. */
function endOf(name: string): number {
  const letters = [...LETTERS.segment(name)];
  return letters.at(-END)?.index ?? 0;
}

interface Word {
  readonly word: string;
  /** With what stands before it. */
  readonly from: number;
  readonly to: number;
}

function wordsOf(name: string): readonly Word[] {
  return [...name.matchAll(WORDS)].map(({ 0: text, index }) => ({
    word: text.replace(/^[_\-. ]+/, ''),
    from: index,
    to: index + text.length,
  }));
}

/** The word that numbers the shot: `sh0040`, else the last plain number. */
function shotAt(words: readonly Word[]): Word | undefined {
  return (
    words.findLast(({ word }) => SHOT.test(word)) ?? words.findLast(({ word }) => NUMBER.test(word))
  );
}

/** The name up to the end of its sequence, such as `EP103_sq020`; `null`: it names none. */
export function sequenceOf(name: string): string | null {
  const words = wordsOf(name);
  const named = words.findLast(({ word }) => SEQUENCE.test(word));
  if (named) return name.slice(0, named.to);
  // `film_010_0040`: of two numbers beside each other the first is the sequence.
  const at = words.findLastIndex(({ word }) => NUMBER.test(word));
  const before = words[at - 1];
  return before && NUMBER.test(before.word) ? name.slice(0, before.to) : null;
}

/** What all names begin with, in whole words; empty where they have nothing in common, or there is one only. */
export function commonBegin(names: Iterable<string>): string {
  let common: string | null = null;
  let count = 0;
  for (const name of names) {
    count += 1;
    common = common === null ? name : shared(common, name);
    if (common === '') return '';
  }
  if (common === null || count < 2) return '';
  return /^.*[_\-. ]/.exec(common)?.[0] ?? '';
}

function shared(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

const LETTERS = new Intl.Segmenter();
