import type { IdleReason } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { priorityOf } from '../../../shared/order.ts';

/** Something to do in an own Blender. */
export type Work =
  | { readonly kind: 'open'; readonly job: BatchJob }
  | { readonly kind: 'render'; readonly job: BatchJob; readonly frame: number }
  | { readonly kind: 'encode'; readonly job: BatchJob };

/** What a free lane does next. */
export type Task =
  | Work
  /** Nothing now; look again when something changes, or at this time at the latest. */
  | { readonly kind: 'wait'; readonly until: number | null; readonly why?: IdleReason }
  /** Nothing will come any more. */
  | { readonly kind: 'end' };

/** The part of the truth that the choice depends on. Small, whatever the size of the batch. */
export interface Schedule {
  /** The job whose scene this lane has open. */
  readonly openJob: string | null;
  /** Jobs that were started: those that lanes are on, and the few that were left for others. */
  readonly running: readonly BatchJob[];
  /** The next job that nobody has started and that this lane may run, if any. */
  readonly unstarted: BatchJob | null;
  /** More jobs are to come: for other lanes now, or for this one when those that they need are done. */
  readonly more: boolean;
  /** Whether this lane is of the kind that the job wants. */
  readonly mayRun: (job: BatchJob) => boolean;
  /** Lanes at work on a job. */
  readonly lanesOn: (jobId: string) => number;
  /** The frame of a job that comes next; `null`: none that may be tried now. */
  readonly nextFrame: (job: BatchJob) => number | null;
  /** Before this time (ms) a job must not be opened again, or no lane more come to help with it. */
  readonly notBefore: (jobId: string, what: 'opening' | 'helping') => number;
  /** The soonest time of something of the job that is held back; `null`: none. */
  readonly nextTry: (jobId: string) => number | null;
  /** Seconds that opening the job took; 0 if not known. */
  readonly openSeconds: (jobId: string) => number;
  /** By `performance.now()`, as all times here. */
  readonly now: number;
  /** The same moment in ms since 1970: what is shown to somebody is a time of day. */
  readonly wallNow: number;
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
function goingOn(schedule: Schedule): Work | null {
  const job = schedule.running.find(({ id }) => id === schedule.openJob);
  if (!job) return null;
  // Another lane has taken it up: its Blender stands where this one's does not.
  if (goesInOrder(job) && schedule.lanesOn(job.id) > 0) return null;
  const frame = schedule.nextFrame(job);
  if (frame !== null) return { kind: 'render', job, frame };
  const isFree = schedule.lanesOn(job.id) === 0 && isReady(job, schedule);
  return wantsEncoding(job) && isFree ? { kind: 'encode', job } : null;
}

function reopening(schedule: Schedule): Work | null {
  let best: BatchJob | null = null;
  for (const job of schedule.running) {
    if (schedule.lanesOn(job.id) > 0 || !schedule.mayRun(job)) continue;
    if (best && priorityOf(job) <= priorityOf(best)) continue;
    if (isReady(job, schedule)) best = job;
  }
  return best && { kind: 'open', job: best };
}

function starting({ unstarted, lanesOn, mayRun }: Schedule): Work | null {
  // A job that was cancelled and is tried again waits until the lanes that had it have let go.
  if (!unstarted || !mayRun(unstarted) || lanesOn(unstarted.id) > 0) return null;
  return { kind: 'open', job: unstarted };
}

function helping(schedule: Schedule): Work | null {
  let best: BatchJob | null = null;
  let most = 0;
  for (const job of schedule.running) {
    // The first lane looks through the output folder alone: help comes when frames are on their way.
    if (job.id === schedule.openJob || job.counts.running === 0 || goesInOrder(job)) continue;
    if (!schedule.mayRun(job) || schedule.notBefore(job.id, 'helping') > schedule.now) continue;
    const seconds = workLeft(job) / Math.max(1, schedule.lanesOn(job.id));
    if (seconds <= 2 * schedule.openSeconds(job.id) || !isReady(job, schedule)) continue;
    const ahead = best === null ? 1 : priorityOf(job) - priorityOf(best);
    if (ahead > 0 || (ahead === 0 && seconds > most)) {
      best = job;
      most = seconds;
    }
  }
  return best && { kind: 'open', job: best };
}

/** A simulation that is not baked is right in one Blender only, which goes through all frames. */
export function goesInOrder({ plan }: BatchJob): boolean {
  return plan?.simulation?.rendered === 'in-order';
}

/** A movie job whose frames are all there. */
function wantsEncoding(job: BatchJob): boolean {
  return job.plan?.movie != null && job.counts.total > 0 && job.counts.done === job.counts.total;
}

function isReady(job: BatchJob, schedule: Schedule): boolean {
  if (schedule.notBefore(job.id, 'opening') > schedule.now) return false;
  // Without a waiting frame there is a movie to encode, or only the end of the job to be stated.
  return job.plan === null || job.counts.waiting === 0 || schedule.nextFrame(job) !== null;
}

/** Seconds of work that nobody has begun. While no frame has a known time, each counts as a minute. */
function workLeft(job: BatchJob): number {
  const { sum, known } = job.frames.times;
  return job.counts.waiting * (known > 0 ? sum / known : 60);
}

function soonest(schedule: Schedule): number | null {
  const times = schedule.running.flatMap((job) => schedule.nextTry(job.id) ?? []);
  return times.length === 0 ? null : Math.min(...times);
}
