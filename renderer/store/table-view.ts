import type { BatchProgress } from '../../shared/batch.ts';
import type { JobStatus } from '../../shared/job.ts';
import type { JobRow } from '../../shared/view.ts';
import { type Mirror, rowsInOrder } from './apply-update.ts';
import type { Column } from './columns.ts';

export const FILTERS = ['all', 'running', 'failed', 'waiting', 'completed', 'cancelled'] as const;
export type Filter = (typeof FILTERS)[number];

export const FILTER_WORDS: Readonly<Record<Filter, string>> = {
  all: 'All',
  running: 'Rendering',
  failed: 'Need you',
  waiting: 'Waiting',
  completed: 'Done',
  cancelled: 'Cancelled',
};

/** All columns but the picture of the newest frame. */
export type SortKey = Exclude<Column, 'newest'>;

/** Whether rows can be sorted by a column. */
export function isSortKey(column: Column): column is SortKey {
  return column !== 'newest';
}

/** `null`: as the batch orders the shots. */
export type Sort = { readonly key: SortKey; readonly down: boolean } | null;

export interface Query {
  readonly filter: Filter;
  readonly search: string;
  readonly sort: Sort;
}

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
  const shown = rows.filter((row) => inFilter(row.status, filter) && matches(row, words));
  if (sort) {
    const sign = sort.down ? -1 : 1;
    shown.sort((a, b) => compared(SORT_VALUES[sort.key](a), SORT_VALUES[sort.key](b), sign));
  }
  return shown.map((row) => row.id);
}

/** How many rows each filter would show, from the sums of the batch. */
export function filterCounts({
  totalJobs: all,
  jobs,
}: Pick<BatchProgress, 'totalJobs' | 'jobs'>): Readonly<Record<Filter, number>> {
  const { running, failed, waiting, completed } = jobs;
  return { all, running, failed, waiting, completed, cancelled: jobs.cancelled + jobs.skipped };
}

/** A click on a header: up, down, then back to the folder's order. */
export function nextSort(sort: Sort, key: SortKey): Sort {
  if (sort?.key !== key) return { key, down: false };
  return sort.down ? null : { key, down: true };
}

const STATUS_ORDER: Readonly<Record<JobStatus, number>> = {
  running: 0,
  failed: 1,
  waiting: 2,
  cancelled: 3,
  skipped: 4,
  completed: 5,
};

const SORT_VALUES: Readonly<Record<SortKey, (row: JobRow) => number | string | null>> = {
  status: (row) => STATUS_ORDER[row.status],
  name: (row) => row.name,
  frames: (row) => (row.counts.total > 0 ? row.counts.total : null),
  engine: (row) => row.engine,
  elapsed: (row) => row.startTime && (row.endTime ?? Date.now()) - row.startTime,
  average: (row) => row.averageSeconds,
  left: (row) => row.remainingSeconds,
  tries: (row) => row.retryCount,
};

/** Made once: a comparison by `localeCompare` makes its own each time. */
const NAMES = new Intl.Collator('en', { numeric: true });

/** Where nothing is known comes last, whichever way is up. */
function compared(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'string' || typeof b === 'string')
    return sign * NAMES.compare(String(a), String(b));
  return sign * (a - b);
}

function inFilter(status: JobStatus, filter: Filter): boolean {
  return filter === 'all' || status === filter || (filter === 'cancelled' && status === 'skipped');
}

function matches(row: JobRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${row.name} ${row.shotFile} ${row.error?.message ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
