import { assertNever } from './assert-never.ts';
import type { JobEvent } from './events.ts';
import type { Cause } from './failure.ts';
import { FrameList } from './frame-list.ts';
import { crashesOf, type FrameCounts, type FrameState, NO_FRAMES, WAITING } from './frame-state.ts';
import type { BatchJob, FramePlan, JobStatus, RetryTally } from './job.ts';

/** What can happen to one frame. */
export type FrameEvent = Extract<JobEvent, { readonly frame: number }>;

/** The legal moves. Anything else is a mistake of ours and throws. */
export const JOB_MOVES: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  waiting: ['running', 'completed', 'failed', 'skipped', 'cancelled'],
  running: ['completed', 'failed', 'cancelled', 'waiting'],
  completed: ['waiting'],
  failed: ['waiting'],
  skipped: ['waiting'],
  cancelled: ['waiting'],
};

/** More warnings than these are told as a number. */
export const MOST_WARNINGS = 50;
/** More retried frames than these are told as a number. */
export const MOST_RETRIED = 20;

/** The state of a job before anything has happened to it. */
export const FRESH_JOB: Omit<
  BatchJob,
  'id' | 'name' | 'shotFile' | 'shotConfig' | 'outputPath' | 'source'
> = {
  status: 'waiting',
  error: null,
  startTime: null,
  endTime: null,
  retryCount: 0,
  retries: [],
  warnings: [],
  chosenPriority: null,
  chosenBlender: null,
  plan: null,
  frames: FrameList.EMPTY,
  counts: NO_FRAMES,
  renderSeconds: 0,
};

/**
 * The one function that changes a job. The engine applies it, the journal is replayed through it,
 * the window mirrors it. Cost: the frames of this one job, never the batch.
 */
export function jobAfter(job: BatchJob, event: JobEvent): BatchJob {
  switch (event.type) {
    case 'job-added':
      return {
        ...job,
        ...FRESH_JOB,
        // It is no fact of the pixels: what the artist wants first stays so.
        chosenPriority: job.chosenPriority,
        // Its frames are gone with this, so nothing is to be asked about them any more.
        chosenBlender: job.chosenBlender && { ...job.chosenBlender, otherBlender: null },
        name: event.name,
        shotFile: event.shotFile,
        outputPath: event.outputPath,
        source: event.source,
      };
    case 'job-planned':
      return planned(job, event.plan);
    case 'job-prioritized':
      return { ...job, chosenPriority: { priority: event.priority, over: event.over } };
    case 'job-blender': {
      const { version, over, otherBlender } = event;
      return { ...job, chosenBlender: { version, over, otherBlender } };
    }
    case 'job-started':
      return { ...moved(job, 'running'), startTime: event.at, endTime: null, error: null };
    case 'job-retried':
      return retried(job, event.failure.cause, null);
    case 'job-warned':
      return { ...job, warnings: event.warnings.slice(0, MOST_WARNINGS) };
    case 'job-finished':
      return { ...released(moved(job, event.status)), endTime: event.at, error: event.error };
    case 'job-reset':
      return reset(job);
    case 'frame-started':
    case 'frame-done':
    case 'frame-kept':
    case 'frame-lost':
    case 'frame-released':
      return withFrame(job, event);
    case 'frame-failed': {
      const next = withFrame(job, event);
      return event.willRetry ? retried(next, event.failure.cause, event.frame) : next;
    }
    default:
      return assertNever(event);
  }
}

/** The one function that changes a frame. Pure. */
export function frameAfter(old: FrameState, event: FrameEvent): FrameState {
  switch (event.type) {
    case 'frame-started':
      return {
        status: 'running',
        ...crashesOf(old),
        tries: old.tries + 1,
        worker: event.worker,
        since: event.at,
      };
    case 'frame-done':
    case 'frame-kept': {
      const kept = event.type === 'frame-kept';
      return { status: 'done', tries: old.tries, kept, record: event.record };
    }
    case 'frame-lost':
      return event.tries === undefined ? WAITING : { status: 'waiting', tries: event.tries };
    case 'frame-failed': {
      const { failure, willRetry } = event;
      const known = { tries: old.tries, ...crashesOf(old, failure.cause === 'crashed' ? 1 : 0) };
      return willRetry ? { status: 'waiting', ...known } : { status: 'failed', ...known, failure };
    }
    case 'frame-released':
      if (old.status !== 'running') return old;
      return { status: 'waiting', tries: old.tries - 1, ...crashesOf(old) };
    default:
      return assertNever(event);
  }
}

export function isFrameEvent(event: JobEvent): event is FrameEvent {
  return 'frame' in event;
}

/** A job whose run is over: what was running is waiting again, without blame; the rest stays. */
export function stopped(job: BatchJob): BatchJob {
  if (job.status !== 'running' && job.counts.running === 0) return job;
  const frames = job.frames.mapped(
    (frame) =>
      frame.status === 'running'
        ? { status: 'waiting', tries: Math.max(0, frame.tries - 1), ...crashesOf(frame) }
        : frame,
    (counts) => counts.running > 0,
  );
  const status = job.status === 'running' ? 'waiting' : job.status;
  return { ...job, status, frames, counts: frames.counts };
}

/** A job when a new run begins: what is done was done before, and is kept. */
export function restarted(job: BatchJob): BatchJob {
  const before = stopped(job);
  if (before.counts.done === before.counts.kept) return before;
  const frames = before.frames.allKept();
  return { ...before, frames, counts: frames.counts };
}

