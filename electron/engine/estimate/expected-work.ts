import type { BatchJob } from '../../../shared/job.ts';
import type { ShotConfig } from '../../../shared/shot.ts';

/** What is known of the work that a job will be. */
export interface Expected {
  /** `begun`: from its own frames; `alike`: from a shot of the same scene and settings; `unknown`: nothing. */
  readonly kind: 'begun' | 'alike' | 'unknown';
  /** Of all its waiting frames together; 0 where unknown. */
  readonly seconds: number;
}

/** Nothing is known. */
export const UNKNOWN: Expected = { kind: 'unknown', seconds: 0 };

interface Measured {
  seconds: number;
  frames: number;
  /** How many frames the scene itself has, where a shot left that to it. */
  inScene: number | null;
}

/** What frames took in this run, by scene and settings: what shots like them will take. */
export class ExpectedWork {
  readonly #measured = new Map<string, Measured>();

  /** Notes a frame. True where shots like it are worth another look: at the 1st, 2nd, 4th, 8th… of them. */
  note(job: BatchJob, seconds: number): boolean {
    const key = likenessOf(job);
    if (key === null) return false;
    const known = this.#measured.get(key) ?? { seconds: 0, frames: 0, inScene: null };
    known.seconds += seconds;
    known.frames += 1;
    if (job.plan?.fromScene) known.inScene = job.plan.frames.length;
    this.#measured.set(key, known);
    return (known.frames & (known.frames - 1)) === 0;
  }

  of(job: BatchJob): Expected {
    const { counts } = job;
    const { sum, known: timed } = job.frames.times;
    if (timed > 0) return { kind: 'begun', seconds: (sum / timed) * counts.waiting };
    const key = likenessOf(job);
    const known = key === null ? undefined : this.#measured.get(key);
    if (!known) return UNKNOWN;
    const frames = job.plan ? counts.waiting : (job.shotConfig?.frames?.length ?? known.inScene);
    if (frames === null) return UNKNOWN;
    return { kind: 'alike', seconds: (known.seconds / known.frames) * frames };
  }
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
