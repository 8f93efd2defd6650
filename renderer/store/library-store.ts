import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { BlenderInfo } from '../../shared/batch.ts';
import { type BlenderInstalls, defaultBlender } from '../../shared/blender-install.ts';
import type { Cluster } from '../../shared/cluster.ts';
import type { Moments, PowerCountdown } from '../../shared/schedule.ts';
import type { Settings } from '../../shared/settings.ts';
import type { TellingView } from '../../shared/telling.ts';
import { NO_NIGHT, type Tonight, type TonightBatch } from '../../shared/tonight.ts';
import type { UpdateView } from '../../shared/update.ts';
import type { AppInfo, BatchSummary } from '../../shared/view.ts';

interface LibraryStore {
  readonly batches: readonly BatchSummary[];
  readonly info: AppInfo | null;
  readonly settings: Settings | null;
  /** `null` until they were looked for. */
  readonly blenders: BlenderInstalls | null;
  /** `null`: none answers, or nobody knows yet. */
  readonly cluster: Cluster | null;
  /** Ids of the batches whose folders are watched. */
  readonly watched: readonly string[];
  /** `null` until the settings were opened. */
  readonly telling: TellingView | null;
  /** The batches that are rendered one after another. */
  readonly tonight: Tonight;
  /** The computer is about to go to sleep or to shut down; `null`: it is not. */
  readonly countdown: PowerCountdown | null;
  /** `null`: nobody has told yet. */
  readonly updates: UpdateView | null;
}

/** What the main process knows beside the open batch: history, machine, settings, plans. */
export const useLibrary = create<LibraryStore>(() => ({
  batches: [],
  info: null,
  settings: null,
  blenders: null,
  cluster: null,
  watched: [],
  telling: null,
  tonight: NO_NIGHT,
  countdown: null,
  updates: null,
}));

/** The Blender that a batch would be rendered with: the chosen one, else the first found. */
export function chosenBlender(state: LibraryStore): BlenderInfo | null {
  const path = state.settings?.blenderPath ?? null;
  const found = state.blenders?.found ?? [];
  return found.find((blender) => blender.path === path) ?? defaultBlender(found);
}

/** What is planned for one batch; `null`: nothing. */
export function useSchedule(batchId: string): Moments | null {
  return useLibrary(useShallow(({ tonight }) => scheduleOf(tonight, batchId)));
}

/** The times of the night, as they are those of one of its batches. */
export function scheduleOf(tonight: Tonight, batchId: string): Moments | null {
  const state = lineOf(tonight, batchId)?.state ?? 'passed-over';
  if (state === 'passed-over') return null;
  const startAt = state === 'running' ? null : tonight.startAt;
  return startAt === null && tonight.until === null ? null : { startAt, until: tonight.until };
}

/** The line of a batch in tonight; `null`: it is not in it. */
export function lineOf(
  { batches }: Pick<Tonight, 'batches'>,
  batchId: string,
): TonightBatch | null {
  return batches.find(({ id }) => id === batchId) ?? null;
}

/** Its turn comes by itself, when those before it have ended. */
export function isQueued(tonight: Tonight, batchId: string): boolean {
  const goesOn = tonight.isOn || tonight.batches.some(({ state }) => state === 'running');
  return goesOn && tonight.startAt === null && lineOf(tonight, batchId)?.state === 'waiting';
}
