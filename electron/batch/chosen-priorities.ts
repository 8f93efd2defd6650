import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobEvent } from '../../shared/events.ts';
import type { BatchStore } from './batch-store.ts';
import { BatchCheckpoint } from './checkpoint/batch-checkpoint.ts';

/** Priorities that the artist chose while no run kept the journal: written at once where that can be, else by the next run. */
export class ChosenPriorities {
  readonly #store: BatchStore;
  readonly #unwritten = new Map<string, JobEvent>();
  #writing: Promise<void> = Promise.resolve();

  constructor(store: BatchStore) {
    this.#store = store;
  }

  /** @param isKept a run writes the journal: there is nothing to be remembered */
  choose(jobIds: readonly string[], priority: number, isKept: boolean): void {
    for (const job of jobIds) {
      const over = this.#store.job(job).shotConfig?.priority ?? 0;
      const event = { type: 'job-prioritized', job, at: Date.now(), priority, over } as const;
      this.#store.record(event);
      if (!isKept) this.#unwritten.set(job, event);
    }
  }

  /** The state of the jobs was read anew: what is not written yet counts on. Their ids. */
  again(): readonly string[] {
    for (const event of this.#unwritten.values()) this.#store.record(event);
    return [...this.#unwritten.keys()];
  }

  /** The same where a run keeps the journal: nothing is left to be remembered. */
  handOver(): readonly string[] {
    const ids = this.again();
    this.#unwritten.clear();
    return ids;
  }

  /** Writes them into the checkpoint of a batch that was rendered before and that nobody renders now. */
  write(directory: string): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write(directory));
    return this.#writing;
  }

  /** Resolves when nothing holds the checkpoint any more. */
  written(): Promise<void> {
    return this.#writing;
  }

  async #write(directory: string): Promise<void> {
    if (this.#unwritten.size === 0) return;
    if (!(await stat(join(directory, 'journal.jsonl')).catch(() => null))) return;
    const checkpoint = new BatchCheckpoint(directory);
    try {
      await checkpoint.open();
      await Promise.all([...this.#unwritten].map((one) => this.#append(checkpoint, one)));
    } catch {
      // Somebody else has it, or the disk refuses: the next run writes them.
    } finally {
      await checkpoint.close();
    }
  }

  async #append(checkpoint: BatchCheckpoint, [id, event]: [string, JobEvent]): Promise<void> {
    // A shot that the journal has not met is refused: it comes with its first run.
    const isWritten = await checkpoint.append(event, { sync: true }).then(
      () => true,
      () => false,
    );
    if (isWritten && this.#unwritten.get(id) === event) this.#unwritten.delete(id);
  }
}
