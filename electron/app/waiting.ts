import type { BatchJob } from '../../shared/job.ts';
import { waitsFor } from '../../shared/waits-for.ts';
import type { BatchProcessor } from '../batch/index.ts';

/** Which shots of a batch wait for which others, for rows that say so. */
export class Waiting {
  readonly #processor: BatchProcessor;
  readonly #dependents = new Map<string, string[]>();

  constructor(processor: BatchProcessor) {
    this.#processor = processor;
    for (const { id, shotConfig } of processor.batch.jobs) {
      for (const { job } of shotConfig?.dependsOn ?? []) {
        const known = this.#dependents.get(job);
        if (known) known.push(id);
        else this.#dependents.set(job, [id]);
      }
    }
  }

  /** Names of the shots that keep a job waiting. */
  of(job: BatchJob): readonly string[] {
    return waitsFor(job, (id) => this.#processor.job(id));
  }

  /** Ids of the jobs whose waiting changes with this one's state. */
  on(jobId: string): readonly string[] {
    return this.#dependents.get(jobId) ?? [];
  }
}
