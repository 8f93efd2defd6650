import { movedBefore } from '../../shared/order.ts';

/** Where rows go: before this one in the order of the batch; `null`: to its end. */
export type Place = { readonly before: string | null };

/**
 * One step of some rows, up or down past the next row that is shown; rows apart from each other come together.
 * `null`: they can't go further.
 * @param order all rows of the batch
 * @param shown those in the table, in the same order
 */
export function stepOf(
  order: readonly string[],
  shown: readonly string[],
  moving: readonly string[],
  by: 'up' | 'down',
): Place | null {
  const set = new Set(moving);
  const first = shown.findIndex((id) => set.has(id));
  const last = shown.findLastIndex((id) => set.has(id));
  if (first < 0) return null;
  if (by === 'down') return changing(order, moving, behind(order, shown[last + 1] ?? shown[last]));
  const above = first > 0 ? shown[first - 1] : shown.find((id) => !set.has(id));
  return above === undefined ? null : changing(order, moving, { before: above });
}

/** The place in front of the row at an index of the table; behind the last one where there is none. */
export function placeAt(
  order: readonly string[],
  shown: readonly string[],
  moving: readonly string[],
  index: number,
): Place | null {
  const row = shown[index];
  return changing(order, moving, row === undefined ? behind(order, shown.at(-1)) : { before: row });
}

/** Right behind a row, also where the next one is not shown. */
function behind(order: readonly string[], id: string | undefined): Place {
  return { before: (id === undefined ? undefined : order[order.indexOf(id) + 1]) ?? null };
}

function changing(order: readonly string[], moving: readonly string[], place: Place): Place | null {
  const after = movedBefore(order, moving, place.before);
  return after.every((id, index) => id === order[index]) ? null : place;
}
