import type { FrameDetail } from '../../shared/view.ts';

/** The part of a shot that can be played: indexes of its first and its last frame that is done. */
export interface Reel {
  readonly first: number;
  readonly last: number;
}

/** Where a film stands. */
export interface Winding {
  /** Index of the frame. */
  readonly at: number;
  /** Time that has gone by since it came up, ms; less than a frame takes. */
  readonly sinceMs: number;
}

/** What a player does without a plan of its own, as Blender does. */
export const USUAL_FPS = 24;
/** A window that was hidden meanwhile goes on where it was, and does not jump. */
const LONGEST_MS = 250;

/** `null`: nothing is done. Frames between that are missing are part of it, so that a second stays a second. */
export function reelOf(frames: readonly FrameDetail[]): Reel | null {
  const isDone = ({ state }: FrameDetail) => state.status === 'done';
  const first = frames.findIndex(isDone);
  return first < 0 ? null : { first, last: frames.findLastIndex(isDone) };
}

/**
 * The film after some time.
 * @param elapsedMs since it was asked last
 * @returns where it stands; `ended`: it has come to its end and does not loop
 */
export function wound(
  { at, sinceMs }: Winding,
  elapsedMs: number,
  { first, last }: Reel,
  { fps, loop }: { readonly fps: number; readonly loop: boolean },
): Winding & { readonly ended: boolean } {
  const frameMs = 1000 / fps;
  const time = sinceMs + Math.min(LONGEST_MS, Math.max(0, elapsedMs));
  const steps = Math.floor(time / frameMs);
  const length = last - first + 1;
  const from = Math.max(0, at - first);
  if (!loop && from + steps >= length) return { at: last, sinceMs: 0, ended: true };
  return { at: first + ((from + steps) % length), sinceMs: time % frameMs, ended: false };
}

/** Where Play begins: where it stands; after its end, and outside of the reel, at the first frame. */
export function playFrom(at: number, { first, last }: Reel): number {
  return at < first || at >= last ? first : at;
}

/**
 * Indexes of the frames that are needed next, in the order of need.
 * @param most so many at most
 */
export function needed(
  at: number,
  { first, last }: Reel,
  loop: boolean,
  most: number,
): readonly number[] {
  const length = last - first + 1;
  const here = Math.max(0, at - first);
  const count = Math.min(most, loop ? length : length - here);
  return Array.from({ length: Math.max(0, count) }, (_, by) => first + ((here + by) % length));
}
