import type { BatchJob } from '../../../shared/job.ts';
import type { Pause } from './pause.ts';

/** How long each job has been at work, pauses left out, and what is left of its time limit. */
export class JobClocks {
  readonly #pause: Pause;
  readonly #limit: number | null;
  readonly #starts = new Map<string, number>();

  /** @param limit of jobs whose shot file says none, seconds; `null`: none */
  constructor(pause: Pause, limit: number | null) {
    this.#pause = pause;
    this.#limit = limit;
  }

  /** Starts the clock of a job. False if it runs already. */
  start(jobId: string): boolean {
    if (this.#starts.has(jobId)) return false;
    this.#starts.set(jobId, this.#pause.clock());
    return true;
  }

  reset(jobId: string): void {
    this.#starts.delete(jobId);
  }

  /** Seconds; `null`: none. */
  limitOf(job: BatchJob): number | null {
    return job.shotConfig?.timeoutSeconds ?? this.#limit;
  }

  /** What is left of a job's time limit, ms; `null`: it has none. */
  left(job: BatchJob): number | null {
    const seconds = this.limitOf(job);
    if (seconds === null) return null;
    const now = this.#pause.clock();
    return Math.max(0, seconds * 1000 - (now - (this.#starts.get(job.id) ?? now)));
  }
}
