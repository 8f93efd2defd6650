import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { BatchStore } from '../batch-store.ts';
import { isLeftOut, Needs, standingOf } from './needs.ts';
import type { RunQueue } from './run-queue.ts';

export interface IntakePorts {
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
