import type { OtherBlenderPolicy } from './batch.ts';
import type { BatchJob } from './job.ts';

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
