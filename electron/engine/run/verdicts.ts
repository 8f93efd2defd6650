import { CAUSE_FACTS, type Failure } from '../../../shared/failure.ts';
import { namedFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { frameState, framesToRender, poisonedFrames } from '../../../shared/job-state.ts';
import { hasUnproved } from '../../../shared/kept-scene.ts';
import { heldDelayMs } from '../lib/held-file.ts';

/** What to do with a frame, or with the opening of a shot, that failed. */
type Verdict =
  /** Try it again, not before so many ms from now. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly fewerWorkers: boolean }
  /** The batch pauses until there is room again; nobody is to blame. */
  | { readonly kind: 'pause' }
  /** It goes on in another place at once, and no try is counted. */
  | { readonly kind: 'elsewhere' }
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
  const remedy = CAUSE_FACTS[failure.cause].remedy;
  if (remedy === 'never') return { kind: 'fail-job' };
  if (remedy === 'wait') return { kind: 'pause' };
  if (remedy === 'elsewhere') return { kind: 'elsewhere' };
  if (remedy === 'later') {
    const delayMs = heldDelayMs(tries);
    return delayMs === null ? { kind: 'give-up' } : { kind: 'retry', delayMs, fewerWorkers: false };
  }
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

/** After this many hopeless frames and not one good one, the rest of a shot is not tried. */
const HOPELESS = 3;

type JobVerdict =
  | { readonly kind: 'going' }
  | { readonly kind: 'completed' }
  /** The frames that were picked are done; others wait for another run. */
  | { readonly kind: 'rested' }
  | { readonly kind: 'failed'; readonly error: Failure };

/** Whether a job has ended, judged by its frames alone. */
export function jobVerdict(job: BatchJob): JobVerdict {
  const { counts } = job;
  if (job.plan === null) return { kind: 'going' };
  const left = framesToRender(job);
  if (!isHopeless(job) && left.waiting + counts.running > 0) return { kind: 'going' };
  if (hasUnproved(job)) return { kind: 'going' };
  if (counts.failed === 0) return { kind: counts.waiting > 0 ? 'rested' : 'completed' };
  return { kind: 'failed', error: framesFailed(job) };
}

function isHopeless({ counts, frames, plan, picked }: BatchJob): boolean {
  if (counts.done > 0 || counts.failed === 0) return false;
  // Of those that nobody picked this run tries none: they failed in another one.
  const isTried = (index: number) => picked?.includes(plan?.frames[index] ?? Number.NaN) ?? true;
  const failed = [...frames.inState('failed')].filter(([index]) => isTried(index));
  // Each frame that hangs costs an hour or two, and there is no sign that another would not.
  const hangs = failed.some(([, { failure }]) => failure.cause === 'stalled');
  return hangs || failed.length >= HOPELESS;
}

/** One sentence for a shot of which some frames failed; the first failed frame's cause stands. */
function framesFailed(job: BatchJob): Failure {
  const numbers = job.plan?.frames ?? [];
  const failed = numbers.filter((_, index) => job.frames.statusOf(index) === 'failed');
  const first = job.frames.get(job.frames.nextIndex('failed'));
  if (first?.status !== 'failed') throw new Error(`Job ${job.name} has no failed frame.`);
  const { failure } = first;
  const poisoned = poisonedFrames(job);
  const sick = failed.filter((frame) => !poisoned.includes(frame));
  if (poisoned.length === 0) {
    return { ...failure, message: `${triedText(job, sick)} ${othersOf(job)}` };
  }
  const rest = sick.length === 0 ? '' : ` ${triedText(job, sick)}`;
  return { ...failure, message: `${poisonText(job, poisoned)}.${rest} ${othersOf(job)}` };
}

function triedText(job: BatchJob, frames: readonly number[]): string {
  const first = frameState(job, frames[0] as number);
  const message = first?.status === 'failed' ? first.failure.message : '';
  return `${namedFrames(frames)} (${triesText(job, frames)}): ${message}`;
}

function poisonText(job: BatchJob, frames: readonly number[]): string {
  const verb = frames.length === 1 ? 'crashes' : 'crash';
  const each = frames.length === 1 ? '' : ' each';
  return `${namedFrames(frames)} ${verb} Blender every time (${triesText(job, frames)}${each})`;
}

function triesText(job: BatchJob, frames: readonly number[]): string {
  const { tries } = frameState(job, frames[0] as number) ?? { tries: 0 };
  return tries === 1 ? '1 try' : `${tries} tries`;
}

function othersOf({ counts }: BatchJob): string {
  const left = counts.waiting + counts.running;
  if (left === 1) return 'The other frame was not tried.';
  if (left > 1) return `The other ${left} frames were not tried.`;
  if (counts.done === 0) return 'No frame of the shot could be rendered.';
  return counts.done === 1
    ? 'The other frame is done.'
    : `The other ${counts.done} frames are done.`;
}
