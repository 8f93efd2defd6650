import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { ShotLink } from '../../../shared/shot.ts';
import type { BatchStore } from '../batch-store.ts';
import type { RunQueue } from './queue.ts';

interface IntakePorts {
  readonly store: BatchStore;
  readonly queue: RunQueue;
  /** Shots that are not in the batch, as the checkpoint knows them. */
  readonly elsewhere: ReadonlyMap<string, BatchJob>;
  /** A job can't start, since one that it depends on will not be complete. */
  readonly leaveOut: (job: BatchJob, why: Failure) => void;
}

/** How jobs come into a run: each takes its place in the queue when the shots that it depends on are done. */
export class Intake {
  readonly #ports: IntakePorts;
  readonly #needs: Needs;
  readonly #taken = new Set<string>();
  /** Jobs that have ended and whose dependents are being placed. */
  readonly #over: string[] = [];

  constructor(ports: IntakePorts) {
    this.#ports = ports;
    this.#needs = new Needs(ports.store.jobs);
  }

  /** Whether a job has ever been part of this run. */
  took(jobId: string): boolean {
    return this.#taken.has(jobId);
  }

  /** Whether jobs wait for others. */
  get someHeld(): boolean {
    return this.#needs.someHeld;
  }

  /**
   * These jobs, and with them those that wait for one of them, or were left out because of one and wait
   * again now. All of them count as taken from here on.
   * @param late jobs that the batch did not have when the run began
   */
  with(jobIds: readonly string[], late: readonly BatchJob[] = []): ReadonlySet<string> {
    this.#needs.learn(late);
    const { store } = this.#ports;
    const all = new Set(jobIds);
    for (const id of all) {
      this.#taken.add(id);
      for (const other of this.#needs.dependentsOf(id)) {
        const job = store.job(other);
        if (isLeftOut(job)) store.record({ type: 'job-reset', job: other, at: Date.now() });
        // One whose turn could come already is held back again: what it needs has lost its frames.
        else if (job.status !== 'waiting' || !this.took(other)) continue;
        all.add(other);
      }
    }
    return all;
  }

  /** Gives a waiting job its turn, holds it back, or leaves it out. */
  place(jobId: string): void {
    const { store, queue, elsewhere, leaveOut } = this.#ports;
    const job = store.job(jobId);
    const standing = standingOf(job, (id) => ({
      job: store.has(id) ? store.job(id) : (elsewhere.get(id) ?? null),
      taken: this.#taken.has(id),
    }));
    this.#needs.letGo(jobId);
    queue.ended(job);
    if (standing.kind === 'waits') this.#needs.hold(jobId);
    else if (standing.kind === 'ready') queue.add(job);
    else leaveOut(job, standing.why);
  }

  /** A job is over, however it ended: those that waited for it are placed anew. */
  ended(jobId: string): void {
    this.#over.push(jobId);
    // One that is left out takes others along, which end in here too: a long chain must not nest.
    if (this.#over.length > 1) return;
    try {
      for (const id of this.#over) {
        this.#needs.letGo(id);
        for (const other of this.#needs.heldBy(id)) this.place(other);
      }
    } finally {
      // What was left in it would hold back the dependents of every job that ends later.
      this.#over.length = 0;
    }
  }
}

/** Where a shot stands that another one depends on. */
interface Needed {
  /** `null`: nothing is known of it here. */
  readonly job: Pick<BatchJob, 'status' | 'shotConfig' | 'error'> | null;
  /** This run has taken it in. */
  readonly taken: boolean;
}

/** Whether a job can start, as far as the shots go that it depends on. */
type Standing =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waits' }
  /** One of them will not be complete. */
  | { readonly kind: 'never'; readonly why: Failure };

/** Judges a job by the shots that it depends on. */
function standingOf(job: BatchJob, lookUp: (jobId: string) => Needed): Standing {
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
function isLeftOut({ status, error }: BatchJob): boolean {
  return status === 'skipped' && error?.cause === 'needs-another-shot';
}

/** Who depends on whom, and which jobs of a run are held back by it. */
class Needs {
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
