import type { BatchJob } from '../../../shared/job.ts';
import { knownCounts } from '../../../shared/job-state.ts';
import { pictureSize } from '../../../shared/picture-size.ts';
import type { ShotMeasure } from '../preflight/try-shots.ts';
import { likenessOf } from './expected-work.ts';
import { type OwnTimes, ownTimes } from './own-times.ts';

/** Shots of the same scene and settings. */
class Kin {
  /** Seconds a frame of those that are known. */
  readonly each = new Gathered();
  /** Frames of the scene itself, where a shot left that to it. */
  inScene: number | null = null;
}

/** What the estimate needs of one shot; made once for each state of it. */
export interface ShotEntry {
  readonly job: BatchJob;
  /** Frames that this run still renders; `null`: only its scene knows how many; see `framesLeft`. */
  readonly left: number | null;
  /** All of its frames; `null`: not known. */
  readonly length: number | null;
  /** From its own frames. */
  readonly own: OwnTimes | null;
  /** What it was found to cost before the night. */
  readonly measure: ShotMeasure | null;
  readonly kin: Kin | null;
  readonly pixels: number | null;
  /** Samples a pixel, where the shot file says them. */
  readonly samples: number | null;
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
  const { total, waiting, running } = knownCounts(job);
  const isKnown = total > 0 || job.plan !== null;
  const length = isKnown ? total : (measure?.frames ?? null);
  const isOpen = job.status === 'waiting' || job.status === 'running';
  if (kin && job.plan?.fromScene) kin.inScene = job.plan.frames.length;
  return {
    job,
    left: !isOpen ? 0 : isKnown ? waiting + running : length,
    length,
    own: ownTimes(job.frames),
    measure,
    kin,
    pixels: width === null || height === null ? (measure?.pixels ?? null) : width * height,
    samples: job.shotConfig?.render?.samples ?? null,
  };
}

/** What is supposed weighs as much as so many shots: of few the one that sticks out is mostly not among them. */
const SUPPOSED_SHOTS = 4;

/** What work was seen to take, one number for each shot: the rate of it, and how far apart the shots are. */
export class Gathered {
  #count = 0;
  #units = 0;
  #seconds = 0;
  #unitsSquared = 0;
  #ratesSquared = 0;

  /** A shot in which so many units took so many seconds. Those with more units say more. */
  add(seconds: number, units = 1): void {
    this.#count += 1;
    this.#units += units;
    this.#seconds += seconds;
    this.#unitsSquared += units * units;
    this.#ratesSquared += (seconds * seconds) / units;
  }

  clear(): void {
    this.#count = 0;
    this.#units = 0;
    this.#seconds = 0;
    this.#unitsSquared = 0;
    this.#ratesSquared = 0;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Seconds a unit. */
  get rate(): number {
    return this.#seconds / this.#units;
  }

  /**
   * Variance of the rate of a single shot.
   * @param supposed how far apart shots are while few are known, as a share of the rate
   */
  variance(supposed: number): number {
    const { rate } = this;
    const seen = Math.max(0, this.#ratesSquared / this.#units - rate * rate);
    const known = SUPPOSED_SHOTS * (supposed * rate) ** 2 + this.#count * seen;
    return known / (this.#count + SUPPOSED_SHOTS - 1);
  }

  /** How many shots of one size would say as much. */
  get weight(): number {
    return (this.#units * this.#units) / this.#unitsSquared;
  }
}

/** Work of shots that nobody has measured: the units of each, added up. */
export class Units {
  #sum = 0;
  #squares = 0;

  add(units: number): void {
    this.#sum += units;
    this.#squares += units * units;
  }

  /** Seconds of all of it where it goes as what was gathered. */
  seconds(from: Gathered): number {
    return this.#sum === 0 ? 0 : from.rate * this.#sum;
  }

  /** How far that may be off: what all shots share, since few are known, and what each has for itself. */
  variance(from: Gathered, supposed: number): number {
    if (this.#sum === 0) return 0;
    return from.variance(supposed) * (this.#sum ** 2 / from.weight + this.#squares);
  }
}
