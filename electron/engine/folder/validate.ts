import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { type Flaw, ShotError } from './shot-error.ts';
import { KNOWN_KEYS, type ShotValues, shotSchema } from './shot-schema.ts';
import { type MapTree, type Place, plain, type Tree, textOf, valueAt } from './tree.ts';

/** The values of a merged shot, checked. Throws a `ShotError` with a flaw for each wrong value. */
export function validated(tree: MapTree): ShotValues {
  const result = shotSchema.safeParse(bareShot(tree));
  const flaws = result.success ? [] : result.error.issues.map((issue) => flawOf(issue, tree));
  const all = [...flaws, ...endlessNumbers(valueAt(tree, 'params'))];
  const [first, ...more] = all.slice(0, MAX_FLAWS);
  if (first) throw new ShotError([first, ...more]);
  return result.data as ShotValues;
}

/** More would only hide the first ones. */
const MAX_FLAWS = 20;

/** Names and paths may look like numbers: a camera `0010` is meant as it is written. */
const TEXT_KEYS = [
  'name',
  'extends',
  'blend',
  'script',
  'blender',
  'scene',
  'camera',
  'path',
  'view_layers',
  'depends_on',
];

/** Without the keys that say `null`: those are as if they were not there. */
function bareShot(tree: MapTree): Record<string, unknown> {
  const bare: [string, unknown][] = [];
  for (const [key, { value }] of tree.entries) {
    if (value.kind === 'scalar' && value.value === null) continue;
    if (value.kind === 'map' && (key === 'render' || key === 'output')) {
      bare.push([key, bareShot(value)]);
    } else {
      bare.push([key, TEXT_KEYS.includes(key) ? asText(value) : plain(value)]);
    }
  }
  // Unlike an assignment this leaves the prototype alone where a key is called `__proto__`.
  return Object.fromEntries(bare);
}

function asText(tree: Tree): unknown {
  if (tree.kind === 'list') return tree.items.map(asText);
  return tree.kind === 'scalar' && tree.value !== null ? textOf(tree) : plain(tree);
}

function flawOf(issue: z.core.$ZodIssue, tree: MapTree): Flaw {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const { found, place } = nearest(tree, path);
  const name = path.filter((key) => typeof key === 'string').join('.');
  const sentence = issue.code === 'custom' && issue.params?.expected !== true;
  if (sentence) return { place, message: `\`${name}\`: ${issue.message}` };
  return { place, message: `\`${name}\`: expected ${issue.message}, found ${words(found)}.` };
}

/** The value under a path, or the deepest one on the way to it. */
function nearest(tree: Tree, path: readonly (string | number)[]): { found: Tree; place: Place } {
  for (let length = path.length; length > 0; length -= 1) {
    const found = valueAt(tree, ...path.slice(0, length));
    if (found) return { found, place: found.place };
  }
  return { found: tree, place: tree.place };
}

/** What stands there, as an artist would call it. */
export function words(tree: Tree): string {
  if (tree.kind === 'map') return 'keys with values of their own';
  if (tree.kind === 'list')
    return tree.items.length === 0 ? 'an empty list' : listWords(tree.items);
  if (tree.value === null) return 'nothing';
  const shown = `\`${shortened(tree.text)}\``;
  const quotedNumber = typeof tree.value === 'string' && /^-?\d+(\.\d+)?$/.test(tree.value.trim());
  return quotedNumber ? `${shown} as text, in quotes` : shown;
}

function listWords(items: readonly Tree[]): string {
  const shown = items.slice(0, 3).map((item) => (item.kind === 'scalar' ? item.text : '…'));
  const more = items.length > 3 ? ', …' : '';
  return `the list \`[${shortened(shown.join(', '))}${more}]\``;
}

