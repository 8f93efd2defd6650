import { create } from 'zustand';
import type { SettingKey, ShotSetup } from '../../shared/shot-setup.ts';

/** What was just written, for the shots that it was written for. */
export interface SetupSaid {
  readonly text: string;
  /** It went wrong on the way. */
  readonly bad: boolean;
  readonly jobIds: ReadonlySet<string>;
  /** Some change can be taken back. */
  readonly canUndo: boolean;
}

interface SetupStore {
  /** The shots that it is about: their ids in one text. */
  readonly of: string;
  readonly setup: ShotSetup | null;
  readonly said: SetupSaid | null;
  /** The setting whose field has the keyboard, to give it back where the shot goes on under another id. */
  readonly focused: SettingKey | null;
}

/** The settings of the shots that are selected, as their files say them. */
export const useSetup = create<SetupStore>(() => ({
  of: '',
  setup: null,
  said: null,
  focused: null,
}));

/** One text for some shots. */
export function setupOf(jobIds: readonly string[]): string {
  return jobIds.join(' ');
}
