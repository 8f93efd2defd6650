import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { movedBefore } from '../../shared/order.ts';
import type { BatchStore } from './batch-store.ts';
import { writeAtomically } from './checkpoint/atomic-file.ts';
import type { Run } from './pool/run.ts';

const fileSchema = z.object({ order: z.array(z.string()).max(1_000_000) });

/** The order that the artist gave the shots by hand. Beside the journal, since it is no fact of one job. */
export class ChosenOrder {
  #reading: Promise<void> | null = null;

  /** @param run the one that is on */
  constructor(
    private readonly store: BatchStore,
    private readonly place: { readonly checkpointPath: string },
    private readonly run: () => Pick<Run, 'queue' | 'bell'> | null,
  ) {}

  /** Takes up what an earlier start has kept. Never rejects: what can't be read counts as none. */
  read(): Promise<void> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /**
   * Puts jobs before another one, `null`: at the end. At once: waiting shots of one priority start in this order from
   * now on, whatever is expected of their work. Rejects with a sentence where it can't be kept for the next start.
   */
  async move(jobIds: readonly string[], before: string | null): Promise<void> {
    await this.read();
    const order = movedBefore(
      this.store.jobs.map(({ id }) => id),
      jobIds,
      before,
    );
    this.store.arrange(order);
    const run = this.run();
    run?.queue.arrange(order);
    run?.bell.ring();
    try {
      await mkdir(this.place.checkpointPath, { recursive: true });
      await writeAtomically(this.#file, JSON.stringify({ order }));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        `The shots are in their new order, but it can't be kept for the next start: ${why}.`,
      );
    }
  }

  /** The folder's order again, where the checkpoint is being cleared. */
  forget(): void {
    this.store.arrange(null);
  }

  async #read(): Promise<void> {
    try {
      const { order } = fileSchema.parse(JSON.parse(await readFile(this.#file, 'utf8')));
      this.store.arrange(order);
    } catch {
      // None was ever chosen.
    }
  }

  get #file(): string {
    return join(this.place.checkpointPath, 'order.json');
  }
}
