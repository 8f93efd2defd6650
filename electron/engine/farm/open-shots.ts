import { type BatchConfig, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import { Blenders, type BlendersHere } from '../capacity/choose-blender.ts';
import { LoneBlender } from '../preflight/lone-blender.ts';

/** A shot, and what only its opened scene knows. */
export interface OpenedShot {
  readonly job: BatchJob;
  readonly plan: FramePlan;
  /** Files that it reads besides its .blend and script, absolute. */
  readonly inputs: readonly string[];
}

/** Opens each shot once and tells what its scene says. Renders and writes nothing. In the order of the jobs. */
export async function openShots(
  jobs: readonly BatchJob[],
  options: {
    readonly config: Partial<BatchConfig>;
    readonly signal: AbortSignal;
    readonly here?: BlendersHere;
    readonly onFailure: (job: BatchJob, failure: Failure) => void;
  },
): Promise<readonly OpenedShot[]> {
  const config = { ...DEFAULT_CONFIG, ...options.config };
  const alone = await LoneBlender.of(config, options.signal);
  const blenders = new Blenders(config, options.here);
  const opened = new Map<string, OpenedShot>();
  try {
    for (const job of await blenders.grouped(jobs, options.signal)) {
      if (options.signal.aborted) break;
      const answer = await alone.open(job, blenders);
      if (answer.ok) {
        const { plan, inputs } = answer.value;
        opened.set(job.id, { job, plan, inputs });
      } else if (!options.signal.aborted) options.onFailure(job, answer.failure);
    }
  } finally {
    await alone.close();
  }
  return jobs.flatMap(({ id }) => opened.get(id) ?? []);
}
