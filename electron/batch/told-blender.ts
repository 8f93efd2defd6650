import type { BatchConfig } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';
import {
  type BegunElsewhere,
  type BlenderReason,
  blenderSaidOf,
  type ShotBlender,
} from '../../shared/shot-blender.ts';
import { compareVersions } from '../blender/find-blender.ts';
import { savedBy } from '../blender/saved-by.ts';
import { Blenders } from './choose-blender.ts';
import { sideBySide } from './side-by-side.ts';

/** The Blender that a shot would be opened with now, and why. Opens nothing. */
export async function shotBlender(job: BatchJob, config: BatchConfig): Promise<ShotBlender> {
  const blend = job.shotConfig?.blend ?? null;
  const saved = blend === null ? null : await savedBy(blend);
  const choice = await new Blenders(config).choose(job);
  const uses = choice.ok ? choice.value : null;
  return {
    savedBy: saved,
    uses,
    reason: reasonOf(job, config, saved, uses?.version ?? null),
    failure: choice.ok ? null : choice.failure,
  };
}

function reasonOf(
  job: BatchJob,
  config: BatchConfig,
  saved: string | null,
  version: string | null,
): BlenderReason {
  const said = blenderSaidOf(job);
  if (said !== null) return said === (job.shotConfig?.blender ?? null) ? 'shot-file' : 'chosen';
  if (config.blenderPath ?? process.env.NIGHTSHIFT_BLENDER) return 'for-all';
  if (saved === null) return 'newest';
  if (version === null || version === saved || version.startsWith(`${saved}.`)) return 'saved';
  return job.frames.blenders.has(version) ? 'begun' : 'newer';
}

/** Headers that are read at once. */
const AT_ONCE = 16;

/**
 * Shots that were begun by a Blender that is not here any more, and that nobody has decided about yet, in their order.
 * @param jobs those that the next run takes up
 */
export async function begunElsewhere(
  jobs: readonly BatchJob[],
  config: BatchConfig,
): Promise<readonly BegunElsewhere[]> {
  const blenders = new Blenders(config);
  const found = await sideBySide(jobs, (job) => elsewhere(job, blenders), AT_ONCE);
  return found.flatMap((one) => one ?? []);
}

async function elsewhere(job: BatchJob, blenders: Blenders): Promise<BegunElsewhere | null> {
  const { id: jobId, name, counts, status, shotConfig, chosenBlender } = job;
  const begunBy = versionsOf(job.frames);
  if (status === 'completed' || shotConfig === null || begunBy.length === 0) return null;
  const choice = await blenders.choose(job);
  if (choice.ok || choice.failure.cause !== 'other-blender') return null;
  // What would render it if the artist said so.
  const over = shotConfig.blender;
  const said = chosenBlender ?? { version: null, over };
  const next = await blenders.choose({ ...job, chosenBlender: { ...said, otherBlender: 'mix' } });
  return next.ok ? { jobId, name, begunBy, done: counts.done, version: next.value.version } : null;
}

function versionsOf({ blenders }: BatchJob['frames']): readonly string[] {
  return [...blenders.keys()].filter((version) => version !== null).sort(compareVersions);
}
