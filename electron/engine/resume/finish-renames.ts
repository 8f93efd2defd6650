import type { BatchJob } from '../../../shared/job.ts';
import { withoutFrames } from '../../../shared/job-state.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import { publishFrame } from '../proof/staging.ts';
import type { ResumedJob } from './resume.ts';

/**
 * Gives proved frames the name that a crash kept from them; the lock must be held. Done before
 * anything is told, because a frame without its name is not there yet for anybody else. Where somebody
 * else writes to their place now, they are lost.
 */
export async function nameFrames(resumed: ResumedJob, claims: OutputClaims): Promise<ResumedJob> {
  const { plan, id } = resumed.job;
  if (!plan || resumed.unnamed.length === 0) return resumed;
  const mayWrite = (await claims.claim(id, plan)) === null;
  const failed: number[] = [];
  for (const frame of resumed.unnamed) {
    if (!mayWrite || !(await publishFrame(plan, id, frame)).ok) failed.push(frame);
  }
  await claims.release(id);
  const lost = [...resumed.lost, ...failed];
  return { ...resumed, job: without(resumed.job, failed), lost, unnamed: [] };
}

/** The job as it may be shown while nobody holds the lock: frames without a name don't count yet. */
export function shownJob({ job, unnamed }: ResumedJob): BatchJob {
  return without(job, unnamed);
}

function without(job: BatchJob, frames: readonly number[]): BatchJob {
  const left = withoutFrames(job, frames);
  return left !== job && left.status === 'completed' ? { ...left, status: 'waiting' } : left;
}
