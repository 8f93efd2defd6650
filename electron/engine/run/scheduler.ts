import type { IdleReason } from '../../../shared/events.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import { framesToRender } from '../../../shared/job-state.ts';
import { hasUnproved } from '../../../shared/kept-scene.ts';
import { goesInOrder, priorityOf } from '../../../shared/order.ts';
import type { FrameOrder } from '../../../shared/shot.ts';
import { waitingSeconds } from '../estimate/shot-work.ts';

/** A task of a worker, before the run has added what it takes to do it. */
export type Work =
  | { readonly kind: 'open'; readonly job: BatchJob }
  | { readonly kind: 'render'; readonly job: BatchJob; readonly frame: number }
  /** Compares a frame of persistent data with its reference render. */
  | {
      readonly kind: 'check';
      readonly job: BatchJob;
      readonly frame: number;
      readonly session: string;
    }
  | { readonly kind: 'encode'; readonly job: BatchJob };

/** What a free worker does next. */
export type Choice =
  | Work
  /** Nothing now; look again at a change, or at this time at the latest. */
  | { readonly kind: 'wait'; readonly until: number | null; readonly why?: IdleReason }
  /** The cluster takes its allocation back before the next frame would be done. */
  | { readonly kind: 'move' }
  | { readonly kind: 'end' };

/** The part of the truth that the choice depends on. Small, whatever the size of the batch. */
export interface LaneChoices {
  /** The job whose scene this lane has open. */
  readonly openJob: string | null;
  /** Jobs that were started: those that lanes are on, and the few that were left for others. */
  readonly running: readonly RunningJob[];
  /** The next job that nobody has started and that this lane may run, if any. */
  readonly unstarted: { readonly job: BatchJob; readonly lanes: number } | null;
  /** More jobs are to come: for other lanes now, or for this one when those that they need are done. */
  readonly more: boolean;
  /** By `performance.now()`, as all times here. */
  readonly now: number;
  /** The same moment in ms since 1970: what is shown to somebody is a time of day. */
  readonly wallNow: number;
}

/** A job that was started, as a lane sees it that looks for work. */
export interface RunningJob {
  readonly job: BatchJob;
  /** Lanes at work on it. */
  readonly lanes: number;
  /** Whether this lane is of the kind that it wants. */
  readonly mayRun: boolean;
  /** The frame that comes next; `null`: none that may be tried now. */
  readonly nextFrame: number | null;
  /** The keeping of its scene that this lane may check now, by this frame; `null`: none. */
  readonly check: { readonly session: string; readonly frame: number } | null;
  /** Before this time it must not be opened again. */
  readonly openFrom: number;
  /** Before this time no lane more must come to help with it. */
  readonly helpFrom: number;
  /** The soonest time of something of it that is held back; `null`: none. */
  readonly nextTry: number | null;
  /** Seconds that opening it took; 0 if not known. */
  readonly openSeconds: number;
}

/**
 * The job with the highest priority. Where that is the same, affinity first: the next frame of the scene that
 * is open. Then a running job that lost its lanes, then one that nobody has started. Then help: the
 * running job with the most work left, where helping is worth the opening.
 */
export function nextTask(schedule: LaneChoices): Choice {
  let best: Work | null = null;
  for (const choose of [goingOn, reopening, starting, helping]) {
    const work = choose(schedule);
    if (work && (!best || priorityOf(work.job) > priorityOf(best.job))) best = work;
  }
  if (best) return best;
  const { running, unstarted, more } = schedule;
  if (running.length === 0 && !unstarted && !more) return { kind: 'end' };
  const until = soonest(schedule);
  if (until === null) return { kind: 'wait', until: helpNext(schedule) };
  const at = schedule.wallNow + until - schedule.now;
  return { kind: 'wait', until, why: { kind: 'next-try', at } };
}

