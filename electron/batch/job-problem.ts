import type { Failure } from '../../shared/failure.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { ShotProblem } from '../../shared/shot.ts';

/** Something about a whole shot that the artist should know before the night. */
export function jobProblem(
  job: Pick<BatchJob, 'id' | 'shotFile'>,
  severity: ShotProblem['severity'],
  message: string,
): ShotProblem {
  return { severity, file: job.shotFile, line: null, column: null, jobId: job.id, message };
}

/** What would end the shot in the night, or at once. */
export function problemOf(job: BatchJob, failure: Failure): ShotProblem {
  return {
    ...jobProblem(job, 'error', `${failure.message} ${failure.nextStep}`),
    ...(failure.cause === 'not-trusted' && { needsTrust: true as const }),
  };
}
