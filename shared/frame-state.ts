import { z } from 'zod';
import type { Failure } from './failure.ts';
import type { Frozen } from './frozen.ts';

/** What is known of a finished frame's file: enough to tell later that it is still the same one. */
export const frameRecordSchema = z.object({
  /** File name inside the plan's directory. */
  file: z.string().min(1),
  bytes: z.int().nonnegative(),
  mtimeMs: z.number(),
  /** First 32 hex digits of the SHA-256 of the file. */
  sha256: z.string().min(1),
  /** Rendering time in seconds; 0 where the frame was there and no journal knew it. */
  seconds: z.number(),
  /** Blender's peak memory in MiB by then; 0 if unknown. */
  memoryMb: z.number(),
  /** When it was proved whole, ms since 1970. */
  at: z.number(),
  /** What it took of the processors, all threads together, and how many threads it had; not there: nobody knows. */
  cpu: z.object({ seconds: z.number(), threads: z.int().positive() }).optional(),
  /** The version of Blender that rendered it, such as `4.3.2`; not there: nobody knows. */
  blender: z.string().min(1).optional(),
});
export type FrameRecord = Frozen<z.infer<typeof frameRecordSchema>>;

/** What the artist said of a picture that is there. */
export const VERDICTS = ['approved', 'rejected'] as const;
export type Review = (typeof VERDICTS)[number];

/**
 * `crashes`: how many of the tries ended in a crash of Blender; not there: none. `again`: it was done, and was asked for
 * again; until it is proved anew, the picture from before stays in its place.
 */
export type FrameState =
  | {
      readonly status: 'waiting';
      readonly tries: number;
      readonly crashes?: number;
      readonly again?: true;
    }
  | {
      readonly status: 'running';
      readonly tries: number;
      readonly crashes?: number;
      readonly again?: true;
      readonly worker: number;
      readonly since: number;
    }
  /** `kept`: done before this run. `review`: not there: nobody has judged it. */
  | {
      readonly status: 'done';
      readonly tries: number;
      readonly kept: boolean;
      readonly record: FrameRecord;
      readonly review?: Review;
    }
  | {
      readonly status: 'failed';
      readonly tries: number;
      readonly crashes?: number;
      readonly again?: true;
      readonly failure: Failure;
    };

/** A frame that nobody has tried. */
export const WAITING: FrameState = Object.freeze({ status: 'waiting', tries: 0 });
/** A frame that is asked for again. */
export const AGAIN: FrameState = Object.freeze({ status: 'waiting', tries: 0, again: true });

/** What a frame keeps over its tries. Nothing is said of what most frames never have. */
interface Carried {
  readonly crashes?: number;
  readonly again?: true;
}

/** @param more crashes to be added */
export function carriedOf(frame: FrameState, more = 0): Carried {
  const crashes = ('crashes' in frame ? (frame.crashes ?? 0) : 0) + more;
  const again = isAgain(frame);
  if (crashes === 0 && !again) return NOTHING;
  return { ...(crashes > 0 && { crashes }), ...(again && { again }) };
}

const NOTHING: Carried = {};

/** Whether a frame was done, was asked for again, and is not done again yet. */
export function isAgain(frame: FrameState | undefined): boolean {
  return frame !== undefined && 'again' in frame && frame.again === true;
}

/** A frame that is tried as if for the first time. */
export function untried(frame: FrameState): FrameState {
  return isAgain(frame) ? AGAIN : WAITING;
}

/** How many frames of a job are in each state. `kept` is a part of `done`. */
export interface FrameCounts {
  readonly total: number;
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly kept: number;
  readonly failed: number;
}

export const NO_FRAMES: FrameCounts = {
  total: 0,
  waiting: 0,
  running: 0,
  done: 0,
  kept: 0,
  failed: 0,
};

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

/** Rendering times of frames that are done. */
export interface FrameTimes {
  /** Seconds of all that are done. */
  readonly sum: number;
  /** How many took a known time: more than 0 seconds. */
  readonly known: number;
  readonly slowest: number;
}

export const NO_TIMES: FrameTimes = { sum: 0, known: 0, slowest: 0 };

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
