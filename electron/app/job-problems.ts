import type { BatchJob } from '../../shared/job.ts';
import { printable } from '../../shared/printable.ts';
import type { ShotProblem } from '../../shared/shot.ts';

/** The problems that belong to a job, by job id. */
export type ProblemsByJob = Map<string, ShotProblem[]>;

/** Adds what belongs to a job: found shot by shot in a large folder, they are not all looked at each time. */
export function addProblems(found: ProblemsByJob, problems: readonly ShotProblem[]): void {
  for (const problem of problems) {
    if (problem.jobId === null) continue;
    const own = found.get(problem.jobId);
    if (own) own.push(problem);
    else found.set(problem.jobId, [problem]);
  }
}

/** What was found about a job before the night and when its scene was opened, each thing once. */
export function problemsOf(job: BatchJob, found: readonly ShotProblem[]): readonly ShotProblem[] {
  const told = new Set(found.map(({ message }) => message));
  const fresh = job.warnings.filter(({ message }) => !told.has(message));
  return [...found, ...fresh.map(({ message }) => warningOf(job, message))];
}

function warningOf({ id, shotFile }: BatchJob, message: string): ShotProblem {
  const said = printable(message);
  return {
    severity: 'warning',
    file: shotFile,
    line: null,
    column: null,
    jobId: id,
    message: said,
  };
}
