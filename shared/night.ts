import { z } from 'zod';
import type { LostPlace } from './failure.ts';
import type { Frozen } from './frozen.ts';

/** Why no new frames are being started. */
export const PAUSE_REASONS = ['asked', 'disk-full'] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

/** Something that a night met and went on from; no fact of one shot alone. */
export type Incident =
  /** A run without an end: crash, power cut, kill. `at`: the last thing it recorded. */
  | { readonly kind: 'interrupted'; readonly at: number; readonly until: number }
  | {
      readonly kind: 'paused';
      readonly at: number;
      /** `null`: still paused. */
      readonly until: number | null;
      readonly reason: PauseReason;
      /** Of the newest time. */
      readonly message: string;
      /** More than one where it paused for the same reason again soon after. */
      readonly times: number;
      /** What was lost to it so far, without the times between. */
      readonly pausedMs: number;
    }
  | ({ readonly kind: 'pool-changed' } & PoolChange)
  /** A cluster took places away; what follows on another for the same cause is one incident. */
  | {
      readonly kind: 'place-lost';
      readonly at: number;
      /** When the last of them was lost. */
      readonly until: number;
      readonly cause: LostPlace;
      readonly times: number;
      /** Of the newest time. */
      readonly message: string;
    }
  | {
      readonly kind: 'node-left-out';
      readonly at: number;
      readonly node: string;
      readonly message: string;
    }
  | { readonly kind: 'recovered'; readonly at: number; readonly found: Recovery };

/** The pool goes on with another number of workers than the run began with. */
export interface PoolChange {
  readonly at: number;
  readonly workers: number;
  readonly of: number;
  /** Why. */
  readonly message: string;
}

/** With how many Blenders the newest run goes on, where that was left to Nightshift. */
export interface ChosenWorkers {
  readonly at: number;
  readonly workers: number;
  /** That each has, while all are at work. */
  readonly threads: number;
  /** How many they are and why, a sentence. */
  readonly message: string;
}

const count = z.int().nonnegative();
/** At most `MOST_SHOTS` shots. */
const shots = z.array(z.object({ name: z.string(), frames: count }));
export type ShotFrames = Frozen<z.infer<typeof shots>>[number];

/** What was found out of order and is set right: left over from the run before, or taken away since. */
export const recoverySchema = z.object({
  orphansStopped: count,
  /** Lines of the journal that could not be used, those of earlier starts not counted again. */
  linesSetAside: count,
  /** Recorded frames whose files were gone or changed: rendered again. */
  lost: shots,
  /** Frames rendered again because their shot was changed. */
  stale: shots,
  /** Frames of another Blender that are rendered again because the artist wants it. */
  again: shots.optional(),
});
export type Recovery = Frozen<z.infer<typeof recoverySchema>>;

/** What a night met, from its first run to the newest: a resumed run is the same night. */
export interface Night {
  /** Oldest first, at most `MOST_INCIDENTS`. */
  readonly incidents: readonly Incident[];
  /** How many more there were. */
  readonly more: number;
  /** What the newest run lost to pauses that are over. */
  readonly pausedMs: number;
  /** Since when it is paused; `null`: it is not. */
  readonly pausedSince: number | null;
  /** How the newest run's pool was changed last; `null`: all its workers may be at work. */
  readonly pool: PoolChange | null;
  /** Not there: as many as there are. */
  readonly chosen?: ChosenWorkers;
  /** Lines of the journal that `recovered` has told of so far. */
  readonly linesTold: number;
}

export const MOST_INCIDENTS = 100;
export const MOST_SHOTS = 20;

export const QUIET_NIGHT: Night = {
  incidents: [],
  more: 0,
  pausedMs: 0,
  pausedSince: null,
  pool: null,
  linesTold: 0,
};

/** What the newest run has lost to pauses by now, ms. */
export function pausedMsOf(night: Night, now: number): number {
  return night.pausedMs + (night.pausedSince === null ? 0 : Math.max(0, now - night.pausedSince));
}

/** How much of a stretch of time was paused, ms; pauses that came again and again in their proportion. */
export function pausedWithin(night: Night, from: number, to: number): number {
  return night.incidents.reduce((sum, incident) => {
    if (incident.kind !== 'paused') return sum;
    const { at, until, pausedMs } = incident;
    if (until !== null) {
      const overlap = Math.max(0, Math.min(until, to) - Math.max(at, from));
      return sum + (overlap * pausedMs) / Math.max(1, until - at);
    }
    // It goes on: what it took before, and what it takes now.
    const now = Math.max(0, to - Math.max(from, night.pausedSince ?? to));
    return sum + now + (at >= from ? pausedMs : 0);
  }, 0);
}
