import type { BatchProgress } from '../../shared/batch.ts';
import { type BatchEvent, type BatchSignal, isJobEvent } from '../../shared/events.ts';
import type { BatchJob, JobStatus } from '../../shared/job.ts';
import { type FrameEvent, framesToRender, knownCounts, restarted } from '../../shared/job-state.ts';
import type { Night } from '../../shared/night.ts';
import { arranged } from '../../shared/order.ts';
import { jobAfterOrAdded, NO_RUN, type RunState, runAfter } from './journal/batch-state.ts';

/** Writes an event to the journal; resolves when it is written, and with `sync` when it is on disk. */
type Persist = (event: BatchEvent, options: { sync: boolean }) => Promise<void>;

/**
 * The one owner of the jobs of a batch, and the one place where they change: judge, persist, apply, tell.
 * The cost of a change is that of one job, whatever the size of the batch.
 */
export class BatchStore {
  readonly #jobs = new Map<string, BatchJob>();
  readonly #listeners = new Set<(signal: BatchSignal) => void>();
  readonly #blamed = new WeakSet<(signal: BatchSignal) => void>();
  readonly #writing = new Set<Promise<void>>();
  #order: readonly string[] | null = null;
  #totals: Totals;
  #run: RunState = NO_RUN;
  #writeError: unknown = null;

  /** Set while a run owns the journal. */
  persist: Persist | null = null;
  /** Told when the journal can't be written, so that the run stops instead of going on unrecorded. */
  onWriteError: (error: unknown) => void = () => {};

  constructor(jobs: readonly BatchJob[]) {
    for (const job of jobs) this.#jobs.set(job.id, job);
    this.#totals = totalsOf(jobs);
  }

