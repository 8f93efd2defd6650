import type { FrameList } from '../../../shared/frame-list.ts';
import type { FrameTimes } from '../../../shared/frame-state.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesToRender, knownCounts } from '../../../shared/job-state.ts';
import { pictureSize } from '../../../shared/picture-size.ts';
import type { ShotConfig } from '../../../shared/shot.ts';
import {
  DRIFT,
  DRIFT_BETWEEN,
  NEWEST,
  SUPPOSED_SPREAD,
  UNKNOWN_FRAME_SECONDS,
} from './constants.ts';
import type { ShotMeasure } from './measure-shot.ts';
import { Gathered, type Sized } from './rates.ts';

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

/**
 * Returns what the frames of one shot say, those of earlier runs too; `null`: none took a known time. Reads the
 * newest frames only.
 * @param persistent frames rendered with persistent data, where the frames to come will have it too: only as many
 * of the newest count, because the frames before them had to prepare the scene
 */
export function ownTimes(frames: FrameList, persistent = 0): OwnTimes | null {
  const { times, counts } = frames;
  if (times.known === 0) return null;
  const { last, seconds } = newest(frames, persistent > 0 ? Math.min(persistent, NEWEST) : NEWEST);
  const tail = average(seconds, wholeAverage(times));
  const whole = persistent > 0 ? tail.mean : wholeAverage(times);
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

/**
 * Seconds of a frame on average, from those of a shot that took a known time; `null`: none did. Costs nothing, as
 * the list keeps their sum.
 */
export function averageFrame(frames: FrameList): number | null {
  return frames.times.known === 0 ? null : wholeAverage(frames.times);
}

/** One frame in which the machine slept or swapped says nothing about the others. */
function wholeAverage({ sum, known, slowest }: FrameTimes): number {
  if (known < 3) return sum / known;
  const others = (sum - slowest) / (known - 1);
  return slowest > 10 * others ? others : sum / known;
}

/** The last frame that is done, and the seconds of it and of those before it. */
function newest(
  frames: FrameList,
  most: number,
): { readonly last: number; readonly seconds: number[] } {
  const seconds: number[] = [];
  const last = frames.lastIndex('done');
  // Frames that no journal knew have no time; not all of ten thousand are looked at for one that has.
  for (let index = last, looks = 0; index !== -1 && looks < 4 * NEWEST; looks += 1) {
    const frame = frames.get(index);
    if (frame?.status === 'done' && frame.record.seconds > 0) seconds.push(frame.record.seconds);
    if (seconds.length === most) break;
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

/** Shots of the same scene and settings. */
class Kin {
  /** Seconds a frame of those that are known. */
  readonly each = new Gathered();
  /** Frames of the scene itself, where a shot left that to it. */
  inScene: number | null = null;
}

/** What the estimate needs of one shot; made once for each state of it. */
export interface ShotEntry extends Sized {
  readonly job: BatchJob;
  /** Frames that this run still renders; `null`: only its scene knows how many; see `framesLeft`. */
  readonly left: number | null;
  /** From its own frames. */
  readonly own: OwnTimes | null;
  /** What it was found to cost before the night. */
  readonly measure: ShotMeasure | null;
  readonly kin: Kin | null;
}

/** Shots whose settings are alike share their kin. */
export class KinBook {
  readonly #kin = new Map<string, Kin>();

  of(job: BatchJob): Kin | null {
    const key = likenessOf(job);
    if (key === null) return null;
    const kin = this.#kin.get(key) ?? new Kin();
    this.#kin.set(key, kin);
    return kin;
  }

  /** Nothing is known of any of them. */
  clear(): void {
    for (const kin of this.#kin.values()) kin.each.clear();
  }
}

/** Frames that are to come; `null`: nobody knows. A shot of its kind may have been opened since. */
export function framesLeft({ left, kin }: ShotEntry): number | null {
  return left ?? kin?.inScene ?? null;
}

export function entryOf(
  job: BatchJob,
  kin: Kin | null,
  measure: ShotMeasure | null = null,
): ShotEntry {
  const { width, height } = pictureSize(job);
  const { total } = knownCounts(job);
  const { waiting, running } = framesToRender(job);
  const isKnown = total > 0 || job.plan !== null;
  const length = isKnown ? total : (measure?.frames ?? null);
  const isOpen = job.status === 'waiting' || job.status === 'running';
  if (kin && job.plan?.fromScene) kin.inScene = job.plan.frames.length;
  return {
    job,
    left: !isOpen ? 0 : isKnown ? waiting + running : length,
    length,
    own: ownTimes(job.frames, persistentFrames(job)),
    measure,
    kin,
    pixels: width === null || height === null ? (measure?.pixels ?? null) : width * height,
    samples: job.shotConfig?.render?.samples ?? null,
  };
}

/** Counts the frames with persistent data; 0 where the frames to come have none. */
function persistentFrames({ keptScene }: BatchJob): number {
  return keptScene && keptScene.anew === null ? keptScene.kept.frames : 0;
}

const keys = new WeakMap<ShotConfig, string>();

/**
 * The same text for shots whose frames take about the same: another camera or file name makes no difference.
 * `null` for a shot file that could not be read.
 */
export function likenessOf({ shotConfig }: Pick<BatchJob, 'shotConfig'>): string | null {
  if (shotConfig === null) return null;
  let key = keys.get(shotConfig);
  if (key === undefined) {
    const { blend, script, params, scene, viewLayers, render } = shotConfig;
    key = JSON.stringify([blend, script, params, scene, viewLayers, render]);
    keys.set(shotConfig, key);
  }
  return key;
}

/** What is known of the work that a job will be. */
export interface Expected {
  /** `begun`: from its own frames; `alike`: from a shot of the same scene and settings; `unknown`: nothing. */
  readonly kind: 'begun' | 'alike' | 'unknown';
  /** Of all its waiting frames together; 0 where unknown. */
  readonly seconds: number;
}

/** Nothing is known. */
export const UNKNOWN: Expected = { kind: 'unknown', seconds: 0 };

/** What frames took in this run, by scene and settings: what shots like them will take. For the order of the night. */
export class ExpectedWork {
  readonly #kin = new KinBook();

  /** Notes a frame. True where shots like it are worth another look: at the 1st, 2nd, 4th, 8th… of them. */
  note(job: BatchJob, seconds: number): boolean {
    const kin = this.#kin.of(job);
    if (kin === null) return false;
    kin.each.add(seconds);
    if (job.plan?.fromScene) kin.inScene = job.plan.frames.length;
    const { count } = kin.each;
    return (count & (count - 1)) === 0;
  }

  of(job: BatchJob): Expected {
    const own = averageFrame(job.frames);
    if (own !== null) return { kind: 'begun', seconds: own * framesToRender(job).waiting };
    const kin = this.#kin.of(job);
    const listed = job.plan || job.shotConfig?.frames ? framesToRender(job).waiting : null;
    const frames = listed ?? job.picked?.length ?? kin?.inScene;
    if (kin === null || kin.each.isEmpty || frames == null) return UNKNOWN;
    return { kind: 'alike', seconds: kin.each.rate * frames };
  }
}

/** Seconds of work that nobody has begun, of a job that runs. */
export function waitingSeconds(job: BatchJob): number {
  return framesToRender(job).waiting * (averageFrame(job.frames) ?? UNKNOWN_FRAME_SECONDS);
}
