import type { BatchJob } from '../../../shared/job.ts';

const UNKNOWN_MS = 60 * 60 * 1000;
const LEAST_MS = 2 * 60 * 1000;

/** Opening is silent for as long as the disk takes; half an hour is no disk any more. */
export const OPEN_STALL_MS = 30 * 60 * 1000;

/**
 * How long a Blender may be silent within a frame, in ms: ten times the slowest frame of this shot.
 * Cycles was seen silent for 12 of the 13 s of a frame, so the limit grows out of the shot itself.
 */
export function stallLimitMs(job: BatchJob): number {
  let slowest = 0;
  for (const frame of job.frames) {
    if (frame.status === 'done') slowest = Math.max(slowest, frame.record.seconds);
  }
  return slowest === 0 ? UNKNOWN_MS : Math.max(LEAST_MS, slowest * 10_000);
}
