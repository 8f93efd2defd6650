import type { FrameList } from '../../../shared/frame-list.ts';
import type { FrameTimes } from '../../../shared/frame-state.ts';

/** What the frames of a shot that are done say about those to come. Seconds. */
export interface OwnTimes {
  /** How many of its frames took a known time. */
  readonly known: number;
  /** The average of all of them: what the shot is like as a whole. */
  readonly whole: number;
  /** What a frame to come is expected to take. */
  readonly each: number;
  /** Frames that `each` was made from, and how far a single one lies from it (standard deviation). */
  readonly measured: number;
  readonly spread: number;
  /** How far `each` as a whole may be off because scenes change on their way (standard deviation, a share of it). */
  readonly drift: number;
}

/** Frames that tell what the next ones take: the newest, since a camera that comes closer makes each one slower. */
const NEWEST = 24;
/** So far off is the rest of a shot of which nothing but its first frame is known. */
const DRIFT = 0.25;
/** Between frames that are known a shot can't run away. */
const DRIFT_BETWEEN = DRIFT / 3;
/** Before frames have shown their spread, they count as having this share of their time, with the weight of two. */
const SUPPOSED_SPREAD = 0.3;

/**
 * From the frames of one shot, those of earlier runs too; `null`: none took a known time. Costs the newest
 * frames and the chunks of the list, not the list.
 */
export function ownTimes(frames: FrameList): OwnTimes | null {
  const { times, counts } = frames;
  if (times.known === 0) return null;
  const whole = wholeAverage(times);
  const { last, seconds } = newest(frames);
  const tail = average(seconds, whole);
  const ahead = frames.countsWithin(last + 1, frames.length);
  const beyond = ahead.waiting + ahead.running;
  const left = counts.waiting + counts.running;
  const between = left - beyond;
  const each = left === 0 ? whole : (beyond * tail.mean + between * whole) / left;
  const off = DRIFT * beyond + DRIFT_BETWEEN * between;
  return {
    known: times.known,
    whole,
    each,
    measured: Math.max(1, seconds.length),
    spread: tail.spread,
    drift: off / (left + times.known),
  };
}

/** One frame in which the machine slept or swapped says nothing about the others. */
function wholeAverage({ sum, known, slowest }: FrameTimes): number {
  if (known < 3) return sum / known;
  const others = (sum - slowest) / (known - 1);
  return slowest > 10 * others ? others : sum / known;
}

/** The last frame that is done, and the seconds of it and of those before it. */
function newest(frames: FrameList): { readonly last: number; readonly seconds: number[] } {
  const seconds: number[] = [];
  const last = frames.lastIndex('done');
  // Frames that no journal knew have no time; not all of ten thousand are looked at for one that has.
  for (let index = last, looks = 0; index !== -1 && looks < 4 * NEWEST; looks += 1) {
    const frame = frames.get(index);
    if (frame?.status === 'done' && frame.record.seconds > 0) seconds.push(frame.record.seconds);
    if (seconds.length === NEWEST) break;
    index = index === 0 ? -1 : frames.lastIndex('done', index - 1);
  }
  return { last, seconds };
}

function average(
  seconds: readonly number[],
  otherwise: number,
): { readonly mean: number; readonly spread: number } {
  if (seconds.length === 0) return { mean: otherwise, spread: SUPPOSED_SPREAD * otherwise };
  const honest = withoutHiccup(seconds);
  const mean = honest.reduce((sum, one) => sum + one, 0) / honest.length;
  const squares = honest.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const supposed = 2 * (SUPPOSED_SPREAD * mean) ** 2;
  return { mean, spread: Math.sqrt((supposed + squares) / (honest.length + 1)) };
}

/**
 * A single frame that took more than three times what any other did counts as the slowest of the others:
 * the first one of a scene loads what the rest share. Where slow frames come again, they are no accident.
 */
function withoutHiccup(seconds: readonly number[]): readonly number[] {
  if (seconds.length < 3) return seconds;
  const slowest = Math.max(...seconds);
  const at = seconds.indexOf(slowest);
  const second = Math.max(...seconds.filter((_, index) => index !== at));
  return slowest > 3 * second ? seconds.with(at, second) : seconds;
}
