import { create } from 'zustand';
import type { BlenderInfo } from '../../shared/batch.ts';
import { type BlenderInstalls, defaultBlender } from '../../shared/blender-install.ts';
import type { Cluster } from '../../shared/cluster.ts';
import type { PowerCountdown, Schedule } from '../../shared/schedule.ts';
import type { Settings } from '../../shared/settings.ts';
import type { TellingView } from '../../shared/telling.ts';
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
  readonly schedules: readonly Schedule[];
  /** `null` until the settings were opened. */
  readonly telling: TellingView | null;
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
  schedules: [],
  telling: null,
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
export function useSchedule(batchId: string): Schedule | null {
  return useLibrary(({ schedules }) => scheduleOf(schedules, batchId));
}

export function scheduleOf(schedules: readonly Schedule[], batchId: string): Schedule | null {
  return schedules.find((each) => each.batchId === batchId) ?? null;
}
