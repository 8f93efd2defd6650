import type { IdleReason } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';

/** What a free lane does next. */
export type Task =
  | { readonly kind: 'open'; readonly job: BatchJob }
  | { readonly kind: 'render'; readonly job: BatchJob; readonly frame: number }
  | { readonly kind: 'encode'; readonly job: BatchJob }
  /** Nothing now; look again when something changes, or at this time at the latest. */
  | { readonly kind: 'wait'; readonly until: number | null; readonly why?: IdleReason }
  /** Nothing will come any more. */
  | { readonly kind: 'end' };

/** The part of the truth that the choice depends on. Small, whatever the size of the batch. */
export interface Schedule {
  /** The job whose scene this lane has open. */
  readonly openJob: string | null;
  readonly running: readonly BatchJob[];
  /** The next job that nobody has started, if any. */
  readonly unstarted: BatchJob | null;
  /** Lanes at work on a job. */
  readonly lanesOn: (jobId: string) => number;
  /** Before this time (ms) a frame, or the opening of a job (`null`), must not be tried again. */
  readonly notBefore: (jobId: string, frame: number | null) => number;
  /** The soonest of those times of a job that is still to come; `null`: none. */
  readonly nextTry: (jobId: string) => number | null;
  /** Seconds that opening the job took; 0 if not known. */
  readonly openSeconds: (jobId: string) => number;
  /** By `performance.now()`, as all times here. */
  readonly now: number;
  /** The same moment in ms since 1970: what is shown to somebody is a time of day. */
  readonly wallNow: number;
}

/**
 * Affinity first: the next frame of the scene that is open. Then a job that nobody has started.
 * Then help: the running job with the most work left, where helping is worth the opening.
 */
export function nextTask(schedule: Schedule): Task {
  const own = schedule.running.find((job) => job.id === schedule.openJob);
  const ownFrame = own ? readyFrame(own, schedule) : null;
  if (own && ownFrame !== null) return { kind: 'render', job: own, frame: ownFrame };
  if (own && wantsEncoding(own) && schedule.lanesOn(own.id) === 0 && isReady(own, schedule))
    return { kind: 'encode', job: own };

  const reopen = schedule.running.find(
    (job) => schedule.lanesOn(job.id) === 0 && isReady(job, schedule),
  );
  if (reopen) return { kind: 'open', job: reopen };
  // A job that was cancelled and is tried again waits until the lanes that had it have let go.
  const { unstarted } = schedule;
  if (unstarted && schedule.lanesOn(unstarted.id) === 0) return { kind: 'open', job: unstarted };

  const helped = worthHelping(schedule);
  if (helped) return { kind: 'open', job: helped };
  if (schedule.running.length === 0 && !unstarted) return { kind: 'end' };
  const until = soonest(schedule);
  if (until === null) return { kind: 'wait', until };
  const at = schedule.wallNow + until - schedule.now;
  return { kind: 'wait', until, why: { kind: 'next-try', at } };
}

/** A movie job whose frames are all there. */
function wantsEncoding(job: BatchJob): boolean {
  return job.plan?.movie != null && job.counts.total > 0 && job.counts.done === job.counts.total;
}

/** Fresh frames first; those that failed before come last, so that one bad frame holds up nothing. */
function readyFrame(job: BatchJob, schedule: Schedule): number | null {
  if (job.counts.waiting === 0) return null;
  let again: number | null = null;
  for (const [index, frame] of job.frames.inState('waiting')) {
    const number = job.plan?.frames[index] as number;
    if (frame.tries === 0 && schedule.notBefore(job.id, number) <= schedule.now) return number;
    if (again === null && schedule.notBefore(job.id, number) <= schedule.now) again = number;
  }
  return again;
}

function isReady(job: BatchJob, schedule: Schedule): boolean {
  if (schedule.notBefore(job.id, null) > schedule.now) return false;
  // Without a waiting frame there is a movie to encode, or only the end of the job to be stated.
  return job.plan === null || job.counts.waiting === 0 || readyFrame(job, schedule) !== null;
}

function worthHelping(schedule: Schedule): BatchJob | null {
  let best: BatchJob | null = null;
  let most = 0;
  for (const job of schedule.running) {
    // The first lane looks through the output folder alone: help comes when frames are on their way.
    if (job.id === schedule.openJob || job.counts.running === 0) continue;
    if (!isReady(job, schedule)) continue;
    const seconds = workLeft(job) / Math.max(1, schedule.lanesOn(job.id));
    const worth = seconds > 2 * schedule.openSeconds(job.id);
    if (worth && seconds > most) {
      best = job;
      most = seconds;
    }
  }
  return best;
}

/** Seconds of work that nobody has begun. Before the first frame is done, each counts as a minute. */
function workLeft(job: BatchJob): number {
  const rendered = job.counts.done - job.counts.kept;
  const each = rendered > 0 ? job.renderSeconds / Math.max(1, job.counts.done) : 60;
  return job.counts.waiting * each;
}

function soonest(schedule: Schedule): number | null {
  const times = schedule.running.flatMap((job) => schedule.nextTry(job.id) ?? []);
  return times.length === 0 ? null : Math.min(...times);
}
