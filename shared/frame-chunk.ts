import type { FrameCounts, FrameState } from './job.ts';

/** Frames of one chunk: few enough to be copied for each change, many enough that a list has few of them. */
export const CHUNK_FRAMES = 256;

export const NO_FRAMES: FrameCounts = {
  total: 0,
  waiting: 0,
  running: 0,
  done: 0,
  kept: 0,
  failed: 0,
};

/** Rendering times of frames that are done. */
export interface FrameTimes {
  /** Seconds of all that are done. */
  readonly sum: number;
  /** How many took a known time: more than 0 seconds. */
  readonly known: number;
  readonly slowest: number;
}

export const NO_TIMES: FrameTimes = { sum: 0, known: 0, slowest: 0 };

/** A run of neighbouring frames. Immutable. */
export interface FrameChunk {
  readonly counts: FrameCounts;
  get(offset: number): FrameState;
  statusOf(offset: number): FrameState['status'];
  isKept(offset: number): boolean;
  /** All of them; not to be changed. */
  states(): readonly FrameState[];
  times(): FrameTimes;
  /** How many of those that are done each version of Blender rendered; `null`: nobody knows which. */
  blenders(): BlenderCounts;
}

export type BlenderCounts = ReadonlyMap<string | null, number>;

/** Frames as they are. */
export class PlainChunk implements FrameChunk {
  readonly counts: FrameCounts;
  readonly #states: readonly FrameState[];
  #times: FrameTimes | null = null;

  constructor(states: readonly FrameState[], counts: FrameCounts = countsOf(states)) {
    this.#states = states;
    this.counts = counts;
  }

  get(offset: number): FrameState {
    return this.#states[offset] as FrameState;
  }

  statusOf(offset: number): FrameState['status'] {
    return this.get(offset).status;
  }

  isKept(offset: number): boolean {
    return isKept(this.get(offset));
  }

  states(): readonly FrameState[] {
    return this.#states;
  }

  times(): FrameTimes {
    this.#times ??= timesOf(this.#states);
    return this.#times;
  }

  blenders(): BlenderCounts {
    const counts = new Map<string | null, number>();
    for (const frame of this.#states) {
      if (frame.status === 'done') countBlender(counts, frame.record.blender ?? null);
    }
    return counts;
  }
}

export function isKept(frame: FrameState): boolean {
  return frame.status === 'done' && frame.kept;
}

export function countsOf(states: Iterable<FrameState>): FrameCounts {
  const counts = { ...NO_FRAMES };
  for (const frame of states) {
    counts.total += 1;
    counts[frame.status] += 1;
    if (isKept(frame)) counts.kept += 1;
  }
  return counts;
}

export function countBlender(counts: Map<string | null, number>, version: string | null, by = 1) {
  counts.set(version, (counts.get(version) ?? 0) + by);
}

/** The counts after one frame has changed. */
export function countsAfter(counts: FrameCounts, old: FrameState, next: FrameState): FrameCounts {
  const change = (status: FrameState['status']) =>
    counts[status] + Number(next.status === status) - Number(old.status === status);
  return {
    total: counts.total,
    waiting: change('waiting'),
    running: change('running'),
    done: change('done'),
    kept: counts.kept + Number(isKept(next)) - Number(isKept(old)),
    failed: change('failed'),
  };
}

export function summed(a: FrameCounts, b: FrameCounts): FrameCounts {
  return {
    total: a.total + b.total,
    waiting: a.waiting + b.waiting,
    running: a.running + b.running,
    done: a.done + b.done,
    kept: a.kept + b.kept,
    failed: a.failed + b.failed,
  };
}

export function timesTogether(a: FrameTimes, b: FrameTimes): FrameTimes {
  return {
    sum: a.sum + b.sum,
    known: a.known + b.known,
    slowest: Math.max(a.slowest, b.slowest),
  };
}

/** The times with those of one more frame that is done. */
export function timesWith({ sum, known, slowest }: FrameTimes, seconds: number): FrameTimes {
  return {
    sum: sum + seconds,
    known: known + Number(seconds > 0),
    slowest: Math.max(slowest, seconds),
  };
}

function timesOf(states: readonly FrameState[]): FrameTimes {
  return states.reduce(
    (times, frame) => (frame.status === 'done' ? timesWith(times, frame.record.seconds) : times),
    NO_TIMES,
  );
}
