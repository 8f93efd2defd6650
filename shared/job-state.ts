import { assertNever } from './assert-never.ts';
import type { JobEvent } from './events.ts';
import type { Cause } from './failure.ts';
import { FrameList } from './frame-list.ts';
import {
  AGAIN,
  carriedOf,
  type FrameCounts,
  type FrameState,
  isAgain,
  NO_FRAMES,
  type Review,
  untried,
  WAITING,
} from './frame-state.ts';
import { parseFrames } from './frames.ts';
import type { BatchJob, FramePlan, JobStatus, RetryTally } from './job.ts';
import {
  afterCheck,
  builtAnew,
  inNewRun,
  unprovedFrames,
  withKeptFrame,
  withoutUnproved,
} from './kept-scene.ts';
import { filesOf, isSameFiles } from './older-files.ts';

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
/** So many times are told apart at which files of a shot were saved, and so many of the files. */
const MOST_OLDER = 20;
const MOST_SAVED = 3;

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
  picked: null,
  askedAgain: null,
  older: [],
  renderSeconds: 0,
};

/**
 * The one function that changes a job. The engine applies it, the journal is replayed through it,
 * the window mirrors it. Cost: the frames of this one job, never the batch.
 */
export function jobAfter(job: BatchJob, event: JobEvent): BatchJob {
  const next = changedBy(job, event);
  return next.frames === job.frames ? next : onlyStanding(next);
}

function changedBy(job: BatchJob, event: JobEvent): BatchJob {
  switch (event.type) {
    case 'job-added': {
      const { keptScene: _, ...bare } = job;
      return {
        ...bare,
        ...FRESH_JOB,
        // It is no fact of the pixels: what the artist wants first stays so.
        chosenPriority: job.chosenPriority,
        // Its frames are gone with this, so nothing is to be asked about them any more.
        chosenBlender: job.chosenBlender && { ...job.chosenBlender, otherBlender: null },
        // What was asked for is still asked for.
        picked: job.picked ?? null,
        askedAgain: askedAgainOf(job),
        name: event.name,
        shotFile: event.shotFile,
        outputPath: event.outputPath,
        source: event.source,
      };
    }
    case 'job-saved':
      return saved(job, event);
    case 'older-kept':
      return { ...job, older: (job.older ?? []).map((one) => ({ ...one, kept: true as const })) };
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
    case 'frames-again':
      return again(job, event.frames === null ? null : numbersOf(event.frames));
    case 'job-picked':
      return { ...opened(job), picked: event.frames === null ? null : numbersOf(event.frames) };
    case 'job-rested':
      return { ...moved(job, 'waiting'), endTime: event.at };
    case 'frames-reviewed':
      return reviewed(job, numbersOf(event.frames), event.review, event.at);
    case 'frame-done':
      return withDone(job, event);
    case 'scene-checked':
      return sceneChecked(job, event);
    case 'scene-anew':
      return { ...job, keptScene: builtAnew(job.keptScene, event.anew) };
    case 'frame-started':
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
        ...carriedOf(old),
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
      return event.tries === undefined
        ? WAITING
        : { status: 'waiting', tries: event.tries, ...(event.again && { again: true }) };
    case 'frame-failed': {
      const { failure, willRetry } = event;
      const known = { tries: old.tries, ...carriedOf(old, failure.cause === 'crashed' ? 1 : 0) };
      return willRetry ? { status: 'waiting', ...known } : { status: 'failed', ...known, failure };
    }
    case 'frame-released':
      if (old.status !== 'running') return old;
      return { status: 'waiting', tries: old.tries - 1, ...carriedOf(old) };
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
        ? { status: 'waiting', tries: Math.max(0, frame.tries - 1), ...carriedOf(frame) }
        : frame,
    (counts) => counts.running > 0,
  );
  const status = job.status === 'running' ? 'waiting' : job.status;
  return { ...job, status, frames, counts: frames.counts };
}

