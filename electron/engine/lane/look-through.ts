import type { LogLine } from '../../../shared/events.ts';
import type { BatchJob, ShotWarning } from '../../../shared/job.ts';
import { MOST_WARNINGS, planOf } from '../../../shared/job-state.ts';
import type { Answer, BlenderWorker, Limits } from '../../blender/types.ts';
import { gpuWarnings } from '../capacity/gpus.ts';
import type { Run } from '../run/run.ts';
import { LOOK_STALL_MS, laneLimits } from './limits.ts';

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

/**
 * What is wrong with the open scene and stops nothing: Blender renders a missing texture pink and a
 * missing library not at all, and says not a word.
 */
export async function lookThrough(
  worker: BlenderWorker,
  frames: readonly number[],
  limits: Limits,
): Promise<Answer<readonly ShotWarning[]>> {
  const found = await worker.inspect(frames, limits);
  if (!found.ok) return found;
  const all = found.value.map(({ cause, message }) => ({ cause, message }));
  if (all.length <= MOST_WARNINGS) return { ok: true, value: all };
  const told = all.slice(0, MOST_WARNINGS - 1);
  const message = `There are ${all.length - told.length} more warnings: nightshift check tells all.`;
  return { ok: true, value: [...told, { cause: 'missing-file', message }] };
}
