import type { BatchConfig } from '../../../shared/batch.ts';
import { compareVersions } from '../../../shared/blender-install.ts';
import type { BatchJob } from '../../../shared/job.ts';
import {
  type BegunElsewhere,
  type BlenderOtherwise,
  type BlenderReason,
  blenderSaidOf,
  type ShotBlender,
} from '../../../shared/shot-blender.ts';
import { savedBy } from '../../blender/saved-by.ts';
import { type BlenderPorts, Blenders } from '../capacity/choose-blender.ts';
import { sideBySide } from '../lib/side-by-side.ts';

/**
 * The Blender that a shot would be opened with now, and why. Opens nothing.
 * @param ports not there: the Blenders of this machine are looked for
 */
export async function shotBlender(
  job: BatchJob,
  config: BatchConfig,
  ports: BlenderPorts = {},
): Promise<ShotBlender> {
  const blend = job.shotConfig?.blend ?? null;
  const saved = blend === null ? null : await savedBy(blend);
  const blenders = new Blenders(config, ports);
  const choice = await blenders.choose(job);
  const uses = choice.ok ? choice.value : null;
  const own = job.shotConfig?.blender ?? null;
  const said = blenderSaidOf(job);
  const chosen = said === own ? null : said;
  const otherwise = await unchosen(own, saved, blenders);
  return {
    savedBy: saved,
    uses,
    reason: chosen === null ? reasonOf(job, otherwise, uses?.version ?? null) : 'chosen',
    failure: choice.ok ? null : choice.failure,
    chosen,
    otherwise,
  };
}

async function unchosen(
  own: string | null,
  saved: string | null,
  blenders: Blenders,
): Promise<BlenderOtherwise> {
  if (own !== null) return { reason: 'shot-file', version: own };
  if (!blenders.isAsked) return { reason: saved === null ? 'newest' : 'saved', version: saved };
  const forAll = await blenders.standard();
  return { reason: 'for-all', version: forAll.ok ? forAll.value.version : null };
}

function reasonOf(
  job: BatchJob,
  { reason, version: saved }: BlenderOtherwise,
  version: string | null,
): BlenderReason {
  if (reason !== 'saved' || version === null) return reason;
  if (version === saved || version.startsWith(`${saved}.`)) return reason;
  return job.frames.blenders.has(version) ? 'begun' : 'newer';
}

/** Headers that are read at once. */
const AT_ONCE = 16;

/**
 * Shots that were begun by a Blender that is not here any more, or that another one is asked for since, and that nobody
 * has decided about yet, in their order.
 * @param jobs those that the next run takes up
 * @param ports not there: the Blenders of this machine are looked for
 */
export async function begunElsewhere(
  jobs: readonly BatchJob[],
  config: BatchConfig,
  ports: BlenderPorts = {},
): Promise<readonly BegunElsewhere[]> {
  const blenders = new Blenders(config, ports);
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
  if (!next.ok) return null;
  const asked = blenderSaidOf(job) !== null || blenders.isAsked;
  return { jobId, name, begunBy, done: counts.done, version: next.value.version, asked };
}

function versionsOf({ blenders }: BatchJob['frames']): readonly string[] {
  return [...blenders.keys()].filter((version) => version !== null).sort(compareVersions);
}
