import type { BatchConfig } from '../../../shared/batch.ts';
import { durationText } from '../../../shared/duration-text.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob, StallLimit } from '../../../shared/job.ts';
import { awakeMs } from '../../blender/clock.ts';
import type { Limits } from '../../blender/types.ts';

/** How far a stall limit may go down, and what it is while nothing is known. Tests make them short. */
export interface StallBounds {
  readonly leastMs: number;
  readonly firstFrameMs: number;
  /** Opening is silent and idle for as long as the disk takes; half an hour is no disk any more. */
  readonly openMs: number;
}

/**
 * How long a Blender may neither speak nor compute; one that computes is never stalled, however silent
 * (`electron/blender/worker.ts`), and is bounded by the shot's `timeout` and `frame_timeout` alone.
 * Cycles prints nothing while it builds its tree or samples a frame in one go, and a GPU at work may leave the
 * processor idle, so an hour of both may be honest. What never answers costs two such hours at most: before the
 * first frame a stall is tried again once, and then ends the shot.
 */
export const STALL_BOUNDS: StallBounds = {
  leastMs: 2 * 60_000,
  firstFrameMs: 60 * 60_000,
  openMs: 30 * 60_000,
};

/** Looking through an open scene asks for files and nothing else. */
export const LOOK_STALL_MS = 2 * 60 * 1000;

/**
 * How long a Blender may give no sign of life within the next frame: ten times the slowest frame of this shot.
 * Cycles was seen silent for 12 of the 13 s of a frame, so the limit grows out of the shot itself.
 * An artist who gives the shot a `frame_timeout` knows better.
 * @param beforeSeconds of a frame of it that is rendered, and still being proved
 */
export function stallLimit(
  job: BatchJob,
  bounds: StallBounds = STALL_BOUNDS,
  beforeSeconds = 0,
): StallLimit {
  const seconds = job.shotConfig?.frameTimeoutSeconds ?? null;
  if (seconds !== null) return { from: 'frame-timeout', ms: null, seconds };
  const slowestSeconds = Math.max(job.frames.times.slowest, beforeSeconds);
  if (slowestSeconds === 0) return { from: 'first-frame', ms: bounds.firstFrameMs };
  const ms = Math.max(bounds.leastMs, slowestSeconds * 10_000);
  return { from: 'slowest-frame', ms, slowestSeconds };
}

/** A stall says where its limit comes from. */
export function withStallReason(failure: Failure, limit: StallLimit): Failure {
  if (failure.cause !== 'stalled' || limit.from === 'frame-timeout') return failure;
  const reason =
    limit.from === 'first-frame'
      ? 'That is the limit while no frame of this shot is known.'
      : `The slowest frame of this shot took ${durationText(limit.slowestSeconds)}; the limit is ten times that, and never less than 2 minutes.`;
  return { ...failure, message: `${failure.message} ${reason}` };
}

/** Where a run says what is left of a job's time. */
export interface JobLimits {
  readonly config: BatchConfig;
  /** Ms; `null`: it has no limit. */
  timeLeft(job: BatchJob): number | null;
  /** Aborted when this job, or everything, is to stop now. */
  signalFor(jobId: string): AbortSignal;
}

/** How long a lane waits for what it asks of its Blender. `frame`: the limit of a frame counts too. */
export function laneLimits(
  run: JobLimits,
  job: BatchJob,
  { stallMs, frame = false }: { readonly stallMs: number | null; readonly frame?: boolean },
): Limits {
  const seconds = job.shotConfig?.frameTimeoutSeconds ?? run.config.frameTimeoutSeconds;
  const own = frame && seconds !== null ? seconds * 1000 : Number.POSITIVE_INFINITY;
  const began = awakeMs();
  // A pause stops the shot's clock, and not the frame's: it is rendered to its end.
  const leftMs = () =>
    Math.min(own - (awakeMs() - began), run.timeLeft(job) ?? Number.POSITIVE_INFINITY);
  const left = leftMs();
  const timeoutMs = Number.isFinite(left) ? left : null;
  return { signal: run.signalFor(job.id), timeoutMs, leftMs, stallMs };
}
