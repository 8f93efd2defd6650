import type { BatchJob } from '../../../shared/job.ts';
import { printable } from '../../../shared/safe-text.ts';
import type { ShotProblem } from '../../../shared/shot.ts';

/** What was found wrong with the shots of an open batch, and what of it the window knows. */
export class ShotProblems {
  #all: readonly ShotProblem[];
  readonly #byJob: ProblemsByJob = new Map();
  readonly #blocked = new Set<string>();
  /** In the newest update, or none since then has changed. */
  #told = false;

  constructor(found: readonly ShotProblem[]) {
    this.#all = found;
    addProblems(this.#byJob, found);
    this.#block(found);
  }

  get all(): readonly ShotProblem[] {
    return this.#all;
  }

  of(job: Pick<BatchJob, 'id'>): readonly ShotProblem[] {
    return this.#byJob.get(job.id) ?? [];
  }

  /** Ids of the jobs that something keeps from being rendered, whatever has become of them. */
  get blocked(): Iterable<string> {
    return this.#blocked;
  }

  /** Takes in what is new: a shot that is looked at twice says the same again. Gives back what was. */
  add(found: readonly ShotProblem[]): readonly ShotProblem[] {
    const fresh = found.filter((problem) => !this.#knows(problem));
    if (fresh.length === 0) return fresh;
    this.#all = [...this.#all, ...fresh];
    this.#told = false;
    addProblems(this.#byJob, fresh);
    this.#block(fresh);
    return fresh;
  }

  keep(which: (problem: ShotProblem) => boolean): void {
    this.#all = this.#all.filter(which);
    this.#told = false;
    this.#byJob.clear();
    addProblems(this.#byJob, this.#all);
    this.#blocked.clear();
    this.#block(this.#all);
  }

  /** All of them for an update, the first time after a change; `null`: the window knows them. */
  news(): readonly ShotProblem[] | null {
    if (this.#told) return null;
    this.#told = true;
    return this.#all;
  }

  #block(found: readonly ShotProblem[]): void {
    for (const { jobId, endsShot } of found)
      if (jobId !== null && endsShot) this.#blocked.add(jobId);
  }

  #knows({ jobId, message }: ShotProblem): boolean {
    if (jobId === null) return false;
    return this.#byJob.get(jobId)?.some((known) => known.message === message) ?? false;
  }
}

/** The problems that belong to a job, by job id. */
type ProblemsByJob = Map<string, ShotProblem[]>;

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
