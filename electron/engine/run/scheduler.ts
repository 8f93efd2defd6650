import type { BatchJob } from '../../../shared/job.ts';
import { goesInOrder, priorityOf } from '../../../shared/order.ts';
import type { Task, Work } from '../lane/lane-ports.ts';

/** The part of the truth that the choice depends on. Small, whatever the size of the batch. */
export interface Schedule {
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
export function nextTask(schedule: Schedule): Task {
  let best: Work | null = null;
  for (const choose of [goingOn, reopening, starting, helping]) {
    const work = choose(schedule);
    if (work && (!best || priorityOf(work.job) > priorityOf(best.job))) best = work;
  }
  if (best) return best;
  const { running, unstarted, more } = schedule;
  if (running.length === 0 && !unstarted && !more) return { kind: 'end' };
  const until = soonest(schedule);
  if (until === null) return { kind: 'wait', until };
  const at = schedule.wallNow + until - schedule.now;
  return { kind: 'wait', until, why: { kind: 'next-try', at } };
}

/** With the scene that this lane has open. */
export function goingOn({ running, openJob, now }: Schedule): Work | null {
  const open = running.find(({ job }) => job.id === openJob);
  if (!open) return null;
  const { job, lanes, nextFrame } = open;
  // Another lane has taken it up: its Blender stands where this one's does not.
  if (goesInOrder(job) && lanes > 0) return null;
  if (nextFrame !== null) return { kind: 'render', job, frame: nextFrame };
  const isFree = lanes === 0 && isReady(open, now);
  return wantsEncoding(job) && isFree ? { kind: 'encode', job } : null;
}

function reopening({ running, now }: Schedule): Work | null {
  let best: BatchJob | null = null;
  for (const each of running) {
    if (each.lanes > 0 || !each.mayRun) continue;
    if (best && priorityOf(each.job) <= priorityOf(best)) continue;
    if (isReady(each, now)) best = each.job;
  }
  return best && { kind: 'open', job: best };
}

function starting({ unstarted }: Schedule): Work | null {
  // A job that was cancelled and is tried again waits until the lanes that had it have let go.
  return unstarted && unstarted.lanes === 0 ? { kind: 'open', job: unstarted.job } : null;
}

function helping({ running, openJob, now }: Schedule): Work | null {
  let best: BatchJob | null = null;
  let most = 0;
  for (const each of running) {
    const { job } = each;
    // The first lane looks through the output folder alone: help comes when frames are on their way.
    if (job.id === openJob || job.counts.running === 0 || goesInOrder(job)) continue;
    if (!each.mayRun || each.helpFrom > now) continue;
    const seconds = workLeft(job) / Math.max(1, each.lanes);
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
  return job.plan?.movie != null && job.counts.total > 0 && job.counts.done === job.counts.total;
}

function isReady({ job, openFrom, nextFrame }: RunningJob, now: number): boolean {
  if (openFrom > now) return false;
  // Without a waiting frame there is a movie to encode, or only the end of the job to be stated.
  return job.plan === null || job.counts.waiting === 0 || nextFrame !== null;
}

/** Seconds of work that nobody has begun. While no frame has a known time, each counts as a minute. */
function workLeft(job: BatchJob): number {
  const { sum, known } = job.frames.times;
  return job.counts.waiting * (known > 0 ? sum / known : 60);
}

function soonest({ running }: Schedule): number | null {
  const times = running.flatMap(({ nextTry }) => nextTry ?? []);
  return times.length === 0 ? null : Math.min(...times);
}