/** A job after `frame-lost` of each of these frames, in one step: a whole shot may be gone. */
export function withoutFrames(job: BatchJob, lost: readonly number[]): BatchJob {
  if (lost.length === 0) return job;
  const frames = lost.reduce((left, frame) => {
    const index = frameIndex(job, frame);
    return index === -1 ? left : left.with(index, WAITING);
  }, job.frames);
  return withFrames(job, frames);
}

/** The job with other states of its frames. */
export function withFrames(job: BatchJob, frames: FrameList): BatchJob {
  return { ...job, frames, counts: frames.counts, renderSeconds: frames.times.sum };
}

/** The plan of a job whose scene was opened. Throws where there is none. */
export function planOf({ name, plan }: BatchJob): FramePlan {
  if (!plan) throw new Error(`${name} has no frames yet.`);
  return plan;
}

/** The place of a frame number in the plan; -1 if it is not one of the job's frames. */
export function frameIndex(job: BatchJob, frame: number): number {
  const frames = job.plan?.frames ?? [];
  // Most plans have no gaps.
  const near = frame - (frames[0] ?? 0);
  if (frames[near] === frame) return near;
  let low = 0;
  let high = frames.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = frames[middle] as number;
    if (found === frame) return middle;
    if (found < frame) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export function frameState(job: BatchJob, frame: number): FrameState | undefined {
  return job.frames.get(frameIndex(job, frame));
}

/** A frame that crashed Blender each time it was tried, more than once. */
export function isPoisoned(frame: FrameState): boolean {
  return frame.status === 'failed' && frame.tries > 1 && (frame.crashes ?? 0) >= frame.tries;
}

/** A frame in a state, by its number. */
export interface FrameIn<S extends FrameState['status']> {
  readonly frame: number;
  readonly state: Extract<FrameState, { status: S }>;
}

/** The frames of a job that are in a state, ascending. */
export function framesIn<S extends FrameState['status']>(
  { plan, frames }: Pick<BatchJob, 'plan' | 'frames'>,
  status: S,
): readonly FrameIn<S>[] {
  return [...frames.inState(status)].flatMap(([index, state]) => {
    const frame = plan?.frames[index];
    return frame === undefined ? [] : [{ frame, state }];
  });
}

/** The numbers of a job's poisoned frames, ascending. */
export function poisonedFrames(job: BatchJob): readonly number[] {
  return framesIn(job, 'failed').flatMap(({ frame, state }) => (isPoisoned(state) ? [frame] : []));
}

/** A job's frames by state; before its scene was opened those that its shot file lists, all waiting. */
export function knownCounts(job: BatchJob): FrameCounts {
  const listed = job.plan ? undefined : job.shotConfig?.frames?.length;
  return listed === undefined ? job.counts : { ...NO_FRAMES, total: listed, waiting: listed };
}

function retried(job: BatchJob, cause: Cause, frame: number | null): BatchJob {
  const old = job.retries.find((tally) => tally.cause === cause);
  const frames = old?.frames ?? [];
  const isNew = frame !== null && frames.length < MOST_RETRIED && !frames.includes(frame);
  const tally: RetryTally = {
    cause,
    count: (old?.count ?? 0) + 1,
    openings: (old?.openings ?? 0) + (frame === null ? 1 : 0),
    frames: isNew ? [...frames, frame] : frames,
  };
  const retries = old
    ? job.retries.map((other) => (other === old ? tally : other))
    : [...job.retries, tally];
  return { ...job, retryCount: job.retryCount + 1, retries };
}

function moved(job: BatchJob, status: JobStatus): BatchJob {
  if (job.status === status) return job;
  if (!JOB_MOVES[job.status].includes(status)) {
    throw new Error(`Job ${job.name} can't go from ${job.status} to ${status}.`);
  }
  return { ...job, status };
}

/** A new plan keeps what is known of the frames that both plans make into the same files. */
function planned(job: BatchJob, plan: NonNullable<BatchJob['plan']>): BatchJob {
  const old = job.plan;
  const same =
    old !== null &&
    old.directory === plan.directory &&
    old.pattern === plan.pattern &&
    JSON.stringify(old.patterns ?? []) === JSON.stringify(plan.patterns ?? []) &&
    old.extension === plan.extension &&
    old.width === plan.width &&
    old.height === plan.height;
  const known = same && old.frames.length > 0;
  const frames = known
    ? FrameList.of(plan.frames.map((frame) => frameState(job, frame) ?? WAITING))
    : FrameList.waiting(plan.frames.length);
  return withFrames({ ...job, plan }, frames);
}

function reset(job: BatchJob): BatchJob {
  const frames = job.frames.mapped(
    (frame) => (frame.status === 'done' ? frame : WAITING),
    (counts) => counts.done < counts.total,
  );
  const waiting = moved(job, 'waiting');
  return { ...waiting, error: null, endTime: null, frames, counts: frames.counts };
}

/** No frame of a job that has ended is running. */
function released(job: BatchJob): BatchJob {
  if (job.counts.running === 0) return job;
  const frames = job.frames.mapped(
    (frame) => (frame.status === 'running' ? WAITING : frame),
    (counts) => counts.running > 0,
  );
  return { ...job, frames, counts: frames.counts };
}

function withFrame(job: BatchJob, event: FrameEvent): BatchJob {
  const index = frameIndex(job, event.frame);
  const old = job.frames.get(index);
  if (!old) return job;
  const next = frameAfter(old, event);
  if (next === old) return job;
  const frames = job.frames.with(index, next);
  const renderSeconds = job.renderSeconds - secondsOf(old) + secondsOf(next);
  return { ...job, frames, counts: frames.counts, renderSeconds };
}

function secondsOf(frame: FrameState): number {
  return frame.status === 'done' ? frame.record.seconds : 0;
}