/** With the scene that this lane has open. */
export function goingOn({ running, openJob, now }: LaneChoices): Work | null {
  const open = running.find(({ job }) => job.id === openJob);
  if (!open) return null;
  const { job, lanes, nextFrame, check } = open;
  // Another lane has taken it up: its Blender stands where this one's does not.
  if (goesInOrder(job) && lanes > 0) return null;
  if (nextFrame !== null) return { kind: 'render', job, frame: nextFrame };
  if (check !== null && open.openFrom <= now) return { kind: 'check', job, ...check };
  const isFree = lanes === 0 && isReady(open, now);
  return wantsEncoding(job) && isFree ? { kind: 'encode', job } : null;
}

function reopening({ running, now }: LaneChoices): Work | null {
  let best: BatchJob | null = null;
  for (const each of running) {
    if (each.lanes > 0 || !each.mayRun) continue;
    if (best && priorityOf(each.job) <= priorityOf(best)) continue;
    if (isReady(each, now)) best = each.job;
  }
  return best && { kind: 'open', job: best };
}

function starting({ unstarted }: LaneChoices): Work | null {
  // A job that was cancelled and is tried again waits until the lanes that had it have let go.
  return unstarted && unstarted.lanes === 0 ? { kind: 'open', job: unstarted.job } : null;
}

function helping({ running, openJob, now }: LaneChoices): Work | null {
  let best: BatchJob | null = null;
  let most = 0;
  for (const each of running) {
    const { job } = each;
    // The first lane looks through the output folder alone: help comes when frames are on their way.
    if (job.id === openJob || job.counts.running === 0 || goesInOrder(job)) continue;
    if (!each.mayRun || each.helpFrom > now) continue;
    // Others are on their way for what is left.
    if (framesToRender(job).waiting <= each.lanes - job.counts.running) continue;
    const seconds = waitingSeconds(job) / Math.max(1, each.lanes);
    if (seconds <= 2 * each.openSeconds || !isReady(each, now)) continue;
    const ahead = best === null ? 1 : priorityOf(job) - priorityOf(best);
    if (ahead > 0 || (ahead === 0 && seconds > most)) {
      best = job;
      most = seconds;
    }
  }
  return best && { kind: 'open', job: best };
}

/** A movie job whose frames are all there. */
function wantsEncoding(job: BatchJob): boolean {
  const { total, done } = job.counts;
  return job.plan?.movie != null && total > 0 && done === total && !hasUnproved(job);
}

function isReady({ job, openFrom, nextFrame }: RunningJob, now: number): boolean {
  if (openFrom > now) return false;
  if (job.plan === null || nextFrame !== null) return true;
  // Without one that waits, or waits for its name, there is a movie to encode, or only the end of the job to be stated.
  return framesToRender(job).waiting + job.counts.running === 0;
}

/** When there may be something to help with that it is too early for. */
function helpNext({ running, now }: LaneChoices): number | null {
  const times = running.flatMap(({ helpFrom }) => (helpFrom > now ? helpFrom : []));
  return times.length === 0 ? null : Math.min(...times);
}

function soonest({ running }: LaneChoices): number | null {
  const times = running.flatMap(({ nextTry }) => nextTry ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

// ---- Which frame of a shot comes next

/** How far the frames of a shot have been gone through in its order. */
interface Way {
  readonly plan: FramePlan;
  readonly indices: Uint32Array;
  /** Before this rank no frame is left that nobody has tried. */
  rank: number;
}

/**
 * Which frame of a shot comes next. Over all frames the search costs their number once, however many they are: there
 * is a place up to which nothing is left.
 */
export class NextFrames {
  #way: Way | null = null;
  #picked: { readonly list: readonly number[]; readonly frames: ReadonlySet<number> } | null = null;

  /**
   * The number of the frame to render next; `null`: none now. Fresh frames first, in the order of the shot;
   * those that failed before come last, so that one bad frame holds up nothing. An unbaked simulation never goes back: it
   * tries a frame again, or waits for it, before it goes on, since going back means to simulate from the start.
   * @param mayTry false for a frame that is held back
   */
  next(job: BatchJob, mayTry: (frame: number) => boolean): number | null {
    const { plan } = job;
    if (plan === null || framesToRender(job).waiting === 0) return null;
    const isPicked = this.#pickedOf(job);
    if (goesInOrder(job)) {
      const frame = firstWaiting(job, plan, isPicked);
      return frame !== null && mayTry(frame) ? frame : null;
    }
    const may = (frame: number) => isPicked(frame) && mayTry(frame);
    return this.#inOrder(job, plan, may) ?? firstReady(job, plan, may);
  }

  #pickedOf({ picked }: BatchJob): (frame: number) => boolean {
    if (picked == null) return () => true;
    if (this.#picked?.list !== picked) {
      this.#picked = { list: picked, frames: new Set(picked) };
      // What was passed over may be picked now.
      this.rewind();
    }
    const { frames } = this.#picked;
    return (frame) => frames.has(frame);
  }

  /** A frame waits again that nobody is to blame for: it is looked for in its place. */
  rewind(): void {
    this.#way = null;
  }

  #inOrder(job: BatchJob, plan: FramePlan, mayTry: (frame: number) => boolean): number | null {
    if (this.#way?.plan !== plan) {
      const indices = orderedIndices(orderOf(job), plan.frames.length);
      this.#way = { plan, indices, rank: 0 };
    }
    const way = this.#way;
    for (; way.rank < way.indices.length; way.rank += 1) {
      const index = way.indices[way.rank] as number;
      if (job.frames.statusOf(index) !== 'waiting') continue;
      const frame = plan.frames[index] as number;
      if (job.frames.get(index)?.tries === 0 && mayTry(frame)) return frame;
    }
    return null;
  }
}

