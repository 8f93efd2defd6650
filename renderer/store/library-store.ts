import { create } from 'zustand';
import type { BlenderInfo } from '../../shared/batch.ts';
import { type BlenderInstalls, defaultBlender } from '../../shared/blender-install.ts';
import type { PowerCountdown } from '../../shared/schedule.ts';
import type { Settings } from '../../shared/settings.ts';
import type { AppInfo, BatchSummary } from '../../shared/view.ts';

interface LibraryStore {
  readonly batches: readonly BatchSummary[];
  readonly info: AppInfo | null;
  readonly settings: Settings | null;
  /** `null` until they were looked for. */
  readonly blenders: BlenderInstalls | null;
  /** Ids of the batches whose folders are watched. */
  readonly watched: readonly string[];
  /** The computer is about to go to sleep or to shut down; `null`: it is not. */
  readonly countdown: PowerCountdown | null;
}

/** What the main process knows beside the open batch: history, machine, settings. */
export const useLibrary = create<LibraryStore>(() => ({
  batches: [],
  info: null,
  settings: null,
  blenders: null,
  watched: [],
  countdown: null,
}));

/** The Blender that a batch would be rendered with: the chosen one, else the first found. */
export function chosenBlender(state: LibraryStore): BlenderInfo | null {
  const path = state.settings?.blenderPath ?? null;
  const found = state.blenders?.found ?? [];
  return found.find((blender) => blender.path === path) ?? defaultBlender(found);
}
