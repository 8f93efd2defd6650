import type { BatchJob } from '../../../shared/job.ts';
import { framesToRender } from '../../../shared/job-state.ts';
import type { BuiltAnew, KeepScene } from '../../../shared/kept-scene.ts';

/**
 * How a frame's scene comes about. `anew`: built for it and let go; `begin`: built for it, and kept for the next one;
 * `go-on`: as the frame before has left it; `both`: the frame is rendered as `go-on` and then as `begin`, and compared.
 */
export type Way = 'anew' | 'begin' | 'go-on' | 'both';

/** What one frame took, seconds. */
export interface FrameCost {
  readonly seconds: number;
  /** Until Cycles had its scene and began with the pixels; `null`: nobody knows. */
  readonly preparedSeconds: number | null;
}

/** The facts that decide how the next frame of a shot is rendered in one Blender. */
export interface KeepFacts {
  readonly setting: KeepScene;
  /** What is known to stand in the way in this scene, such as `hair`; `null`: nothing. */
  readonly obstacle: string | null;
  /** It was found out in this shot that it is not worth it, or comes out wrong. */
  readonly isAnew: boolean;
  /** Memory has run out: nothing is held that is not needed. */
  readonly isShortOfMemory: boolean;
  /** This Blender has the scene as a frame before has left it. */
  readonly isHeld: boolean;
  /** The shortest frame whose scene this Blender has built; `null`: none yet. */
  readonly built: FrameCost | null;
  /** What the shortest frame took with the scene kept, seconds, and this Blender's memory then, MiB; `null`: not tried yet. */
  readonly kept: { readonly seconds: number; readonly memoryMb: number } | null;
  /** How many frames were compared in this Blender, the first one perhaps in one like it, and were the same. */
  readonly checks: number;
  /** It is the turn of a frame that is compared. */
  readonly isDue: boolean;
  /** A frame that this Blender went on to with the kept scene waits for a comparison. */
  readonly isUnproved: boolean;
  /** Frames that this Blender is still to render of the shot, the next one included. */
  readonly framesLeft: number;
  /** What there is for one Blender, MiB. */
  readonly memoryMb: number;
}

/** How the next frame is rendered, and what is to be told of it. Pure. */
export function wayOfFrame(facts: KeepFacts): { readonly way: Way; readonly anew?: BuiltAnew } {
  const { setting, obstacle, isAnew, isShortOfMemory, isHeld, built, kept, framesLeft } = facts;
  if (setting === 'off' || isShortOfMemory) return { way: 'anew' };
  if (setting === 'on') return { way: isHeld ? 'go-on' : 'begin' };
  if (isAnew) return { way: 'anew' };
  if (built === null)
    return { way: obstacle === null && framesLeft > LEAST_LEFT ? 'begin' : 'anew' };
  if (facts.checks === 0) {
    if (kept !== null) return { way: 'anew', anew: { why: 'no-gain' } };
    if (!pays(built.seconds, savedOf(built), framesLeft, 0)) return { way: 'anew' };
    if (obstacle !== null) return { way: 'anew', anew: { why: 'scene', what: obstacle } };
    return { way: isHeld ? 'both' : 'begin' };
  }
  const gain = kept === null ? savedOf(built) : built.seconds - kept.seconds;
  if (isHeld && kept !== null) {
    if (kept.memoryMb > facts.memoryMb) return { way: 'anew', anew: { why: 'memory' } };
    if (gain < LEAST_GAIN * built.seconds) return { way: 'anew', anew: { why: 'no-gain' } };
  }
  // Nothing waits for a comparison: to go on begins to cost one.
  const isWorthIt = facts.isUnproved || pays(built.seconds, gain, framesLeft, facts.checks);
  if (!isWorthIt) return { way: 'anew' };
  if (!isHeld) return { way: 'begin' };
  return { way: facts.isDue ? 'both' : 'go-on' };
}

/** With so few frames left the checks cost more than is saved. */
const LEAST_LEFT = 3;
/** Of a shorter frame most goes into what stands around it. */
const LEAST_SECONDS = 0.05;
/** What Blender prepares of each frame also where all is kept, seconds: of a light scene that is most of it. */
const NEVER_SAVED = 0.015;
/** Not all of the rest is the same in the next frame. */
const SAVED_OF_PREPARED = 0.9;
/** What is saved of a frame, or of all that are left with their checks, has to be more than the noise of a clock. */
const LEAST_GAIN = 0.05;

/** What is probably saved of each frame, seconds. */
function savedOf({ seconds, preparedSeconds }: FrameCost): number {
  const prepared = Math.min(seconds, preparedSeconds ?? 0);
  return SAVED_OF_PREPARED * Math.max(0, prepared - NEVER_SAVED);
}

/**
 * Whether keeping a scene is worth the comparisons that are to come, each of which is a frame that is built: of the next frame
 * where nothing was compared yet, of one that is drawn, and of the last.
 * @param seconds that a frame takes whose scene is built
 * @param savedSeconds of each of the others
 * @param framesLeft the next one included
 * @param checks frames that were compared before
 */
export function pays(
  seconds: number,
  savedSeconds: number,
  framesLeft: number,
  checks: number,
): boolean {
  if (seconds < LEAST_SECONDS) return false;
  const now = checks === 0 ? 1 : 0;
  const isOneDrawn = checks < 2 || framesLeft > MOST_UNPROVED;
  const later = isOneDrawn && hasOneBetween(framesLeft - now) ? 2 : 1;
  // The next frame is built and stays as it is: more than that is the one with the kept scene beside it.
  const compared = now * (seconds - savedSeconds) + later * seconds;
  return savedSeconds * (framesLeft - 1) - compared > LEAST_GAIN * seconds * framesLeft;
}

