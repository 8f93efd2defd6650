import { create } from 'zustand';
import type { BatchSnapshot, BatchUpdate, JobRow } from '../../shared/view.ts';
import { applyUpdate, arrangedMirror, type Mirror, mirrorOf, rowsInOrder } from './apply-update.ts';

interface BatchStore {
  /** `null`: no batch is open. */
  readonly mirror: Mirror | null;
  /** Counts snapshots: after each one, what was followed before has to be asked for again. */
  readonly shown: number;
  readonly show: (snapshot: BatchSnapshot) => void;
  readonly close: () => void;
  /** Puts the rows of a batch in another order, if it is still the one that is shown. */
  readonly arrange: (batchId: string, order: readonly string[]) => void;
  /** Takes a pushed update. False: one was lost and a snapshot has to be asked for. */
  readonly take: (update: BatchUpdate) => boolean;
}

/** Mirrors the followed batch of the main process; nothing else changes it. */
export const useBatch = create<BatchStore>((set, get) => ({
  mirror: null,
  shown: 0,
  show: (snapshot) => set({ mirror: mirrorOf(snapshot), shown: get().shown + 1 }),
  close: () => set({ mirror: null, shown: get().shown + 1 }),
  arrange: (batchId, order) => {
    const { mirror } = get();
    if (mirror?.view.id === batchId) set({ mirror: arrangedMirror(mirror, order) });
  },
  take: (update) => {
    const { mirror } = get();
    if (!mirror) return true;
    const next = applyUpdate(mirror, update);
    if (next === 'gap') return false;
    if (next !== mirror) set({ mirror: next });
    return true;
  },
}));

/** The view of the open batch, for rooms that aren't shown without one. */
export function useView() {
  return useBatch((state) => state.mirror?.view ?? null);
}

/** Whether the batch is shown as it was the last time, while its folder is being read. */
export function useRemembered(): boolean {
  return useBatch((state) => state.mirror?.remembered ?? false);
}

/** One row; whoever uses it is drawn again for this job only. */
export function useRow(jobId: string): JobRow | null {
  return useBatch((state) => state.mirror?.rows.get(jobId) ?? null);
}

/** Rows of the open batch, in its order. */
export function allRows(mirror: Mirror | null): readonly JobRow[] {
  return mirror ? rowsInOrder(mirror) : [];
}
