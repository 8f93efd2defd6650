import type { BatchJob } from '../../../shared/job.ts';

/** Which jobs wait, which run, who works on what, and what must not be tried yet. */
export class RunQueue {
  /** Ids of jobs that nobody has started, in the order to start them. */
  #waiting: { readonly id: string; readonly priority: number }[] = [];
  readonly #running = new Set<string>();
  readonly #lanes = new Map<number, string>();
  readonly #threads = new Map<number, number>();
  /** Of each job: frame, or `null` for its opening, to the time of its next try. */
  readonly #delays = new Map<string, Map<number | null, number>>();
  readonly #openFailures = new Map<string, number>();

  /** Higher priority first, otherwise in the order of adding. */
  add(job: BatchJob): void {
    const priority = job.shotConfig?.priority ?? 0;
    const before = this.#waiting.findLastIndex((other) => other.priority >= priority);
    this.#waiting.splice(before + 1, 0, { id: job.id, priority });
    this.#openFailures.delete(job.id);
    this.#delays.delete(job.id);
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
    this.#threads.delete(lane);
    if (jobId === null) this.#lanes.delete(lane);
    else this.#lanes.set(lane, jobId);
  }

  /** Says with how many threads a lane renders, until it is occupied anew. */
  setThreads(lane: number, threads: number): void {
    this.#threads.set(lane, threads);
  }

  /** Threads of the frames that the other lanes are rendering. */
  threadsBeside(lane: number): readonly number[] {
    return [...this.#threads].flatMap(([other, threads]) => (other === lane ? [] : [threads]));
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

  /** A frame, or with `null` the opening of a job, must wait until then (`performance.now()`). */
  delay(jobId: string, frame: number | null, until: number): void {
    const delays = this.#delays.get(jobId) ?? new Map<number | null, number>();
    this.#delays.set(jobId, delays.set(frame, until));
  }

  notBefore(jobId: string, frame: number | null): number {
    return this.#delays.get(jobId)?.get(frame) ?? 0;
  }

  /** When the next thing of a job may be tried again, by `performance.now()`; `null`: nothing is held back. */
  nextTry(jobId: string, now: number): number | null {
    const later = [...(this.#delays.get(jobId)?.values() ?? [])].filter((until) => until > now);
    return later.length === 0 ? null : Math.min(...later);
  }

  /** Counts an opening, or an encoding, that failed and is tried again. */
  openFailed(jobId: string): void {
    this.#openFailures.set(jobId, this.openFailures(jobId) + 1);
  }

  openFailures(jobId: string): number {
    return this.#openFailures.get(jobId) ?? 0;
  }

  #drop(jobId: string): void {
    if (this.#waiting[0]?.id === jobId) this.#waiting.shift();
    else this.#waiting = this.#waiting.filter((entry) => entry.id !== jobId);
  }
}
