import { type BatchConfig, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { Answer, BlenderWorker } from '../../blender/types.ts';
import { Blenders, type BlendersHere } from '../capacity/choose-blender.ts';
import { noFrames } from '../failures.ts';
import { planFrames, sceneRequest } from '../lane/open-job.ts';
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
      const answer = await openShot(job, blenders, alone);
      if (answer.ok) opened.set(job.id, answer.value);
      else if (!options.signal.aborted) options.onFailure(job, answer.failure);
    }
  } finally {
    await alone.close();
  }
  return jobs.flatMap(({ id }) => opened.get(id) ?? []);
}

async function openShot(
  job: BatchJob,
  blenders: Blenders,
  alone: LoneBlender,
): Promise<Answer<OpenedShot>> {
  const blender = await blenders.choose(job);
  if (!blender.ok) return blender;
  const worker: Answer<BlenderWorker> = await alone.worker(blender.value.path);
  if (!worker.ok) return worker;
  const facts = await worker.value.open(sceneRequest(job), alone.limitsFor(job));
  if (!facts.ok) return facts;
  const plan = planFrames(job, facts.value);
  if (plan.frames.length === 0) {
    return { ok: false, failure: noFrames(facts.value.frameStart, facts.value.frameEnd) };
  }
  return { ok: true, value: { job, plan, inputs: facts.value.inputs } };
}
