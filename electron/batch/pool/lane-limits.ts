import type { BatchJob } from '../../../shared/job.ts';
import { awakeMs } from '../../blender/awake.ts';
import type { Limits } from '../../blender/types.ts';
import type { Run } from './run.ts';

/** How long a lane waits for what it asks of its Blender. `frame`: the limit of a frame counts too. */
export function laneLimits(
  run: Run,
  job: BatchJob,
  { stallMs, frame = false }: { readonly stallMs: number | null; readonly frame?: boolean },
): Limits {
  const seconds = job.shotConfig?.frameTimeoutSeconds ?? run.options.config.frameTimeoutSeconds;
  const own = frame && seconds !== null ? seconds * 1000 : Number.POSITIVE_INFINITY;
  const began = awakeMs();
  // A pause stops the shot's clock, and not the frame's: it is rendered to its end.
  const leftMs = () =>
    Math.min(own - (awakeMs() - began), run.timeLeft(job) ?? Number.POSITIVE_INFINITY);
  const left = leftMs();
  const timeoutMs = Number.isFinite(left) ? left : null;
  return { signal: run.signalFor(job.id), timeoutMs, leftMs, stallMs };
}
