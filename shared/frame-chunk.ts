import {
  countsOf,
  type FrameCounts,
  type FrameState,
  type FrameTimes,
  isKept,
  NO_TIMES,
  timesWith,
} from './frame-state.ts';

/** Frames of one chunk: few enough to be copied for each change, many enough that a list has few of them. */
export const CHUNK_FRAMES = 256;

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

export function countBlender(counts: Map<string | null, number>, version: string | null, by = 1) {
  counts.set(version, (counts.get(version) ?? 0) + by);
}

function timesOf(states: readonly FrameState[]): FrameTimes {
  return states.reduce(
    (times, frame) => (frame.status === 'done' ? timesWith(times, frame.record.seconds) : times),
    NO_TIMES,
  );
}
