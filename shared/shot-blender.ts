import type { BlenderInfo } from './batch.ts';
import type { Failure } from './failure.ts';
import type { BatchJob, OtherBlenderPolicy } from './job.ts';

/** What the artist changes about the Blender of a shot; what is not there stays as it is. */
export interface BlenderChange {
  /** Such as `4.3`; `null`: whichever fits. */
  readonly version?: string | null | undefined;
  /** Where its finished frames are of another Blender; `null`: what the batch says. */
  readonly otherBlender?: OtherBlenderPolicy | null | undefined;
}

/**
 * What a shot itself says of its Blender: what the artist chose, as long as the shot file says the same as then; else
 * what the shot file says. A version such as `4.3`, or an absolute path; `null`: nothing.
 */
export function blenderSaidOf({
  chosenBlender,
  shotConfig,
}: Pick<BatchJob, 'chosenBlender' | 'shotConfig'>): string | null {
  const own = shotConfig?.blender ?? null;
  const holds = chosenBlender !== null && (shotConfig === null || chosenBlender.over === own);
  return holds ? (chosenBlender.version ?? own) : own;
}

/** What becomes of a shot whose finished frames are of another Blender: its own choice, else that for all. */
export function otherBlenderOf(
  { chosenBlender }: Pick<BatchJob, 'chosenBlender'>,
  ofBatch: OtherBlenderPolicy,
): OtherBlenderPolicy {
  return chosenBlender?.otherBlender ?? ofBatch;
}

/** Why a shot is rendered by the Blender that it is rendered by. */
export type BlenderReason =
  /** The artist chose it for this shot. */
  | 'chosen'
  | 'shot-file'
  /** It was asked for all shots: in the settings, or by `NIGHTSHIFT_BLENDER`. */
  | 'for-all'
  | 'saved'
  /** The one that saved it is not here, and this is the next newer one. */
  | 'newer'
  /** It rendered the frames that are there. */
  | 'begun'
  /** Nobody knows which one saved it. */
  | 'newest';

/** The Blender that a shot would be opened with now, for the window. */
export interface ShotBlender {
  /** Such as `4.3`; `null`: nobody knows, or it has no `.blend`. */
  readonly savedBy: string | null;
  /** `null`: there is none for it; `failure` says why. */
  readonly uses: BlenderInfo | null;
  readonly reason: BlenderReason;
  readonly failure: Failure | null;
  /** The version that the artist chose for it by hand, whether it is here or not; `null`: none. */
  readonly chosen: string | null;
  /** What counts where nothing is chosen by hand. */
  readonly otherwise: BlenderOtherwise;
}

export interface BlenderOtherwise {
  readonly reason: Exclude<BlenderReason, 'chosen' | 'newer' | 'begun'>;
  /** Such as `4.3`; of a shot file also a path; `null`: nobody knows. */
  readonly version: string | null;
}

/** A shot that was begun by another Blender than would go on with it, and that nobody has decided about yet. */
export interface BegunElsewhere {
  readonly jobId: string;
  readonly name: string;
  /** The versions that rendered its frames, oldest first. */
  readonly begunBy: readonly string[];
  /** How many of its frames are done. */
  readonly done: number;
  /** The version that would go on. */
  readonly version: string;
  /** That one is asked for, by hand, by the shot file or for all; else those that began it are not here. */
  readonly asked: boolean;
}
