/** What the charts of a night show. Bounded, however many frames there were. */
export interface NightCharts {
  readonly workers: WorkerUse;
  readonly frameTimes: FrameTimesData;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * What each worker was at over the night, from its first run to the newest. “Night time” is ms since its start with
 * the times between two runs left out.
 */
export interface WorkerUse {
  /** Oldest first, ms since 1970; a run that has not ended, or broke off, goes to the last thing that was heard of it. */
  readonly runs: readonly Stretch[];
  /** All runs together, ms. */
  readonly totalMs: number;
  /** Names of the shots, as spans number them. */
  readonly shots: readonly string[];
  /** By number of the worker. */
  readonly lanes: readonly UseLane[];
  /** In night time. */
  readonly pauses: readonly Stretch[];
}

export interface UseLane {
  readonly worker: number;
  /** Time that it had a frame in hand, ms. */
  readonly busyMs: number;
  readonly frames: number;
  /** Tries that failed. */
  readonly failed: number;
  /** In night time, in order. */
  readonly spans: readonly UseSpan[];
  /** When tries failed, in night time, as exact as spans are. */
  readonly failures: readonly number[];
}

export interface UseSpan extends Stretch {
  /** Index of the shot that took most of it. */
  readonly shot: number;
  /** How much of it a frame was in hand: 0.25, 0.5, 0.75 or 1. */
  readonly share: number;
}

/** Rendering times by frame, of the shots that took most of the night. */
export interface FrameTimesData {
  /** The one that took longest in all first. */
  readonly shots: readonly ShotTimes[];
  /** Shots with known times that have no place here. */
  readonly more: number;
}

export interface ShotTimes {
  readonly name: string;
  /** With a known time. */
  readonly frames: number;
  readonly averageSeconds: number;
  readonly slowest: { readonly frame: number; readonly seconds: number };
  /** In the order of its frames. */
  readonly bars: readonly TimeBar[];
}

/** One frame of a shot, or some neighbours. */
export interface TimeBar {
  readonly first: number;
  readonly last: number;
  /** Of the slowest of them; `null`: no time of them is known. */
  readonly seconds: number | null;
  readonly failed: boolean;
}
