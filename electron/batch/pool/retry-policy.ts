import { type Failure, REMEDIES } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';

/** What to do with a frame, or with the opening of a shot, that failed. */
export type Verdict =
  /** Try it again, not before so many ms from now. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly fewerWorkers: boolean }
  /** The batch pauses until there is room again; nobody is to blame. */
  | { readonly kind: 'pause' }
  /** This one frame is given up; the rest of the shot goes on. */
  | { readonly kind: 'give-up' }
  /** Every frame of the shot would fail the same way. */
  | { readonly kind: 'fail-job' };

const LONGEST_DELAY_MS = 60_000;

/**
 * Retries by cause.
 * @param tries how often it has been tried, this time included
 * @param maxRetries tries after the first
 */
export function verdictOn(
  failure: Failure,
  tries: number,
  maxRetries: number,
  backoffMs: number,
): Verdict {
  const remedy = REMEDIES[failure.cause];
  if (remedy === 'never') return { kind: 'fail-job' };
  if (remedy === 'wait') return { kind: 'pause' };
  if (tries > maxRetries) return { kind: 'give-up' };
  const delayMs = Math.min(LONGEST_DELAY_MS, backoffMs * 2 ** (tries - 1));
  const fewerWorkers = remedy === 'fewer-workers' && !failure.ofGpu;
  return { kind: 'retry', delayMs, fewerWorkers };
}

/**
 * The tries after the first that a failure of a job may have. Where nothing of a shot was ever
 * rendered, each stall costs an hour of the night, whichever frame it is: one more try, not more.
 */
export function retriesFor(job: BatchJob, failure: Failure, allowed: number): number {
  // Another program may have let go of the GPU's memory meanwhile; the shot will not have shrunk.
  if (failure.ofGpu) return Math.min(allowed, 1);
  if (failure.cause !== 'stalled' || job.counts.done > 0) return allowed;
  const before = job.retries.some(({ cause }) => cause === 'stalled');
  return before ? 0 : Math.min(allowed, 1);
}
