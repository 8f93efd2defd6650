import { BatchProcessor, type LoadReport } from '../../electron/engine/index.ts';
import type { BatchResult } from '../../shared/batch.ts';
import type { BatchSignal, JobEvent, LogLine } from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import { jobAfter, stopped } from '../../shared/job-state.ts';

/** An engine whose signals a test speaks itself, so that each moment can be looked at. It touches no disk. */
export class ScriptedProcessor extends BatchProcessor {
  readonly #listeners = new Set<(signal: BatchSignal) => void>();
  readonly #jobs = new Map<string, BatchJob>();
  #settle: ((outcome: BatchResult['outcome'] | Error) => void) | null = null;
  log: LogLine[] = [];
  /** What the next `load` finds. */
  loaded: LoadReport | null = null;

  constructor(jobs: readonly BatchJob[]) {
    const folder = { folder: '/shots', outputRoot: '/shots/renders' };
    super(
      { id: 'shots-1', ...folder, jobs, problems: [], wantsTrust: false },
      { config: { workers: 1 }, dataDirectory: '/nowhere' },
    );
    for (const job of jobs) this.#jobs.set(job.id, job);
  }

  override get jobs(): readonly BatchJob[] {
    return [...this.#jobs.values()];
  }

  override job(id: string): BatchJob | undefined {
    return this.#jobs.get(id);
  }

  override subscribe(listener: (signal: BatchSignal) => void): () => void {
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

  override processBatch(): Promise<BatchResult> {
    return new Promise((resolve, reject) => {
      this.#settle = (end) =>
        end instanceof Error ? reject(end) : resolve({ ...this.getResult(), outcome: end });
    });
  }

  started(): void {
    this.say({ type: 'event', event: { type: 'batch-started', at: 1, run: this.run }, job: null });
  }

  end(outcome: BatchResult['outcome'] | Error): void {
    this.#settle?.(outcome);
  }

  override async load(): Promise<LoadReport> {
    if (!this.loaded) throw new Error('The journal can not be read.');
    return this.loaded;
  }

  override async readLog(): Promise<readonly LogLine[]> {
    return this.log;
  }

  override async cancel(): Promise<void> {
    this.end('cancelled');
  }

  override getProgress() {
    const running = this.jobs.reduce((sum, { counts }) => sum + counts.running, 0);
    const completed = this.jobs.filter(({ status }) => status === 'completed').length;
    const { frames, jobs, ...rest } = super.getProgress();
    return { ...rest, frames: { ...frames, running }, jobs: { ...jobs, completed } };
  }
}
