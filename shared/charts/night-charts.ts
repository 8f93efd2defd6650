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
  /** By number of the worker; behind them the nodes of a cluster by their names. */
  readonly lanes: readonly UseLane[];
  /** In night time. */
  readonly pauses: readonly Stretch[];
}

/** A worker of this computer, or a node of a cluster with all workers that were there. */
export interface UseLane {
  /** Its number; of a node the number of its first. */
  readonly worker: number;
  /** `null`: it was on this computer. */
  readonly node: string | null;
  /** Most frames that were in hand at a time. */
  readonly atOnce: number;
  /** Time that frames were in hand, ms, of each frame at a time. */
  readonly busyMs: number;
  readonly frames: number;
  /** Frames of each shot that are done, most first. */
  readonly done: readonly { readonly shot: string; readonly frames: number }[];
  /** Tries that failed. */
  readonly failed: number;
  /** In night time, in order. */
  readonly spans: readonly UseSpan[];
  /** When tries failed, in night time, as exact as spans are. */
  readonly failures: readonly number[];
}

/** How much of the night a worker or a node was at work, from 0 to 1. */
export function workShare(
  { busyMs, atOnce }: Pick<UseLane, 'busyMs' | 'atOnce'>,
  { totalMs }: Pick<WorkerUse, 'totalMs'>,
): number {
  return totalMs === 0 ? 0 : busyMs / (totalMs * Math.max(1, atOnce));
}

/** Rounded down, so that only a worker that never waited has 100 %. */
export function percentText(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

export interface UseSpan extends Stretch {
  /** Index of the shot that took most of it. */
  readonly shot: number;
  /** How much of it a frame was in hand, of as many as could have been: 0.25, 0.5, 0.75 or 1. */
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
