import { movedBefore } from '../../shared/order.ts';
import { isolated } from '../../shared/safe-text.ts';
import { refetch } from '../actions/batch-actions.ts';
import { renderable } from '../actions/job-actions.ts';
import { askOrNotify, notify } from '../actions/ui-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { count, counted } from '../text/format.ts';
import { shownIds } from './shown-rows.ts';

/** Each move starts from what the one before has made of the order. */
let last: Promise<void> = Promise.resolve();

/** Puts the selected shots that wait one row higher or lower. */
export function moveSelected(by: 'up' | 'down'): Promise<void> {
  return inTurn(async () => {
    const { mirror } = useBatch.getState();
    const { query, selection } = useUi.getState();
    if (!mirror || !mayOrder()) return;
    const moving = renderable(selection.ids);
    if (moving.length === 0) return notify('Only shots that wait can be moved in the order.');
    const place = stepOf(mirror.ids, shownIds(mirror, query), moving, by);
    if (place) await move(moving, place);
  });
}

/** Puts shots in front of the row at an index of the table. */
export function dropJobs(jobIds: readonly string[], index: number): Promise<void> {
  return inTurn(async () => {
    const { mirror } = useBatch.getState();
    const moving = renderable(jobIds);
    if (!mirror || moving.length === 0) return;
    const shown = shownIds(mirror, useUi.getState().query);
    const place = placeAt(mirror.ids, shown, moving, index);
    if (place) await move(moving, place);
  });
}

/** Whether the rows stand in the order of the batch; says what to do where they don't. */
function mayOrder(): boolean {
  if (useUi.getState().query.sort === null) return true;
  notify('The table is sorted. Click the heading until its arrow is gone, then order the shots.');
  return false;
}

async function move(jobIds: readonly string[], { before }: Place): Promise<void> {
  const view = useBatch.getState().mirror?.view;
  if (!view) return;
  const order = await askOrNotify('jobs:move', { batchId: view.id, jobIds: [...jobIds], before });
  // It may count and only not be kept for the next start.
  if (!order) return refetch();
  useBatch.getState().arrange(view.id, order);
  useUi.setState({ said: movedText(jobIds, order) });
}

/** For those who can't see where they went: `hero, 3 of 24`. */
function movedText(jobIds: readonly string[], order: readonly string[]): string {
  const set = new Set(jobIds);
  const first = order.findIndex((id) => set.has(id));
  const name = useBatch.getState().mirror?.rows.get(order[first] ?? '')?.name ?? '';
  const what = jobIds.length === 1 ? isolated(name) : counted(jobIds.length, 'shot');
  return `${what}, ${count(first + 1)} of ${count(order.length)}`;
}

function inTurn(act: () => Promise<void>): Promise<void> {
  last = last.then(act);
  return last;
}

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