/** After so many frames at the latest one is compared: so much is at most made for nothing. */
const MOST_UNPROVED = 100;
/** Of so few frames before the last one none is compared: the last speaks for all of them, and comes soon. */
const FEW_BETWEEN = 8;

/** Whether one more is compared before the last of the frames that are left. */
function hasOneBetween(framesLeft: number): boolean {
  return framesLeft - 1 > FEW_BETWEEN;
}

/**
 * How many frames it is until one is compared, that one included: one at random among those that are left, and in a long
 * shot one of each hundred. `null`: only the last one, which everybody compares.
 */
export function framesToCheck(
  framesLeft: number,
  checks: number,
  random: () => number,
): number | null {
  const most = Math.min(framesLeft - 1, MOST_UNPROVED);
  if (checks === 1) return hasOneBetween(framesLeft) ? 1 + Math.floor(random() * most) : null;
  if (framesLeft <= MOST_UNPROVED) return null;
  return MOST_UNPROVED / 2 + Math.floor((random() * MOST_UNPROVED) / 2);
}

/** The next keeping of a job's scene whose last frame is to be compared: the lane's own, or one that nobody goes on with. */
export function checkOf(
  job: BatchJob,
  own: string | null,
  isTaken: (session: string) => boolean,
): { readonly session: string; readonly frame: number } | null {
  const open = job.keptScene?.unproved.filter(({ session }) => !isTaken(session)) ?? [];
  const isOver = framesToRender(job).waiting + job.counts.running === 0;
  const next = open.find(({ session }) => session === own) ?? (isOver ? open[0] : undefined);
  const frame = next?.frames.at(-1);
  return next === undefined || frame === undefined ? null : { session: next.session, frame };
}

/** What one Blender has kept of the scene that it has open, and what is known of that. */
export class Keeping {
  /** See `KeepFacts`. */
  readonly obstacle: string | null;
  /** Tells this opening of the scene from all others. */
  readonly #name: string;
  /** How often it was built to be kept. */
  #builds = 0;
  #isHeld = false;
  #isUnproved = false;
  #built: FrameCost | null = null;
  #kept: KeepFacts['kept'] = null;
  #checks = 0;
  /** Frames until one is compared, that one included; `null`: none but the last. */
  #toCheck: number | null = null;
  readonly #random: () => number;

  constructor(lane: number, obstacle: string | null, random: () => number = Math.random) {
    this.#name = `${lane}-${Date.now().toString(36)}-${Math.floor(random() * 36 ** 4).toString(36)}`;
    this.obstacle = obstacle;
    this.#random = random;
  }

  /**
   * Which keeping it is at, from one building of the scene to the next: what is compared of one says nothing of another. Tells it
   * from all others of the shot.
   */
  get session(): string {
    return `${this.#name}.${this.#builds}`;
  }

  /** Its first frame with a kept scene is compared at this moment: what comes of it decides. */
  get isBeingTried(): boolean {
    return this.#kept !== null && this.#checks === 0;
  }

  /**
   * Another Blender, of the same version and on the same device, has compared a frame of the same scene, and it was the same:
   * here the second frame need not be tried as well. What this one makes waits for its own later checks all the same.
   */
  provedElsewhere(framesLeft: number): void {
    if (this.#checks === 0 && this.#isHeld && this.#kept === null) this.compared(framesLeft);
  }

  next(
    facts: Pick<KeepFacts, 'setting' | 'isAnew' | 'isShortOfMemory' | 'framesLeft' | 'memoryMb'>,
  ): ReturnType<typeof wayOfFrame> {
    return wayOfFrame({
      ...facts,
      obstacle: this.obstacle,
      isHeld: this.#isHeld,
      built: this.#built,
      kept: this.#kept,
      checks: this.#checks,
      isDue: this.#toCheck === 1,
      isUnproved: this.#isUnproved,
    });
  }

  /** A frame was rendered. @param twin seconds of the one with the kept scene, where it was rendered both ways */
  rendered(way: Way, cost: FrameCost & { readonly memoryMb: number }, twin: number | null): void {
    this.#isHeld = way !== 'anew';
    this.#isUnproved = way === 'go-on';
    if (way === 'begin' || way === 'both') this.#builds += 1;
    const { memoryMb } = cost;
    const kept = way === 'go-on' ? cost.seconds : twin;
    // The shortest of each: beside other work a single frame says little.
    if (kept !== null) {
      const seconds = Math.min(kept, this.#kept?.seconds ?? kept);
      this.#kept = { seconds, memoryMb };
    }
    if (way !== 'go-on' && cost.seconds <= (this.#built?.seconds ?? cost.seconds)) {
      this.#built = cost;
    }
    if (way === 'go-on' && this.#toCheck !== null) this.#toCheck -= 1;
    if (way === 'both') this.#toCheck = null;
  }

  /** A frame has failed, and nobody knows which scene this Blender has now: the next one that it keeps is a keeping of its own. */
  failed(): void {
    this.#isHeld = false;
    this.#isUnproved = false;
  }

  /** A frame was compared and is the same. */
  compared(framesLeft: number): void {
    this.#checks += 1;
    this.#toCheck = framesToCheck(framesLeft, this.#checks, this.#random);
  }
}
