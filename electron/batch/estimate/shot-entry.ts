import type { BatchJob } from '../../../shared/job.ts';
import { knownCounts } from '../../../shared/job-state.ts';
import { pictureSize } from '../../../shared/picture-size.ts';
import { likenessOf } from '../likeness.ts';
import { Gathered } from './gathered.ts';
import { type OwnTimes, ownTimes } from './own-times.ts';
import type { ShotMeasure } from './try-shots.ts';

/** Shots of the same scene and settings. */
export class Kin {
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
