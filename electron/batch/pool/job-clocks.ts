import type { BatchJob } from '../../../shared/job.ts';
import type { Pause } from './pause.ts';

/**
 * How long each job has been at work, and what is left of its time limit. Pauses are left out, and so is the time
 * in which no lane is on it: it waits for its next try, or is set aside for a shot of higher priority.
 */
export class JobClocks {
  readonly #pause: Pause;
  readonly #limit: number | null;
  /** Work before its newest start, and that start by the clock of the pause; `null`: it rests. */
  readonly #jobs = new Map<string, { workedMs: number; since: number | null }>();

  /** @param limit of jobs whose shot file says none, seconds; `null`: none */
  constructor(pause: Pause, limit: number | null) {
    this.#pause = pause;
    this.#limit = limit;
  }

  /** Starts the clock of a job. False if it was started before. */
  start(jobId: string): boolean {
    if (this.#jobs.has(jobId)) return false;
    this.#jobs.set(jobId, { workedMs: 0, since: this.#pause.clock() });
    return true;
  }

  /** The clock of a job that rested goes on. */
  goOn(jobId: string): void {
    const known = this.#jobs.get(jobId);
    if (known) known.since ??= this.#pause.clock();
  }

  /** No lane is on the job any more: its clock stands still until `goOn`. */
  rest(jobId: string): void {
    const known = this.#jobs.get(jobId);
    if (known) this.#jobs.set(jobId, { workedMs: this.#workedMs(jobId), since: null });
  }

  reset(jobId: string): void {
    this.#jobs.delete(jobId);
  }

  /** Seconds; `null`: none. */
  limitOf(job: BatchJob): number | null {
    return job.shotConfig?.timeoutSeconds ?? this.#limit;
  }

  /** What is left of a job's time limit, ms; `null`: it has none. */
  left(job: BatchJob): number | null {
    const seconds = this.limitOf(job);
    if (seconds === null) return null;
    return Math.max(0, seconds * 1000 - this.#workedMs(job.id));
  }

  #workedMs(jobId: string): number {
    const { workedMs, since } = this.#jobs.get(jobId) ?? { workedMs: 0, since: null };
    return workedMs + (since === null ? 0 : this.#pause.clock() - since);
  }
}
