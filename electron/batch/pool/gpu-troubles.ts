import type { Cause } from '../../../shared/failure.ts';
import type { GpuDevice } from '../../../shared/gpu.ts';
import { gpuName } from '../../../shared/gpu-text.ts';
import type { BatchJob, ShotWarning } from '../../../shared/job.ts';
import type { Run } from './run.ts';

/**
 * A GPU's memory was too small once more: a shot goes on with the other GPUs, and where there is none
 * left, with the CPU if it may. True if it does.
 */
export function outgrewGpu(run: Run, job: BatchJob, gpu: GpuDevice): boolean {
  const { placement } = run;
  const isLast = placement.isLastFor(job.id, gpu);
  if (isLast && job.shotConfig?.render.device !== 'gpu-or-cpu') return false;
  if (placement.hasOutgrown(job.id, gpu)) return true;
  placement.outgrew(job.id, gpu);
  const { done } = run.store.job(job.id).counts;
  const rest = done === 0 ? 'The shot is' : 'The rest of the shot is';
  const name = gpuName(gpu);
  const message = isLast
    ? `${rest} rendered on the CPU, because it needs more memory than ${name} has.`
    : `${rest} rendered without ${name}, which has too little memory for it.`;
  warn(run, job.id, 'out-of-memory', message);
  return true;
}

/** What is to be told of a job besides what its scene shows. */
export function gpuWarnings({ placement }: Run, job: BatchJob): readonly ShotWarning[] {
  const known = placement.warningsOf(job.id);
  if (known.length > 0 || !placement.isLeftToCpu(job)) return known;
  const message = 'The shot is rendered on the CPU, because no GPU is left.';
  return [{ cause: 'device-not-available', message }];
}

/** A GPU is not there any more: its lane ends, and nobody is to blame. */
export function lostGpu(run: Run, gpu: GpuDevice, job: BatchJob): void {
  const { placement, bell } = run;
  placement.lose(gpu);
  const others = placement.count === 0 ? 'No other GPU is left' : 'The other GPUs go on';
  const message = `The GPU ${gpuName(gpu)} is not there any more. ${others}.`;
  warn(run, job.id, 'device-not-available', message);
  bell.ring();
}

function warn({ placement, store }: Run, job: string, cause: Cause, message: string): void {
  const warning = { cause, message };
  placement.warn(job, warning);
  const warnings = [warning, ...store.job(job).warnings];
  store.record({ type: 'job-warned', job, at: Date.now(), warnings });
}
