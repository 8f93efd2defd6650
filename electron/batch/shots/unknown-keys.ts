import { distance } from 'fastest-levenshtein';
import type { Flaw } from './shot-error.ts';
import { KNOWN_KEYS } from './shot-schema.ts';
import { type MapTree, valueAt } from './tree.ts';

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

/** Keys that a shot file has and other YAML files hardly do. */
const TELLING = KNOWN_KEYS.shot.filter((key) => key !== 'name');

/** False for a file with foreign keys only, such as a `docker-compose.yaml`. */
export function looksLikeShot(file: MapTree): boolean {
  const keys = [...file.entries.keys()].filter((key) => key !== 'name');
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
  return `${start} and is left out; known are ${KNOWN_KEYS[level].join(', ')}.`;
}
