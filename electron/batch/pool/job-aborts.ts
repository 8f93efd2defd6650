/** What is to stop now: single jobs, or everything. */
export class JobAborts {
  readonly #all = new AbortController();
  readonly #jobs = new Map<string, AbortController>();

  get all(): boolean {
    return this.#all.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#all.signal;
  }

  has(jobId: string): boolean {
    return this.all || this.#jobs.get(jobId)?.signal.aborted === true;
  }

  /** Aborted when this job, or everything, is to stop now. */
  signalFor(jobId: string): AbortSignal {
    let own = this.#jobs.get(jobId);
    if (!own) {
      own = new AbortController();
      this.#jobs.set(jobId, own);
    }
    return AbortSignal.any([this.#all.signal, own.signal]);
  }

  abortAll(): void {
    this.#all.abort();
  }

  /** Whoever is at work on the job stops. */
  abort(jobId: string): void {
    this.#jobs.get(jobId)?.abort();
  }

  /** The job may be worked on (again). */
  clear(jobId: string): void {
    this.#jobs.delete(jobId);
  }
}