  get jobs(): readonly BatchJob[] {
    return [...this.#jobs.values()];
  }

  get totals(): Totals {
    return this.#totals;
  }

  /** The newest run; `null`: there was none. */
  get run(): RunState['run'] {
    return this.#run.run;
  }

  /** What the night has met so far. */
  get night(): Night {
    return this.#run.night;
  }

  /** How the newest run ended; `null`: there was none. */
  get outcome(): RunState['outcome'] {
    return this.#run.outcome;
  }

  /** Throws where there is none; `find` doesn't. */
  job(id: string): BatchJob {
    const job = this.#jobs.get(id);
    if (!job) throw new Error(`There is no job ${id} in this batch.`);
    return job;
  }

  find(id: string): BatchJob | undefined {
    return this.#jobs.get(id);
  }

  has(id: string): boolean {
    return this.#jobs.has(id);
  }

  /** The ids in the order that the artist chose; `null`: that of the folder. */
  get order(): readonly string[] | null {
    return this.#order;
  }

  /** Puts the jobs in an order, also those that are put in place of them later. */
  arrange(order: readonly string[] | null): void {
    this.#order = order;
    this.#fill([...this.#jobs.values()]);
  }

  /** Puts other jobs in place of all, and what is known of the run, as loading the checkpoint does. */
  replace(jobs: readonly BatchJob[], run: RunState = this.#run): void {
    // No more than this of what may be a whole replayed journal.
    const { run: info, outcome, lastAt, night, gone } = run;
    this.#run = { run: info, outcome, lastAt, night, gone };
    this.#fill(jobs);
    this.#totals = totalsOf(jobs);
  }

  /** Takes in a job that the batch did not have. */
  add(job: BatchJob): void {
    this.#jobs.set(job.id, job);
    this.#totals = plus(this.#totals, job, 1);
  }

  subscribe(listener: (signal: BatchSignal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Changes state at once; the journal is written behind. For what is no loss if a crash takes it. Throws, and
   * writes nothing, where the event is not legal.
   */
  record(event: BatchEvent): void {
    const changed = changedBy(event, this.#jobs);
    const writing = this.#write(event, false);
    this.#writing.add(writing);
    void writing.catch(this.#failed).finally(() => this.#writing.delete(writing));
    this.#apply(event, changed);
  }

  /** Writes ahead: resolves when what happened to a frame is on disk. State is changed by `fulfil` afterwards. */
  async promise(event: FrameEvent): Promise<void> {
    // What happens to a frame is legal for every job that there is.
    this.job(event.job);
    await this.#write(event, true);
  }

  /** Applies an event that was promised before, or that another process has written. Throws where it is not legal. */
  fulfil(event: BatchEvent): void {
    this.#apply(event, changedBy(event, this.#jobs));
  }

  /**
   * Judges events that are to be written together, each after those before it: the error of each that is not
   * legal, and what takes in the others once they are written.
   */
  judge(events: readonly BatchEvent[]): {
    readonly errors: readonly (Error | null)[];
    readonly takeIn: () => void;
  } {
    const draft = new Map<string, BatchJob>();
    const jobs: Jobs = {
      get: (id) => draft.get(id) ?? this.#jobs.get(id),
      keys: () => new Set([...this.#jobs.keys(), ...draft.keys()]),
    };
    const errors = events.map((event) => {
      try {
        for (const job of changedBy(event, jobs)) draft.set(job.id, job);
        return null;
      } catch (error) {
        return error as Error;
      }
    });
    return { errors, takeIn: () => this.#put(draft.values()) };
  }

  /** Tells something that is shown and changes no state. */
  tell(signal: BatchSignal): void {
    for (const listener of this.#listeners) {
      try {
        listener(signal);
      } catch (error) {
        this.#blame(listener, error);
      }
    }
  }

  /** Resolves when nothing recorded so far waits to be written any more. */
  async written(): Promise<void> {
    while (this.#writing.size > 0) await Promise.allSettled([...this.#writing]);
  }

  /** Resolves when everything recorded so far is in the journal; throws what went wrong with it. */
  async flush(): Promise<void> {
    await this.written();
    const error = this.#writeError;
    this.#writeError = null;
    if (error) throw error;
  }

  /** Who only watches must not stop the night; told once, since it would be told with every line. */
  #blame(listener: (signal: BatchSignal) => void, error: unknown): void {
    if (this.#blamed.has(listener)) return;
    this.#blamed.add(listener);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.emitWarning(`A listener of the batch failed, the batch goes on: ${text}`);
  }

  #fill(jobs: readonly BatchJob[]): void {
    this.#jobs.clear();
    for (const job of this.#order ? arranged(jobs, this.#order) : jobs) this.#jobs.set(job.id, job);
  }

  readonly #failed = (error: unknown): void => {
    this.#writeError ??= error;
    this.onWriteError(error);
  };

  async #write(event: BatchEvent, sync: boolean): Promise<void> {
    await this.persist?.(event, { sync });
  }

  #apply(event: BatchEvent, changed: readonly BatchJob[]): void {
    this.#put(changed);
    if (isJobEvent(event)) {
      this.tell({ type: 'event', event, job: this.job(event.job) });
    } else {
      this.#run = runAfter(this.#run, event);
      this.tell({ type: 'event', event, job: null });
    }
  }

  #put(jobs: Iterable<BatchJob>): void {
    for (const after of jobs) {
      const before = this.#jobs.get(after.id);
      if (before === after) continue;
      this.#jobs.set(after.id, after);
      if (before) this.#totals = plus(this.#totals, before, -1);
      this.#totals = plus(this.#totals, after, 1);
    }
  }
}

type Jobs = Pick<ReadonlyMap<string, BatchJob>, 'get'> & { keys(): Iterable<string> };

/** The jobs that an event changes, as they are then. Throws where it is not legal. */
function changedBy(event: BatchEvent, jobs: Jobs): readonly BatchJob[] {
  if (isJobEvent(event)) return [jobAfterOrAdded(jobs.get(event.job), event)];
  // A new run means that the one before is over, however it ended.
  if (event.type !== 'batch-started') return [];
  return [...jobs.keys()].map((id) => restarted(jobs.get(id) as BatchJob));
}

/** Sums over all jobs, kept up to date with each event instead of counted anew. */
export interface Totals {
  readonly jobs: Readonly<Record<JobStatus, number>>;
  readonly frames: BatchProgress['frames'];
  readonly unplanned: number;
  /** Frames that this run is still going to render, as far as they are known. */
  readonly left: number;
  /** Rendering seconds and frames behind them: what an average frame takes. */
  readonly renderSeconds: number;
}

const NOTHING: Totals = {
  jobs: { waiting: 0, running: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 },
  frames: { total: 0, done: 0, kept: 0, running: 0, failed: 0, waiting: 0 },
  unplanned: 0,
  left: 0,
  renderSeconds: 0,
};

export function totalsOf(jobs: readonly BatchJob[]): Totals {
  return jobs.reduce((totals, job) => plus(totals, job, 1), NOTHING);
}

function plus(totals: Totals, job: BatchJob, by: 1 | -1): Totals {
  const { frames } = totals;
  const counts = knownCounts(job);
  const left = framesToRender(job);
  return {
    jobs: { ...totals.jobs, [job.status]: totals.jobs[job.status] + by },
    frames: {
      total: frames.total + by * counts.total,
      done: frames.done + by * counts.done,
      kept: frames.kept + by * counts.kept,
      running: frames.running + by * counts.running,
      failed: frames.failed + by * counts.failed,
      waiting: frames.waiting + by * counts.waiting,
    },
    unplanned:
      totals.unplanned + by * (isOpen(job) && job.plan === null && counts.total === 0 ? 1 : 0),
    left: totals.left + by * (isOpen(job) ? left.waiting + left.running : 0),
    renderSeconds: totals.renderSeconds + by * job.renderSeconds,
  };
}

function isOpen(job: BatchJob): boolean {
  return job.status === 'waiting' || job.status === 'running';
}
