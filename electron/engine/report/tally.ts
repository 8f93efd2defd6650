import type { BatchResult } from '../../../shared/batch.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { BatchJob } from '../../../shared/job.ts';

export interface DoneFrame {
  readonly job: BatchJob;
  readonly frame: number;
  readonly record: FrameRecord;
  /** Done before this run. */
  readonly kept: boolean;
}

/** Sums over all shots of a result. Seconds are Blender's, of the frames rendered in this run. */
export interface Tally {
  readonly frames: number;
  readonly done: number;
  readonly kept: number;
  readonly failed: number;
  readonly retries: number;
  readonly blenderSeconds: number;
  /** Shots that have not ended: a crash, or a batch that still runs. */
  readonly unfinished: number;
  /** Shots whose number of frames is not known. */
  readonly unplanned: number;
}

export function tally(result: BatchResult): Tally {
  const sum = (of: (job: BatchJob) => number) =>
    result.jobs.reduce((total, job) => total + of(job), 0);
  return {
    frames: sum((job) => job.counts.total),
    done: sum((job) => job.counts.done),
    kept: sum((job) => job.counts.kept),
    failed: sum((job) => job.counts.failed),
    retries: sum((job) => job.retryCount),
    blenderSeconds: sum((job) =>
      doneFrames(job).reduce((total, { kept, record }) => total + (kept ? 0 : record.seconds), 0),
    ),
    unfinished:
      result.totalJobs - result.completed - result.failed - result.skipped - result.cancelled,
    unplanned: sum((job) => (job.plan === null ? 1 : 0)),
  };
}

export function doneFrames(job: BatchJob): readonly DoneFrame[] {
  return [...job.frames.inState('done')].flatMap(([index, { record, kept }]) => {
    const frame = job.plan?.frames[index];
    return frame === undefined ? [] : [{ job, frame, record, kept }];
  });
}

/** Seconds a frame; `null` where none was rendered or no time is known. */
export function averageSeconds(job: BatchJob): number | null {
  const times = doneFrames(job).map(({ record }) => record.seconds);
  const known = times.filter((seconds) => seconds > 0);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}
