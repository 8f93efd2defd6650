import type { BatchJob } from '../../../shared/job.ts';
import { FRESH_JOB, jobAfter, restarted, withoutFrames } from '../../../shared/job-state.ts';
import { FileLooks } from '../folder/file-cache.ts';
import { inputsChanged } from './sources.ts';
import { checkRecorded, movieIsGone } from './verify-frames.ts';

/** A job as it is now, and what became of the frames that the checkpoint knows of it. */
export interface ResumedJob {
  readonly job: BatchJob;
  /** The checkpoint knew nothing of it, or it has changed since: it has to be added (again). */
  readonly fresh: boolean;
  /** Frames that count no more because the shot has changed. */
  readonly stale: number;
  /** Frames of another Blender that the artist wants rendered again; not there: none. */
  readonly again?: number;
  /** Frames that were recorded, but whose files are gone or are others now. */
  readonly lost: readonly number[];
  /** Proved frames that a crash kept from getting their name: they only have to be renamed. */
  readonly unnamed: readonly number[];
}

/**
 * Joins a job of the folder with what the checkpoint knows of it. A frame counts as done only if it
 * is recorded, of this very shot, and its file is still the recorded one.
 * @param forget render everything again, whatever is recorded
 * @param isCancelled ends the look through the files early
 * @param looks what is known of files that other jobs have, too
 */
export async function resumeJob(
  job: BatchJob,
  known: BatchJob | undefined,
  forget: boolean,
  isCancelled: () => boolean = () => false,
  looks = new FileLooks(),
): Promise<ResumedJob> {
  const nothing = { fresh: true, stale: 0, lost: [], unnamed: [] };
  if (!known || job.status === 'failed') return { job, ...nothing };
  const moved = known.source !== job.source || goesElsewhere(known, job);
  if (moved || (await inputsChanged(known.plan, looks))) {
    return { job, ...nothing, stale: known.counts.done };
  }
  const { id, name, shotFile, shotConfig, outputPath, source } = job;
  const before = restarted({ ...known, id, name, shotFile, shotConfig, outputPath, source });
  const planned = withFramesOf(before, shotConfig?.frames ?? null);
  if (forget) return { job: forgotten(planned), ...nothing, fresh: true };
  const checked = await checkFrames(planned, isCancelled);
  return { ...checked, fresh: false, stale: 0 };
}

/** Its frames belong to another folder now, or have other names. */
function goesElsewhere({ outputPath, plan }: BatchJob, job: BatchJob): boolean {
  if (outputPath !== job.outputPath) return true;
  const output = job.shotConfig?.output;
  return plan !== null && output?.directory != null && output.pattern !== plan.pattern;
}

/** The shot file may list other frames now; the ones in both lists keep what is known of them. */
function withFramesOf(job: BatchJob, frames: readonly number[] | null): BatchJob {
  if (!job.plan || !frames || sameNumbers(frames, job.plan.frames)) return job;
  return jobAfter(job, {
    type: 'job-planned',
    job: job.id,
    at: 0,
    plan: { ...job.plan, frames, fromScene: false },
  });
}

/** A job of which nothing counts as done; what the artist chose stays. */
export function forgotten(job: BatchJob): BatchJob {
  const { chosenPriority, chosenBlender } = job;
  return { ...job, ...FRESH_JOB, chosenPriority, chosenBlender };
}

async function checkFrames(
  job: BatchJob,
  isCancelled: () => boolean,
): Promise<Omit<ResumedJob, 'fresh' | 'stale'>> {
  const { plan } = job;
  // Complete, but the line that says of what is gone from the journal: nothing shows that it is true.
  if (!plan) return { job: reopened(job), lost: [], unnamed: [] };
  const { lost, unnamed } = await checkRecorded(job, isCancelled);
  const left = withoutFrames(job, lost);
  // Its frames were listed before, and are not any more: only the scene knows which it has.
  const unknown = job.shotConfig?.frames === null && plan.fromScene !== true;
  const broken = unknown || left.counts.done < left.counts.total || (await movieIsGone(left));
  return { job: broken ? reopened(left) : left, lost, unnamed };
}

function reopened(job: BatchJob): BatchJob {
  return job.status === 'completed' ? { ...job, status: 'waiting' } : job;
}

/** Whether two lists of frames are the same. */
export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}
