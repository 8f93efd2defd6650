import type { BatchSnapshot, BatchUpdate, BatchView, JobRow } from '../../shared/view.ts';

/** The batch on screen, as the main process last told it. */
export interface Mirror {
  readonly seq: number;
  readonly view: BatchView;
  /**
   * By job id. The same map from update to update, changed in place: a copy of ten
   * thousand rows ten times a second is what the window would be busy with. A row itself is never changed.
   */
  readonly rows: ReadonlyMap<string, JobRow>;
  /** The keys of the rows in the order of the batch; the same list until a row joins or is moved. */
  readonly ids: readonly string[];
  /** From the last time, with its first rows only: updates wait until the folder has been read. */
  readonly remembered: boolean;
}

export function mirrorOf(snapshot: BatchSnapshot): Mirror {
  const { seq, view, rows, remembered = false } = snapshot;
  return {
    seq,
    view,
    rows: new Map(rows.map((row) => [row.id, row])),
    ids: rows.map(({ id }) => id),
    remembered,
  };
}

/**
 * The mirror after an update; the same mirror if the update is old or of another batch; `'gap'` if
 * an update between was lost, so that only a snapshot helps. Costs what has changed, whatever the size of the batch.
 */
export function applyUpdate(mirror: Mirror, update: BatchUpdate): Mirror | 'gap' {
  if (mirror.remembered || update.batchId !== mirror.view.id || update.seq <= mirror.seq)
    return mirror;
  if (update.seq !== mirror.seq + 1) return 'gap';
  const { seq, problems } = update;
  const view = { ...update.view, problems: problems ?? mirror.view.problems };
  const joined = update.rows.filter(({ id }) => !mirror.rows.has(id)).map(({ id }) => id);
  const rows = mirror.rows as Map<string, JobRow>;
  for (const row of update.rows) rows.set(row.id, row);
  const ids = joined.length === 0 ? mirror.ids : [...mirror.ids, ...joined];
  return { seq, view, rows, ids, remembered: false };
}

/** The mirror with its rows in another order, as the main process told it; rows that it does not name come last. */
export function arrangedMirror(mirror: Mirror, order: readonly string[]): Mirror {
  const named = new Set(order);
  const known = order.filter((id) => mirror.rows.has(id));
  return { ...mirror, ids: [...known, ...mirror.ids.filter((id) => !named.has(id))] };
}

/** The rows of a mirror in the order of the batch. */
export function rowsInOrder({ ids, rows }: Mirror): readonly JobRow[] {
  return ids.flatMap((id) => rows.get(id) ?? []);
}
