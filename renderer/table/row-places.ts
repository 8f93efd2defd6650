import { createContext, useContext } from 'react';
import { commonBegin, sequenceOf } from '../../shared/name-parts.ts';

export const ROW_HEIGHT = 52;
export const SEQUENCE_HEIGHT = 30;

/** What stands in the table under its head: a shot, or the heading of those of a sequence that follow. */
export type TableItem =
  | { readonly kind: 'shot'; readonly id: string }
  | { readonly kind: 'sequence'; readonly name: string; readonly ids: readonly string[] };

/** Where each shot of the table stands. */
export interface RowPlaces {
  readonly items: readonly TableItem[];
  /** The shots stand under the headings of their sequences. */
  readonly isGrouped: boolean;
  /** What the names of all shots begin with. */
  readonly common: string;
  /** The index among the items of a shot by its index. */
  readonly itemOf: (shot: number) => number;
  /** Pixels from the top of all rows to that of a shot; behind the last one to their end. */
  readonly topOf: (shot: number) => number;
}

/**
 * The places of shots in the order of the table.
 * @param byName they stand as the folder or the artist ordered them, or by their names: else a sequence is torn apart
 */
export function placesOf(
  ids: readonly string[],
  nameOf: (id: string) => string,
  byName: boolean,
): RowPlaces {
  const names = ids.map(nameOf);
  const common = commonBegin(names);
  const groups = byName ? sequencesOf(names) : null;
  if (!groups) {
    return {
      items: ids.map((id) => ({ kind: 'shot', id })),
      isGrouped: false,
      common,
      itemOf: (shot) => shot,
      topOf: (shot) => shot * ROW_HEIGHT,
    };
  }
  const items: TableItem[] = [];
  /** How many headings stand before each shot. */
  const headings: number[] = [];
  for (const [index, { name, shots }] of groups.entries()) {
    const own = ids.slice(headings.length, headings.length + shots);
    items.push({ kind: 'sequence', name, ids: own });
    for (const id of own) {
      items.push({ kind: 'shot', id });
      headings.push(index + 1);
    }
  }
  const before = (shot: number) => headings[shot] ?? groups.length;
  return {
    items,
    isGrouped: true,
    common,
    itemOf: (shot) => shot + before(shot),
    topOf: (shot) => shot * ROW_HEIGHT + before(shot) * SEQUENCE_HEIGHT,
  };
}

/** The index of the shot before which something goes that is let fall at a height, in pixels from the top of all rows. */
export function shotAt({ topOf }: RowPlaces, shots: number, y: number): number {
  let [low, high] = [0, shots];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (topOf(middle) + ROW_HEIGHT / 2 > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Sequence {
  /** Empty: of shots that name none. */
  readonly name: string;
  readonly shots: number;
}

/**
 * Names in a row by their sequences; `null` where headings would help nobody: there is one sequence only, most
 * names tell of none, or those of one are scattered.
 */
function sequencesOf(names: readonly string[]): readonly Sequence[] | null {
  const found: { name: string; shots: number }[] = [];
  let named = 0;
  for (const each of names) {
    const name = knownSequence(each) ?? '';
    if (name !== '') named += 1;
    const last = found.at(-1);
    if (last?.name === name) last.shots += 1;
    else found.push({ name, shots: 1 });
  }
  const different = new Set(found.map(({ name }) => name)).size;
  const helps = different > 1 && 2 * found.length <= names.length && 2 * named >= names.length;
  return helps ? found : null;
}

/** Of ten thousand names each is taken apart once, however often they are put in another order. */
const SEQUENCES = new Map<string, string | null>();
const MOST_SEQUENCES = 50_000;

function knownSequence(name: string): string | null {
  const known = SEQUENCES.get(name);
  if (known !== undefined) return known;
  if (SEQUENCES.size >= MOST_SEQUENCES) SEQUENCES.clear();
  const sequence = sequenceOf(name);
  SEQUENCES.set(name, sequence);
  return sequence;
}

/** What stands before a shot's own name in its row: its heading says that, or all names begin with it. */
export function quietBegin(
  name: string,
  { isGrouped, common }: Pick<RowPlaces, 'isGrouped' | 'common'>,
): string {
  const sequence = isGrouped ? knownSequence(name) : null;
  if (sequence === null) return common;
  return sequence + (/^[_\-. ]+/.exec(name.slice(sequence.length))?.[0] ?? '');
}

/** How the names of the table stand beside each other. */
export const NamesBeside = createContext<Pick<RowPlaces, 'isGrouped' | 'common'>>({
  isGrouped: false,
  common: '',
});

export function useQuietBegin(name: string): string {
  return quietBegin(name, useContext(NamesBeside));
}