/** A job when a new run begins: what is done was done before, and is kept; nothing is picked yet. */
export function restarted(job: BatchJob): BatchJob {
  const ended = inNewRunOf(stopped(job));
  const before = ended.picked == null ? ended : { ...ended, picked: null };
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
  return onlyStanding(withFrames(job, frames));
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

/** A shot of which the picked frames are done, and others wait for another run. */
export function isRested({ status, picked, endTime }: BatchJob): boolean {
  return status === 'waiting' && picked != null && endTime !== null;
}

const leftOf = new WeakMap<BatchJob, FramesLeft>();

interface FramesLeft {
  readonly waiting: number;
  readonly running: number;
}

/** How many frames its run still has to render of a job: all that are left, or of those that were picked. */
export function framesToRender(job: BatchJob): FramesLeft {
  const { picked, plan, frames } = job;
  const counts = knownCounts(job);
  if (picked == null) return counts;
  const known = leftOf.get(job);
  if (known) return known;
  let [waiting, running] = [0, 0];
  if (plan === null) waiting = Math.min(picked.length, counts.total);
  for (const frame of plan ? picked : []) {
    const status = frames.statusOf(frameIndex(job, frame));
    if (status === 'waiting') waiting += 1;
    if (status === 'running') running += 1;
  }
  const left = { waiting, running };
  leftOf.set(job, left);
  return left;
}

/**
 * The frames of a job that are to be rendered again though they were done, also where nothing of it counts any more: a picture
 * of a kept scene that nobody has checked is not taken for a whole one that lies there. `null`: none.
 */
export function askedAgainOf(job: BatchJob): NonNullable<BatchJob['askedAgain']> | null {
  if (job.askedAgain != null) return job.askedAgain;
  const unproved = new Set(unprovedFrames(job));
  const asked = numbersWhere(job, (frame, number) => isAgain(frame) || unproved.has(number));
  return asked.length === 0 ? null : asked;
}

/** The numbers of a job's frames that the artist has rejected, ascending. */
export function rejectedFrames(job: BatchJob): readonly number[] {
  if (job.frames.reviewed('rejected') === 0) return [];
  return numbersWhere(job, (frame) => frame.status === 'done' && frame.review === 'rejected');
}

function numbersWhere(
  { plan, frames }: BatchJob,
  is: (frame: FrameState, number: number) => boolean,
): readonly number[] {
  return (plan?.frames ?? []).filter((number, index) => {
    const frame = frames.get(index);
    return frame !== undefined && is(frame, number);
  });
}

/** What the schema of an event has looked at. */
function numbersOf(text: string): readonly number[] {
  const parsed = parseFrames(text);
  return parsed.ok ? parsed.frames : [];
}

/** A job that has ended goes on. */
function opened(job: BatchJob): BatchJob {
  if (job.status === 'running' || job.status === 'waiting') return { ...job, endTime: null };
  return { ...moved(job, 'waiting'), error: null, endTime: null };
}

/** @param asked `null`: all */
function again(job: BatchJob, asked: readonly number[] | null): BatchJob {
  const { plan, askedAgain } = job;
  if (plan === null) {
    const all = asked === null || askedAgain === 'all';
    const some = [
      ...new Set([
        ...(all ? [] : ((askedAgain as readonly number[] | null) ?? [])),
        ...(asked ?? []),
      ]),
    ];
    return { ...opened(job), askedAgain: all ? 'all' : some.sort((a, b) => a - b) };
  }
  const isAsked = asked === null ? null : new Set(asked);
  const frames = job.frames.mapped((frame, index) => {
    if (frame.status === 'running' || !(isAsked?.has(plan.frames[index] as number) ?? true)) {
      return frame;
    }
    return AGAIN;
  });
  return withFrames(opened(job), frames);
}

/** Only pictures that were there when they were judged. */
function reviewed(
  job: BatchJob,
  judged: readonly number[],
  review: Review | null,
  at: number,
): BatchJob {
  const isJudged = new Set(judged);
  const frames = job.frames.mapped(
    (frame, index) => {
      if (frame.status !== 'done' || frame.record.at > at) return frame;
      if (!isJudged.has(job.plan?.frames[index] as number)) return frame;
      if (frame.review === (review ?? undefined)) return frame;
      const { review: _, ...bare } = frame;
      return review === null ? bare : { ...bare, review };
    },
    ({ done }) => done > 0,
  );
  return withFrames(job, frames);
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

/** Rendered with a kept scene that has come out wrong meanwhile, it is no good either. */
function withDone(job: BatchJob, event: Extract<JobEvent, { type: 'frame-done' }>): BatchJob {
  const next = withFrame(job, event);
  if (!event.keptScene || next === job) return next;
  const { frame, record, session } = event;
  if (session !== undefined && job.keptScene?.anew?.why === 'differs') {
    return framesAgain(next, new Set([frame]));
  }
  // One that had to wait for its name was rendered before those that have theirs.
  const isLater = (other: number) => {
    const state = frameState(next, other);
    return state?.status === 'done' && state.record.at > record.at;
  };
  const own = session ?? null;
  const keptScene = withKeptFrame(next.keptScene, frame, record.seconds, own, isLater);
  return { ...onlyStanding(next), keptScene };
}

function sceneChecked(
  job: BatchJob,
  event: Extract<JobEvent, { type: 'scene-checked' }>,
): BatchJob {
  const keptScene = afterCheck(job.keptScene, event);
  const next = { ...job, keptScene };
  return event.same ? next : framesAgain(next, new Set(unprovedFrames(job)));
}

/** Their pictures stay until new ones are proved, and are set aside then. */
function framesAgain(job: BatchJob, numbers: ReadonlySet<number>): BatchJob {
  if (numbers.size === 0) return job;
  const frames = job.frames.mapped((frame, index) =>
    frame.status === 'done' && numbers.has(job.plan?.frames[index] as number) ? AGAIN : frame,
  );
  return withFrames(opened(job), frames);
}

/** Only pictures that are there wait for a check of the scene that was kept for them. */
function onlyStanding(job: BatchJob): BatchJob {
  const { keptScene } = job;
  if (!keptScene || keptScene.unproved.length === 0) return job;
  const isGone = (frame: number) => frameState(job, frame)?.status !== 'done';
  const standing = withoutUnproved(keptScene, isGone);
  return standing === keptScene ? job : { ...job, keptScene: standing };
}

function inNewRunOf(job: BatchJob): BatchJob {
  const { keptScene } = job;
  const next = keptScene && inNewRun(keptScene);
  return next === undefined || next === keptScene ? job : { ...job, keptScene: next };
}

/**
 * Twice is once: what a shot is now it was not saved into again. What had failed may go well from now on. What waits for
 * a check of a kept scene is rendered again: that scene is nowhere any more.
 */
function saved(job: BatchJob, event: Extract<JobEvent, { type: 'job-saved' }>): BatchJob {
  const { source, inputs } = event;
  const before = filesOf(job);
  if (isSameFiles(before, { source, ...(inputs && { inputs }) })) return job;
  const plan = job.plan && inputs ? { ...job.plan, inputs } : job.plan;
  const { at, saved, files, kept, same } = event;
  if (same) return { ...job, source, plan };
  const { keptScene: _, ...checked } = framesAgain(job, new Set(unprovedFrames(job)));
  const left = { until: at, ...before, saved, files: files.slice(0, MOST_SAVED) };
  const older = [...(job.older ?? []), { ...left, ...(kept && { kept }) }].slice(-MOST_OLDER);
  const next = { ...checked, source, plan, older };
  return ['failed', 'cancelled', 'skipped'].includes(job.status) ? reset(next) : next;
}

/** A new plan keeps what is known of the frames that both plans make into the same files. */
function planned(job: BatchJob, plan: NonNullable<BatchJob['plan']>): BatchJob {
  const old = job.plan;
  const same =
    old !== null &&
    hasSameNames(old, plan) &&
    // What was made from older files stays, also where the new ones make larger pictures.
    ((old.width === plan.width && old.height === plan.height) || (job.older ?? []).length > 0);
  const known = same && old.frames.length > 0;
  const frames = known
    ? FrameList.of(plan.frames.map((frame) => frameState(job, frame) ?? WAITING))
    : FrameList.waiting(plan.frames.length);
  const { askedAgain } = job;
  if (askedAgain == null) return withFrames({ ...job, plan }, frames);
  const isAsked = askedAgain === 'all' ? null : new Set(askedAgain);
  const asked = frames.mapped((frame, index) =>
    frame.status === 'waiting' && (isAsked?.has(plan.frames[index] as number) ?? true)
      ? { ...frame, again: true }
      : frame,
  );
  return withFrames({ ...job, plan, askedAgain: null }, asked);
}

/** Whether a frame has the same file by both plans. */
function hasSameNames(a: FramePlan, b: FramePlan): boolean {
  return (
    a.directory === b.directory &&
    a.pattern === b.pattern &&
    JSON.stringify(a.patterns ?? []) === JSON.stringify(b.patterns ?? []) &&
    a.extension === b.extension
  );
}

function reset(job: BatchJob): BatchJob {
  const frames = job.frames.mapped(
    (frame) => (frame.status === 'done' ? frame : untried(frame)),
    (counts) => counts.done < counts.total,
  );
  const waiting = moved(job, 'waiting');
  return { ...waiting, error: null, endTime: null, frames, counts: frames.counts };
}

/** No frame of a job that has ended is running. */
function released(job: BatchJob): BatchJob {
  if (job.counts.running === 0) return job;
  const frames = job.frames.mapped(
    (frame) => (frame.status === 'running' ? untried(frame) : frame),
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
