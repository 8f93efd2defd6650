import type { BatchProgress } from '../../shared/batch.ts';
import type { JobRow } from '../../shared/view.ts';
import { type Mirror, rowsInOrder } from '../store/apply-update.ts';
import type { Query } from '../store/ui-store.ts';
import { COLUMNS } from './columns.tsx';

type Filter = Query['filter'];

/** In the order of their buttons. */
export const FILTER_WORDS: Readonly<Record<Filter, string>> = {
  all: 'All',
  running: 'Rendering',
  failed: 'Need you',
  waiting: 'Waiting',
  completed: 'Done',
  cancelled: 'Cancelled',
};

export const FILTERS = Object.keys(FILTER_WORDS) as readonly Filter[];

/** Whether a query shows all shots as the batch orders them. */
export function isEverything({ filter, search, sort }: Query): boolean {
  return filter === 'all' && sort === null && search.trim() === '';
}

/** The ids of a batch to show, in order. */
export function shownIds(mirror: Mirror | null, query: Query): readonly string[] {
  if (!mirror) return NO_IDS;
  return isEverything(query) ? mirror.ids : visibleIds(rowsInOrder(mirror), query);
}

const NO_IDS: readonly string[] = [];

/** The ids of some rows to show, in order. */
export function visibleIds(rows: readonly JobRow[], { filter, search, sort }: Query): string[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = rows.filter((row) => inFilter(row, filter) && matches(row, words));
  const value = COLUMNS.find(({ id }) => id === sort?.key)?.sortValue;
  if (sort && value) {
    const sign = sort.down ? -1 : 1;
    shown.sort((a, b) => compared(value(a), value(b), sign));
  }
  return shown.map((row) => row.id);
}

/** How many rows each filter would show, from the sums of the batch. */
export function filterCounts({
  progress: { totalJobs: all, jobs },
  needYou: failed,
}: {
  readonly progress: Pick<BatchProgress, 'totalJobs' | 'jobs'>;
  readonly needYou: number;
}): Readonly<Record<Filter, number>> {
  const { running, waiting, completed } = jobs;
  return { all, running, failed, waiting, completed, cancelled: jobs.cancelled + jobs.skipped };
}

/** A click on a header: up, down, then back to the folder's order. */
export function nextSort(sort: Query['sort'], key: string): Query['sort'] {
  if (sort?.key !== key) return { key, down: false };
  return sort.down ? null : { key, down: true };
}

/** Made once: a comparison by `localeCompare` makes its own each time. */
const NAMES = new Intl.Collator('en', { numeric: true });

/** Where nothing is known comes last, whichever way is up. */
function compared(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'string' || typeof b === 'string')
    return sign * NAMES.compare(String(a), String(b));
  return sign * (a - b);
}

function inFilter({ status, blocked }: JobRow, filter: Filter): boolean {
  if (filter === 'failed' && blocked !== null) return true;
  return filter === 'all' || status === filter || (filter === 'cancelled' && status === 'skipped');
}

function matches(row: JobRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${row.name} ${row.shotFile} ${row.error?.message ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
