import type { LogLine } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { planOf } from '../../../shared/job-state.ts';
import type { BlenderWorker } from '../../blender/types.ts';
import { lookThrough } from '../frame/look-through.ts';
import { gpuWarnings } from './gpu-troubles.ts';
import { laneLimits } from './lane-limits.ts';
import type { Run } from './run.ts';
import { LOOK_STALL_MS } from './stall-limit.ts';

/** An open shot, and where what is found of it is logged. */
interface Look {
  readonly worker: BlenderWorker;
  /** See `SceneFacts`. */
  readonly otherFiles: readonly string[];
  readonly log: (line: Omit<LogLine, 'at' | 'worker'>) => void;
}

/** Tells what spoils the pictures of an open shot and stops nothing. Never stands in their way itself. */
export async function tellWarnings(
  run: Run,
  job: BatchJob,
  { worker, otherFiles, log }: Look,
): Promise<void> {
  const limits = laneLimits(run, job, { stallMs: LOOK_STALL_MS });
  const plan = planOf(run.store.job(job.id));
  const found = await lookThrough(worker, plan.frames, limits);
  const twice = await run.options.files.takeBeside(job, plan, otherFiles);
  if (run.isAborted(job.id)) return;
  if (!found.ok) {
    const text = `The scene could not be looked through for what is missing. ${found.failure.message}`;
    return log({ level: 'warning', text });
  }
  const seen = [...twice, ...found.value];
  const choice = run.options.blenders.given(job.id);
  const ofBlender = choice?.ok ? choice.warnings : [];
  const warnings = [...ofBlender, ...gpuWarnings(run, job), ...seen];
  for (const { message } of [...ofBlender, ...seen]) log({ level: 'warning', text: message });
  if (warnings.length === 0 && job.warnings.length === 0) return;
  run.store.record({ type: 'job-warned', job: job.id, at: Date.now(), warnings });
}
