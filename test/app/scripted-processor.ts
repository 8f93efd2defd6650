import type { BatchProcessor, LoadReport } from '../../electron/engine/index.ts';
import { type Batch, type BatchResult, DEFAULT_CONFIG } from '../../shared/batch.ts';
import type { BatchSignal, JobEvent, LogLine } from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import { jobAfter, stopped } from '../../shared/job-state.ts';
import { type PauseReason, QUIET_NIGHT } from '../../shared/night.ts';

/** An engine whose signals a test speaks itself, so that each moment can be looked at. */
export class ScriptedProcessor {
  readonly #listeners = new Set<(signal: BatchSignal) => void>();
  readonly #jobs = new Map<string, BatchJob>();
  #settle: ((outcome: BatchResult['outcome'] | Error) => void) | null = null;
  paused: { reason: PauseReason; message: string } | null = null;
  blender = null;
  config = DEFAULT_CONFIG;
  log: LogLine[] = [];
  readonly batch: Batch;

  constructor(jobs: readonly BatchJob[]) {
    this.batch = {
      id: 'shots-1',
      folder: '/shots',
      outputRoot: '/shots/renders',
      jobs,
      problems: [],
      wantsTrust: false,
    };
    for (const job of jobs) this.#jobs.set(job.id, job);
  }

  get asProcessor(): BatchProcessor {
    return this as unknown as BatchProcessor;
  }

  get jobs(): readonly BatchJob[] {
    return [...this.#jobs.values()];
  }

  job(id: string): BatchJob | undefined {
    return this.#jobs.get(id);
  }

  subscribe(listener: (signal: BatchSignal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  say(signal: BatchSignal): void {
    for (const listener of this.#listeners) listener(signal);
  }

  /** Something happens to a job. */
  happen(event: JobEvent): void {
    const job = this.#jobs.get(event.job);
    if (!job) throw new Error(`No job ${event.job}.`);
    const next = jobAfter(job, event);
    this.#jobs.set(job.id, next);
    this.say({ type: 'event', event, job: next });
  }

  /** What the engine does to each job of a run that broke off, without telling. */
  stop(id: string): void {
    const job = this.#jobs.get(id);
    if (job) this.#jobs.set(id, stopped(job));
  }

  processBatch(): Promise<BatchResult> {
    return new Promise((resolve, reject) => {
      this.#settle = (end) =>
        end instanceof Error ? reject(end) : resolve({ ...this.getResult(), outcome: end });
    });
  }

  started(): void {
    const event = { type: 'batch-started', at: 1, run: this.getResult().run } as const;
    this.say({ type: 'event', event, job: null });
  }

  end(outcome: BatchResult['outcome'] | Error): void {
    this.#settle?.(outcome);
  }

  /** What the next `load` finds. */
  loaded: LoadReport | null = null;

  async load(): Promise<LoadReport> {
    if (!this.loaded) throw new Error('The journal can not be read.');
    return this.loaded;
  }

  async readLog(): Promise<readonly LogLine[]> {
    return this.log;
  }

  configure(config: Partial<typeof DEFAULT_CONFIG>): void {
    this.config = { ...this.config, ...config };
  }

  async cancel(): Promise<void> {
    this.end('cancelled');
  }

  close(): Promise<void> {
    return this.cancel();
  }

  readonly night = QUIET_NIGHT;

  getProgress() {
    const running = this.jobs.reduce((sum, { counts }) => sum + counts.running, 0);
    const frames = { total: 1, done: 0, kept: 0, running, failed: 0, waiting: 0 };
    const completed = this.jobs.filter(({ status }) => status === 'completed').length;
    return { totalJobs: this.jobs.length, frames, jobs: { completed }, paused: null };
  }

  readonly outlook = { shotSeconds: () => null };

  readonly run = { workers: 1 };

  getResult() {
    return { outcome: 'completed', jobs: this.jobs, run: this.run } as unknown as BatchResult;
  }
}
