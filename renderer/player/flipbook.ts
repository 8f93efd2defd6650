import type { FrameDetail } from '../../shared/view.ts';
import type { FilmState } from './film-buffer.ts';

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
/** Of a frame. A scene may say any rate, and no screen shows more than this. */
const SHORTEST_MS = 1;

/** `null`: nothing is done. Frames between that are missing are part of it, so that a second stays a second. */
export function reelOf(frames: readonly FrameDetail[]): Reel | null {
  const isDone = ({ state }: FrameDetail) => state.status === 'done';
  const first = frames.findIndex(isDone);
  return first < 0 ? null : { first, last: frames.findLastIndex(isDone) };
}

/** How a film plays. */
export interface Speed {
  readonly fps: number;
  readonly loop: boolean;
  /** The film waits for a picture that is coming, and passes a broken one. Not given: all are ready. */
  readonly pictureAt?: (index: number) => FilmState;
}

export interface Wound extends Winding {
  /** It has come to its end and does not loop. */
  readonly ended: boolean;
  /** It stands until the next picture has come. */
  readonly waits: boolean;
  /** Pictures that were never on the screen, because it was too slow for them. */
  readonly dropped: number;
}

/**
 * The film after some time.
 * @param elapsedMs since it was asked last
 */
export function wound(
  { at, sinceMs }: Winding,
  elapsedMs: number,
  { first, last }: Reel,
  { fps, loop, pictureAt = () => 'ready' }: Speed,
): Wound {
  const frameMs = Math.max(SHORTEST_MS, 1000 / fps);
  const length = last - first + 1;
  let left = sinceMs + Math.min(LONGEST_MS, Math.max(0, elapsedMs));
  let now = Math.max(0, at - first);
  let dropped = 0;
  for (let steps = 0; left >= frameMs; steps += 1) {
    if (!loop && now + 1 >= length) {
      return { at: last, sinceMs: 0, ended: true, waits: false, dropped };
    }
    const next = (now + 1) % length;
    if (pictureAt(first + next) === 'coming') {
      return { at: first + now, sinceMs: frameMs, ended: false, waits: true, dropped };
    }
    if (steps > 0 && pictureAt(first + now) === 'ready') dropped += 1;
    now = next;
    left -= frameMs;
  }
  return { at: first + now, sinceMs: left, ended: false, waits: false, dropped };
}

/** Where Play begins: where it stands; after its end, and outside of the reel, at the first frame. */
export function playFrom(at: number, { first, last }: Reel): number {
  return at < first || at >= last ? first : at;
}

/** Indexes of the frames that are needed next, in the order of need. */
export function needed(at: number, { first, last }: Reel, loop: boolean): readonly number[] {
  const length = last - first + 1;
  const here = Math.max(0, at - first);
  const count = loop ? length : length - here;
  return Array.from({ length: Math.max(0, count) }, (_, by) => first + ((here + by) % length));
}
