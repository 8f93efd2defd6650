import { create } from 'zustand';
import type { CallName } from '../../shared/ipc.ts';
import type { PlannedTimes } from '../../shared/schedule.ts';
import type { BegunElsewhere } from '../../shared/shot-blender.ts';
import { NOTHING_SELECTED, type Selection } from './selection.ts';

/** Which shots the table shows, and in which order. */
export interface Query {
  readonly filter: 'all' | 'running' | 'failed' | 'waiting' | 'completed' | 'cancelled';
  readonly search: string;
  /** By the id of a column; `null`: as the batch orders the shots. */
  readonly sort: { readonly key: string; readonly down: boolean } | null;
}

export const EVERYTHING: Query = { filter: 'all', search: '', sort: null };

export const TABS = ['Frames', 'Log', 'Set-up', 'Problems'] as const;
export type Tab = (typeof TABS)[number];

/** The one question that stands in front of the window. */
export type Dialog =
  | {
      readonly kind: 'trust';
      readonly thenRender: boolean;
      /** Ids of the shots to render then; not given: all. */
      readonly only?: readonly string[];
      readonly thenPlan?: PlannedTimes;
    }
  | { readonly kind: 'cancel-batch' }
  | { readonly kind: 'stop-night' }
  | { readonly kind: 'cancel-jobs'; readonly jobIds: readonly string[] }
  | { readonly kind: 'left-out' }
  | { readonly kind: 'start-again' }
  /** `frames`: what stands in the field at first. */
  | { readonly kind: 'again'; readonly jobIds: readonly string[]; readonly frames: string }
  /** `only`: ids of the shots that are tested; `null`: all. */
  | { readonly kind: 'test-pass'; readonly only: readonly string[] | null }
  | { readonly kind: 'preview'; readonly jobId: string }
  | { readonly kind: 'forget-batch'; readonly batchId: string; readonly name: string }
  | { readonly kind: 'frames-to'; readonly batchId: string }
  /** `goneFrom`: where its folder was, which is not there any more; `null`: it is there. */
  | {
      readonly kind: 'nights';
      readonly batchId: string;
      readonly name: string;
      readonly goneFrom: string | null;
    }
  | { readonly kind: 'blender'; readonly jobIds: readonly string[] }
  | {
      readonly kind: 'other-blender';
      readonly shots: readonly BegunElsewhere[];
      /** What was asked for, and is done after the answer. */
      readonly wish: RunWish;
    }
  | { readonly kind: 'settings' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'updates' };

/** All of the batch, only some of its shots, or some of them again. */
export type RunWish =
  | { readonly do: 'render' | 'rejected' }
  /** `frames`: such as `30-40, 77`; `null`: all. */
  | { readonly do: 'again'; readonly jobIds: readonly string[]; readonly frames: string | null }
  | { readonly do: 'render-only' | 'retry' | 'older'; readonly jobIds: readonly string[] };

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
  /** What was refused with it; `null`: it is no refusal. */
  readonly of: CallName | null;
  /** It was not asked for, or went wrong: it stays until somebody has been there to read it. */
  readonly waits: boolean;
}

interface UiStore {
  readonly query: Query;
  readonly selection: Selection;
  /** Ids of the columns that the artist does not want to see. */
  readonly hidden: ReadonlySet<string>;
  /** Pixels of the columns that the artist made wider or narrower, by their ids. */
  readonly widths: ReadonlyMap<string, number>;
  /** Lines about scenes and cameras without a shot that the artist has read: id of the batch and what it is about. */
  readonly hiddenOffers: ReadonlySet<string>;
  readonly inspector: boolean;
  readonly tab: Tab;
  readonly dialog: Dialog | null;
  readonly notices: readonly Notice[];
  /** The interrupted batch whose resume card was put away to see its shots. */
  readonly cardClosed: boolean;
  /** What was done, for those who can't see it: told by a live region. */
  readonly said: string;
  /** A report is being written, or asked for where. */
  readonly exporting: boolean;
}

/** What only this window knows: what is selected, searched and open. */
export const useUi = create<UiStore>(() => ({
  query: EVERYTHING,
  selection: NOTHING_SELECTED,
  hidden: new Set(),
  widths: new Map(),
  hiddenOffers: new Set(),
  inspector: false,
  tab: 'Frames',
  dialog: null,
  notices: [],
  cardClosed: false,
  said: '',
  exporting: false,
}));
