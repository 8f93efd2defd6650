import type { JobStatus } from '../../shared/job.ts';
import type { JobRow } from '../../shared/view.ts';

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

export const SORT_KEYS = [
  'status',
  'name',
  'frames',
  'engine',
  'elapsed',
  'average',
  'left',
  'tries',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];
/** `null`: as the folder orders the shots. */
export type Sort = { readonly key: SortKey; readonly down: boolean } | null;

export interface Query {
  readonly filter: Filter;
  readonly search: string;
  readonly sort: Sort;
}

/** The ids to show, in order. */
export function visibleIds(rows: readonly JobRow[], { filter, search, sort }: Query): string[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = rows.filter((row) => inFilter(row.status, filter) && matches(row, words));
  if (sort) {
    const sign = sort.down ? -1 : 1;
    shown.sort((a, b) => compared(SORT_VALUES[sort.key](a), SORT_VALUES[sort.key](b), sign));
  }
  return shown.map((row) => row.id);
}

/** How many rows each filter would show. */
export function filterCounts(rows: Iterable<JobRow>): Readonly<Record<Filter, number>> {
  const counts = { all: 0, running: 0, failed: 0, waiting: 0, completed: 0, cancelled: 0 };
  for (const { status } of rows) {
    counts.all += 1;
    counts[status === 'skipped' ? 'cancelled' : status] += 1;
  }
  return counts;
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

/** Where nothing is known comes last, whichever way is up. */
function compared(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'string' || typeof b === 'string')
    return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
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
