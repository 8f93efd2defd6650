import type { BatchSnapshot, BatchUpdate, BatchView, JobRow } from '../../shared/view.ts';

/** The batch on screen, as the main process last told it. */
export interface Mirror {
  readonly seq: number;
  readonly view: BatchView;
  /** By job id, in the order of the folder. */
  readonly rows: ReadonlyMap<string, JobRow>;
}

export function mirrorOf(snapshot: BatchSnapshot): Mirror {
  return {
    seq: snapshot.seq,
    view: snapshot.view,
    rows: new Map(snapshot.rows.map((row) => [row.id, row])),
  };
}

/**
 * The mirror after an update; the same mirror if the update is old or of another batch; `'gap'` if
 * an update between was lost, so that only a snapshot helps.
 */
export function applyUpdate(mirror: Mirror, update: BatchUpdate): Mirror | 'gap' {
  if (update.batchId !== mirror.view.id || update.seq <= mirror.seq) return mirror;
  if (update.seq !== mirror.seq + 1) return 'gap';
  if (update.rows.length === 0) return { ...mirror, seq: update.seq, view: update.view };
  const rows = new Map(mirror.rows);
  for (const row of update.rows) rows.set(row.id, row);
  return { seq: update.seq, view: update.view, rows };
}
