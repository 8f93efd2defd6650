import type { BatchProgress } from '../../../shared/batch.ts';
import type { PauseReason } from '../../../shared/night.ts';
import { clockText } from '../../../shared/schedule.ts';
import { atMoment, WALL_CLOCK, type WallClock } from './wall-clock.ts';

/** A run that is just beginning, or between two turns, takes no pause yet. */
const AGAIN_MS = 500;

/** A batch, as far as it is stopped at a time. */
interface Pausable {
  readonly running: boolean;
  readonly paused: { readonly reason: PauseReason } | null;
  pause(message: string): void;
  getProgress(): Pick<BatchProgress, 'frames'>;
  subscribe(listener: () => void): () => void;
}

export interface PlannedStop {
  /** ms since 1970. */
  readonly at: number;
  /** Told once, when no new frames are started any more. */
  readonly onStopped?: () => void;
  /** Told once, when those that were being rendered then are finished too. */
  readonly onRest?: () => void;
}

/**
 * Starts no new frames from a moment on: those that are being rendered are finished, then the batch is
 * paused, as if the artist had asked for it. Returns what calls it off.
 */
export function stopAt(
  processor: Pausable,
  { at, onStopped, onRest }: PlannedStop,
  clock: WallClock = WALL_CLOCK,
): () => void {
  let callOff = () => {};
  const stop = () => {
    if (!processor.running) return;
    processor.pause(`Stopped at ${clockText(at)}, as planned. Running frames are finished first.`);
    if (processor.paused?.reason !== 'asked') {
      callOff = clock.after(AGAIN_MS, stop);
      return;
    }
    onStopped?.();
    if (onRest) callOff = whenAtRest(processor, onRest);
  };
  callOff = atMoment(at, stop, clock);
  return () => callOff();
}

/** Returns what calls it off. */
function whenAtRest(processor: Pausable, onRest: () => void): () => void {
  const atRest = () => processor.getProgress().frames.running === 0;
  if (atRest()) {
    onRest();
    return () => {};
  }
  const unsubscribe = processor.subscribe(() => {
    // Somebody lets it go on: then it is no matter of the plan any more.
    if (!processor.paused) unsubscribe();
    else if (atRest()) {
      unsubscribe();
      onRest();
    }
  });
  return unsubscribe;
}
