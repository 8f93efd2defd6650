import type { BatchJob } from '../../shared/job.ts';
import { waitsFor } from '../../shared/waits-for.ts';
import type { BatchProcessor } from '../batch/index.ts';

/** Which shots of a batch wait for which others, for rows that say so. */
export class Waiting {
  readonly #processor: BatchProcessor;
  #dependents = new Map<string, string[]>();
  /** The jobs that they are made of: a batch grows by shots that join its run. */
  #of: readonly BatchJob[] = [];

  constructor(processor: BatchProcessor) {
    this.#processor = processor;
  }

  /** Names of the shots that keep a job waiting. */
  of(job: BatchJob): readonly string[] {
    return waitsFor(job, (id) => this.#processor.job(id));
  }

  /** Ids of the jobs whose waiting changes with this one's state. */
  on(jobId: string): readonly string[] {
    const { jobs } = this.#processor.batch;
    if (jobs !== this.#of) this.#learn(jobs);
    return this.#dependents.get(jobId) ?? [];
  }

  #learn(jobs: readonly BatchJob[]): void {
    this.#of = jobs;
    this.#dependents = new Map();
    for (const { id, shotConfig } of jobs) {
      for (const { job } of shotConfig?.dependsOn ?? []) {
        const known = this.#dependents.get(job);
        if (known) known.push(id);
        else this.#dependents.set(job, [id]);
      }
    }
  }
}
