import type { PickedFrames } from './job.ts';
import type { TestPass } from './test-pass.ts';

/** Frames of a shot that are to be rendered again, also where they are done, and when that was asked for, ms since 1970. */
export interface AskedFrames extends PickedFrames {
  readonly at: number;
}

/** A batch that is to be rendered tonight. */
export interface QueuedBatch {
  /** Of the batch: its folder and where its frames go. */
  readonly batchId: string;
  /** Absolute, links resolved. */
  readonly folder: string;
  readonly outputRoot: string;
  /** Which test pass it is; not there: the finals. */
  readonly test?: TestPass | undefined;
  /** It is of these .blend files only; not there: of the whole folder. */
  readonly files?: readonly string[] | undefined;
  /** Ids of the shots of which is rendered what is left; `null`: of all. */
  readonly only: readonly string[] | null;
  /** Rendered before that; not there: nothing is rendered again. */
  readonly again?: readonly AskedFrames[] | undefined;
  /** Whether its scripts may run; `null`: nobody has said. */
  readonly trusted: boolean | null;
  /** Why it was passed over, a sentence; `null`: its turn comes. */
  readonly problem: string | null;
}

/** The batches of tonight, one after another. One that has ended is not among them. */
export interface NightQueue {
  /** It goes on from batch to batch, or did when it broke off. */
  readonly on: boolean;
  /** When it begins by itself, ms since 1970; `null`: nothing is planned, or it has begun. */
  readonly startAt: number | null;
  /** From then on no new frames are started and no batch begins, ms since 1970; `null`: to the end. */
  readonly until: number | null;
  /** In the order in which they are rendered. */
  readonly batches: readonly QueuedBatch[];
}

/** One line of tonight. */
export interface TonightBatch {
  readonly id: string;
  readonly folder: string;
  /** Last part of the folder. */
  readonly name: string;
  readonly test?: TestPass | undefined;
  /** What of it is rendered again, and whether what is left of it is rendered, too; not there: nothing is. */
  readonly again?: AgainCount;
  readonly state: 'running' | 'waiting' | 'passed-over';
  /** Why it was passed over; a sentence. */
  readonly problem: string | null;
  /** When it begins and when it is done, as expected, ms since 1970, to the minute; `null`: nobody can know yet. */
  readonly startsAt: number | null;
  readonly endsAt: number | null;
}

export interface AgainCount {
  /** Of which all frames are. */
  readonly shots: number;
  /** Of other shots. */
  readonly frames: number;
  readonly isLeftToo: boolean;
}

/** `12 frames again`, `2 shots again`. */
export function againText({ shots, frames }: Pick<AgainCount, 'shots' | 'frames'>): string {
  const counted = (count: number, one: string) =>
    count > 0 ? [`${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`] : [];
  return `${[...counted(shots, 'shot'), ...counted(frames, 'frame')].join(' and ')} again`;
}

/** The night as a whole, as it is shown. */
export interface Tonight {
  /** The one that renders first. */
  readonly batches: readonly TonightBatch[];
  /** One batch begins by itself when the one before has ended. */
  readonly isOn: boolean;
  readonly startAt: number | null;
  readonly until: number | null;
  /** When the last one is done, ms since 1970, to the minute; `null`: nobody can know yet. */
  readonly endsAt: number | null;
  /** The batches of which nobody knows yet how long they take. */
  readonly unknown: number;
  /** The morning, ms since 1970, and the first batch that is done after it; `null`: all are done before, as far as is known. */
  readonly morning: { readonly at: number; readonly before: string } | null;
  /** Another process that goes through the night, such as a command line; `null`: none does. */
  readonly drivenBy: string | null;
}

export const NO_NIGHT: Tonight = {
  batches: [],
  isOn: false,
  startAt: null,
  until: null,
  endsAt: null,
  unknown: 0,
  morning: null,
  drivenBy: null,
};
