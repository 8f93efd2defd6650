import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { ShotLink } from '../../../shared/shot.ts';

/** Where a shot stands that another one depends on. */
export interface Needed {
  /** `null`: nothing is known of it here. */
  readonly job: Pick<BatchJob, 'status' | 'shotConfig' | 'error'> | null;
  /** This run has taken it in. */
  readonly taken: boolean;
}

/** Whether a job can start, as far as the shots go that it depends on. */
export type Standing =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waits' }
  /** One of them will not be complete. */
  | { readonly kind: 'never'; readonly why: Failure };

/** Judges a job by the shots that it depends on. */
export function standingOf(job: BatchJob, lookUp: (jobId: string) => Needed): Standing {
  let waits = false;
  for (const link of job.shotConfig?.dependsOn ?? []) {
    const needed = lookUp(link.job);
    if (needed.job?.status === 'completed') continue;
    const isComing = needed.job?.status === 'waiting' || needed.job?.status === 'running';
    if (!isComing || !needed.taken) return { kind: 'never', why: needsAnother(link, needed) };
    waits = true;
  }
  return { kind: waits ? 'waits' : 'ready' };
}

/** Left out because of a shot that it depends on: it goes on when that one does. */
export function isLeftOut({ status, error }: BatchJob): boolean {
  return status === 'skipped' && error?.cause === 'needs-another-shot';
}

/** Who depends on whom, and which jobs of a run are held back by it. */
export class Needs {
  readonly #dependents = new Map<string, string[]>();
  readonly #held = new Set<string>();

  constructor(jobs: readonly BatchJob[]) {
    this.learn(jobs);
  }

  /** Jobs that were not known before. */
  learn(jobs: readonly BatchJob[]): void {
    for (const { id, shotConfig } of jobs) {
      for (const { job } of shotConfig?.dependsOn ?? []) {
        const dependents = this.#dependents.get(job);
        if (dependents) dependents.push(id);
        else this.#dependents.set(job, [id]);
      }
    }
  }

  get someHeld(): boolean {
    return this.#held.size > 0;
  }

  dependentsOf(jobId: string): readonly string[] {
    return this.#dependents.get(jobId) ?? [];
  }

  /** Those of a job's dependents that are held back. */
  heldBy(jobId: string): readonly string[] {
    return this.dependentsOf(jobId).filter((id) => this.#held.has(id));
  }

  hold(jobId: string): void {
    this.#held.add(jobId);
  }

  letGo(jobId: string): void {
    this.#held.delete(jobId);
  }
}

function needsAnother({ name }: ShotLink, { job }: Needed): Failure {
  const cause = 'needs-another-shot';
  const goesOn = 'this shot then goes on by itself.';
  const failure = (why: string, nextStep: string): Failure => ({
    cause,
    message: `It needs ${name}, which ${why}.`,
    nextStep,
    evidence: [],
  });
  if (job?.status === 'failed' && job.shotConfig === null) {
    return failure('could not be read', `Correct ${name}, then read the folder again.`);
  }
  switch (job?.status) {
    case 'failed':
      return failure('failed', `Retry ${name}; ${goesOn}`);
    case 'cancelled':
      return failure('was cancelled', `Retry ${name}; ${goesOn}`);
    case 'skipped': {
      // The one at the root of it is told.
      const root = job.error?.cause === cause ? job.error.nextStep : `Retry ${name}; ${goesOn}`;
      return failure('was not started', root);
    }
    default:
      return failure(
        'is not complete and no part of this run',
        `Render ${name} first, or both together.`,
      );
  }
}