/** JSON, which carries the params into Blender, knows neither infinity nor "not a number". */
function endlessNumbers(tree: Tree | null): readonly Flaw[] {
  if (tree === null) return [];
  if (tree.kind === 'list') return tree.items.flatMap(endlessNumbers);
  if (tree.kind === 'map')
    return [...tree.entries.values()].flatMap((e) => endlessNumbers(e.value));
  if (typeof tree.value !== 'number' || Number.isFinite(tree.value)) return [];
  const message = `\`params\`: expected a finite number, found \`${tree.text}\`.`;
  return [{ place: tree.place, message }];
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('`', "'");
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

type Level = keyof typeof KNOWN_KEYS;

/** A warning for each key that Nightshift doesn't know, with the nearest one that it does. */
export function unknownKeys(shot: MapTree): readonly Flaw[] {
  const all = [
    ...unknownAt(shot, 'shot'),
    ...(['render', 'output'] as const).flatMap((level) => {
      const section = valueAt(shot, level);
      return section?.kind === 'map' ? unknownAt(section, level) : [];
    }),
  ];
  return all.slice(0, MAX_WARNINGS);
}

/** Of one file; more would only hide the first ones. */
const MAX_WARNINGS = 20;

/** Keys that say nothing of what kind of file it is. */
const ANYWHERE = ['name', '$schema'];
/** Keys that a shot file has and other YAML files hardly do. */
const TELLING = KNOWN_KEYS.shot.filter((key) => !ANYWHERE.includes(key));

/** False for a file with foreign keys only, such as a `docker-compose.yaml`. */
export function looksLikeShot(file: MapTree): boolean {
  const keys = [...file.entries.keys()].filter((key) => !ANYWHERE.includes(key));
  return (
    keys.length === 0 ||
    keys.some((key) => TELLING.includes(key) || key === 'shot' || nearestOf(key, TELLING) !== null)
  );
}

/** The known word that a word was probably meant to be; `null` if none is near. */
export function nearestOf(word: string, known: readonly string[]): string | null {
  // Compared in pieces of bounded length: the distance costs the product of both.
  if (word.length > 40) return null;
  const plain = word.toLowerCase().replaceAll(/[\s-]/g, '_');
  const [best] = known
    .map((key) => ({ key, far: distance(plain, key) }))
    .sort((a, b) => a.far - b.far);
  return best && best.far <= Math.max(1, Math.floor(best.key.length / 3)) ? best.key : null;
}

function unknownAt(section: MapTree, level: Level): readonly Flaw[] {
  const known = KNOWN_KEYS[level];
  return [...section.entries]
    .filter(([key]) => !known.includes(key))
    .map(([key, { place }]) => ({ place, message: message(key, level) }));
}

function message(key: string, level: Level): string {
  const shown = `\`${key.slice(0, 60).replaceAll(/\s+/g, ' ').replaceAll('`', "'")}\``;
  const start = `The key ${shown} is not known${level === 'shot' ? '' : ` under \`${level}\``}`;
  const near = nearestOf(key, KNOWN_KEYS[level]);
  const home = (Object.keys(KNOWN_KEYS) as Level[]).find(
    (other) => other !== level && KNOWN_KEYS[other].includes(key),
  );
  // `path` under `render` is nearer to its own home than to any neighbour.
  if (home !== undefined) {
    const where = home === 'shot' ? 'at the top of the file' : `under \`${home}\``;
    return `${start} and is left out; it belongs ${where}.`;
  }
  if (near !== null) return `${start} and is left out; did you mean \`${near}\`?`;
  const far = nearElsewhere(key, level);
  if (far !== null) return `${start} and is left out; did you mean \`${far}\`?`;
  const others = KNOWN_KEYS[level].filter((other) => other !== '$schema');
  return `${start} and is left out; known are ${others.join(', ')}.`;
}

/** `sampels` at the top of the file is `render.samples`. */
function nearElsewhere(key: string, level: Level): string | null {
  const others = (Object.keys(KNOWN_KEYS) as Level[]).filter((other) => other !== level);
  for (const other of others) {
    const near = nearestOf(key, KNOWN_KEYS[other]);
    if (near !== null) return other === 'shot' ? near : `${other}.${near}`;
  }
  return null;
}
