import type { BatchStore } from '../batch-store.ts';

/**
 * How many lanes may be at work at once: fewer when memory runs out, all again when the shots that
 * it ran out on have ended.
 */
export class PoolSize {
  readonly #store: BatchStore;
  readonly of: number;
  readonly #culprits = new Set<string>();
  #workers: number;

  constructor(store: BatchStore, workers: number) {
    this.#store = store;
    this.of = workers;
    this.#workers = workers;
  }

  get workers(): number {
    return this.#workers;
  }

  get isSmaller(): boolean {
    return this.#workers < this.of;
  }

  /** Memory ran out on a job. @param busy lanes at work then @param doing such as `frame 12` */
  ranOut(jobId: string, doing: string, busy: number): void {
    this.#culprits.add(jobId);
    const workers = Math.max(1, Math.min(this.#workers, busy) - 1);
    const { name } = this.#store.job(jobId);
    this.#set(workers, `Memory ran out on ${doing} of ${name}.`);
  }

  /** A job is over, however it ended. */
  ended(jobId: string): void {
    if (!this.#culprits.delete(jobId) || this.#culprits.size > 0) return;
    this.#set(this.of, `${this.#store.job(jobId).name} has ended.`);
  }

  #set(workers: number, message: string): void {
    if (workers === this.#workers) return;
    this.#workers = workers;
    const { of } = this;
    this.#store.record({ type: 'pool-changed', at: Date.now(), workers, of, message });
  }
}
