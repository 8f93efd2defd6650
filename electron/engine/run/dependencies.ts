import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { ShotLink } from '../../../shared/shot.ts';
import type { BatchStore } from '../batch-store.ts';
import type { JobsInRun } from './jobs-in-run.ts';
import type { RunQueue } from './queue.ts';

interface DependencyPorts {
  readonly store: Pick<BatchStore, 'jobs' | 'has' | 'job' | 'record'>;
  readonly queue: RunQueue;
  readonly jobs: JobsInRun;
  /** Shots that are not in the batch, as the checkpoint knows them. */
  readonly elsewhere: ReadonlyMap<string, BatchJob>;
  /** A job can't start, since one that it depends on will not be complete. */
  readonly leaveOut: (job: BatchJob, why: Failure) => void;
}

/** How jobs come into a run: each takes its place in the queue when the shots that it depends on are done. */
export class Dependencies {
  readonly #ports: DependencyPorts;
  /** Which jobs depend on one, by its id. */
  readonly #dependents = new Map<string, string[]>();
  /** Jobs that have ended and whose dependents are being placed. */
  readonly #over: string[] = [];

  constructor(ports: DependencyPorts) {
    this.#ports = ports;
    this.#learn(ports.store.jobs);
  }

  /**
   * Takes in these jobs, and with them those that wait for one of them, or were left out because of one and wait
   * again now. Answers with all of them; none has its place yet.
   * @param late jobs that the batch did not have when the run began
   */
  takeIn(jobIds: readonly string[], late: readonly BatchJob[] = []): ReadonlySet<string> {
    this.#learn(late);
    const { store, jobs } = this.#ports;
    const all = new Set(jobIds);
    for (const id of all) {
      jobs.renew(id);
      for (const other of this.#dependents.get(id) ?? []) {
        const job = store.job(other);
        if (isLeftOut(job)) store.record({ type: 'job-reset', job: other, at: Date.now() });
        // One whose turn could come already is held back again: what it needs has lost its frames.
        else if (job.status !== 'waiting' || !jobs.find(other)?.isTaken) continue;
        all.add(other);
      }
    }
    return all;
  }

  /** Gives a waiting job its turn, holds it back, or leaves it out. */
  place(jobId: string): void {
    const { store, queue, jobs, elsewhere, leaveOut } = this.#ports;
    const job = store.job(jobId);
    const standing = standingOf(job, (id) => ({
      job: store.has(id) ? store.job(id) : (elsewhere.get(id) ?? null),
      taken: jobs.find(id)?.isTaken === true,
    }));
    queue.remove(jobId);
    jobs.move(jobs.get(jobId), standing.kind === 'waits' ? 'held' : 'waiting');
    if (standing.kind === 'ready') queue.add(job);
    if (standing.kind === 'never') leaveOut(job, standing.why);
  }

  /** A job is over, however it ended: those that waited for it are placed anew. */
  ended(jobId: string): void {
    this.#over.push(jobId);
    // One that is left out takes others along, which end in here too: a long chain must not nest.
    if (this.#over.length > 1) return;
    const { jobs } = this.#ports;
    try {
      for (const id of this.#over) {
        const held = (this.#dependents.get(id) ?? []).filter(
          (other) => jobs.find(other)?.stage === 'held',
        );
        for (const other of held) this.place(other);
      }
    } finally {
      // What was left in it would hold back the dependents of every job that ends later.
      this.#over.length = 0;
    }
  }

  #learn(jobs: readonly BatchJob[]): void {
    for (const { id, shotConfig } of jobs) {
      for (const { job } of shotConfig?.dependsOn ?? []) {
        const dependents = this.#dependents.get(job);
        if (dependents) dependents.push(id);
        else this.#dependents.set(job, [id]);
      }
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
