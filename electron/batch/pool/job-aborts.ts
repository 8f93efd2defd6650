/** A job's own stop, and one signal for it and for the stop of everything. */
interface Abort {
  readonly own: AbortController;
  readonly signal: AbortSignal;
}

/** What is to stop now: single jobs, or everything. */
export class JobAborts {
  readonly #all = new AbortController();
  readonly #jobs = new Map<string, Abort>();

  get all(): boolean {
    return this.#all.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#all.signal;
  }

  has(jobId: string): boolean {
    return this.all || this.#jobs.get(jobId)?.own.signal.aborted === true;
  }

  /** Aborted when this job, or everything, is to stop now. */
  signalFor(jobId: string): AbortSignal {
    const known = this.#jobs.get(jobId);
    if (known) return known.signal;
    const own = new AbortController();
    // One a job: Nodes that we support keep each composed signal as long as the whole night's lives.
    const signal = AbortSignal.any([this.#all.signal, own.signal]);
    this.#jobs.set(jobId, { own, signal });
    return signal;
  }

  abortAll(): void {
    this.#all.abort();
  }

  /** Whoever is at work on the job stops. */
  abort(jobId: string): void {
    this.#jobs.get(jobId)?.own.abort();
  }

  /** The job may be worked on (again). */
  clear(jobId: string): void {
    this.#jobs.delete(jobId);
  }
}
