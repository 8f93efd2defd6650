import type { Cause, Failure } from '../../../shared/failure.ts';
import type { GpuDevice } from '../../../shared/gpu.ts';
import { gpuName } from '../../../shared/gpu-text.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { Run } from './run.ts';

/** The GPU's memory was too small once more: a shot that may render on the CPU goes on there. True if so. */
export function outgrewGpu(run: Run, job: BatchJob, failure: Failure): boolean {
  const { placement, store } = run;
  if (!failure.ofGpu || job.shotConfig?.render.device !== 'gpu-or-cpu') return false;
  if (!placement.hasOutgrown(job.id)) {
    placement.outgrew(job.id);
    const { done } = store.job(job.id).counts;
    const before = done === 0 ? '' : ' The frames that were done before are from the GPU.';
    const why = 'because it needs more memory than the GPU has';
    warn(run, job.id, 'out-of-memory', `The shot is rendered on the CPU, ${why}.${before}`);
  }
  return true;
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
