import type { BatchJob } from '../../../shared/job.ts';

/** Which jobs wait, which run, who works on what, and what must not be tried yet. */
export class RunQueue {
  /** Ids of jobs that nobody has started, in the order to start them. */
  #waiting: { readonly id: string; readonly priority: number }[] = [];
  readonly #running = new Set<string>();
  readonly #lanes = new Map<number, string>();
  readonly #notBefore = new Map<string, number>();
  readonly #openFailures = new Map<string, number>();

  /** Higher priority first, otherwise in the order of adding. */
  add(job: BatchJob): void {
    const priority = job.shotConfig?.priority ?? 0;
    const at = this.#waiting.findIndex((other) => other.priority < priority);
    const entry = { id: job.id, priority };
    if (at < 0) this.#waiting.push(entry);
    else this.#waiting.splice(at, 0, entry);
    this.#openFailures.delete(job.id);
    this.#notBefore.delete(key(job.id, null));
  }

  get next(): string | null {
    return this.#waiting[0]?.id ?? null;
  }

  get running(): readonly string[] {
    return [...this.#running];
  }

  started(jobId: string): void {
    this.#drop(jobId);
    this.#running.add(jobId);
  }

  ended(jobId: string): void {
    if (!this.#running.delete(jobId)) this.#drop(jobId);
  }

  /** Says what a lane is at work on; `null`: nothing. */
  occupy(lane: number, jobId: string | null): void {
    if (jobId === null) this.#lanes.delete(lane);
    else this.#lanes.set(lane, jobId);
  }

  laneJob(lane: number): string | null {
    return this.#lanes.get(lane) ?? null;
  }

  lanesOn(jobId: string): number {
    let count = 0;
    for (const id of this.#lanes.values()) if (id === jobId) count += 1;
    return count;
  }

  get busyLanes(): number {
    return this.#lanes.size;
  }

  /** A frame, or with `null` the opening of a job, must wait until then (ms since 1970). */
  delay(jobId: string, frame: number | null, until: number): void {
    this.#notBefore.set(key(jobId, frame), until);
  }

  notBefore(jobId: string, frame: number | null): number {
    return this.#notBefore.get(key(jobId, frame)) ?? 0;
  }

  /** Counts a failed opening; returns how many there have been. */
  openFailed(jobId: string): number {
    const count = (this.#openFailures.get(jobId) ?? 0) + 1;
    this.#openFailures.set(jobId, count);
    return count;
  }

  #drop(jobId: string): void {
    if (this.#waiting[0]?.id === jobId) this.#waiting.shift();
    else this.#waiting = this.#waiting.filter((entry) => entry.id !== jobId);
  }
}

function key(jobId: string, frame: number | null): string {
  return `${jobId}:${frame ?? 'open'}`;
}
