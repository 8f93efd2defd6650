import { create } from 'zustand';
import type { LogLine } from '../../shared/events.ts';
import type { BatchSnapshot, BatchUpdate, JobDetail, JobRow } from '../../shared/view.ts';
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

/** Older lines stay in the log file; the window keeps the newest. */
const LOG_LIMIT = 20_000;

interface DetailStore {
  readonly detail: JobDetail | null;
  /** The job whose log is followed. */
  readonly logJob: string | null;
  readonly log: readonly LogLine[];
}

/** What the inspector shows of the one job that it follows. */
export const useDetail = create<DetailStore>(() => ({ detail: null, logJob: null, log: [] }));

/**
 * The answer to `job:log` and the lines that were pushed before it came. The answer may hold some of
 * those as well; they end with its last line.
 */
export function joinedLog(
  answer: readonly LogLine[],
  pushed: readonly LogLine[],
): readonly LogLine[] {
  const last = answer.at(-1);
  const known = pushed.findLastIndex((line) => line.at === last?.at && line.text === last.text);
  return appended(answer, pushed.slice(known + 1));
}

/** The log after new lines, cut to the newest `LOG_LIMIT`. */
export function appended(log: readonly LogLine[], lines: readonly LogLine[]): readonly LogLine[] {
  const all = [...log, ...lines];
  return all.length > LOG_LIMIT ? all.slice(-LOG_LIMIT) : all;
}