/** The order in which the frames of a job are rendered: an unbaked simulation knows one only. */
export function orderOf(job: BatchJob): FrameOrder {
  return goesInOrder(job) ? 'sequential' : (job.shotConfig?.order ?? 'sequential');
}

function firstWaiting(
  job: BatchJob,
  plan: FramePlan,
  isPicked: (frame: number) => boolean,
): number | null {
  for (const [index] of job.frames.inState('waiting')) {
    const frame = plan.frames[index] as number;
    if (isPicked(frame)) return frame;
  }
  return null;
}

function firstReady(
  job: BatchJob,
  plan: FramePlan,
  mayTry: (frame: number) => boolean,
): number | null {
  let again: number | null = null;
  for (const [index, { tries }] of job.frames.inState('waiting')) {
    const frame = plan.frames[index] as number;
    if (tries === 0 && mayTry(frame)) return frame;
    if (again === null && mayTry(frame)) again = frame;
  }
  return again;
}

/**
 * In which order the frames of a shot are rendered, as indices into its ascending frames: each index
 * once. Pure; costs the length.
 */
export function orderedIndices(order: FrameOrder, length: number): Uint32Array {
  switch (order) {
    case 'sequential':
      return Uint32Array.from({ length }, (_, index) => index);
    case 'ends-first':
      return endsFirst(length);
    case 'middle-out':
      return middleOut(length);
    case 'every-nth':
      return everyNth(length);
  }
}

/** The first and the last, then the middle, then the middle of each gap that is left, and so on. */
function endsFirst(length: number): Uint32Array {
  const found = new Uint32Array(length);
  if (length > 1) found[1] = length - 1;
  let count = Math.min(length, 2);
  // Gaps in the order in which they came up, so that all of one size are halved before smaller ones.
  const gaps: (readonly [number, number])[] = [[0, length - 1]];
  for (const [low, high] of gaps) {
    if (high - low < 2) continue;
    const middle = (low + high) >> 1;
    found[count++] = middle;
    gaps.push([low, middle], [middle, high]);
  }
  return found;
}

/** The middle, then its neighbours, and so on to both ends. */
function middleOut(length: number): Uint32Array {
  const middle = (length - 1) >> 1;
  return Uint32Array.from({ length }, (_, rank) =>
    rank % 2 === 1 ? middle + (rank + 1) / 2 : middle - rank / 2,
  );
}

/** Every Nth frame from the first, then those half way between them, N halving down to each frame. */
function everyNth(length: number): Uint32Array {
  const found = new Uint32Array(length);
  let step = 1;
  while (step * 2 < length) step *= 2;
  let count = 0;
  for (let index = 0; index < length; index += step) found[count++] = index;
  for (; step > 1; step /= 2) {
    for (let index = step / 2; index < length; index += step) found[count++] = index;
  }
  return found;
}
