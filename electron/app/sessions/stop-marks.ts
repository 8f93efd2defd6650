import { join } from 'node:path';
import { z } from 'zod';
import type { BatchOutcome } from '../../../shared/batch.ts';
import { JsonFile } from '../stores/json-file.ts';

const schema = z.array(z.string());

/**
 * Batches that were stopped because the app was closed. For the engine they are cancelled; for the
 * artist, who did not cancel them, they are interrupted and wait to be resumed.
 */
export class StopMarks {
  readonly #file: JsonFile<string[]>;

  constructor(data: string) {
    this.#file = new JsonFile(join(data, 'stopped.json'), schema, []);
  }

  async add(batchId: string): Promise<void> {
    const marks = await this.#file.read();
    if (!marks.includes(batchId)) await this.#file.write([...marks, batchId]);
  }

  /** It renders again, or was cleared: how it was stopped before does not matter any more. */
  async remove(batchId: string): Promise<void> {
    const marks = await this.#file.read();
    if (marks.includes(batchId)) await this.#file.write(marks.filter((id) => id !== batchId));
  }

  /** Something with an outcome, as the artist sees it. */
  async seen<T extends { readonly outcome: BatchOutcome | null }>(
    batchId: string,
    it: T,
  ): Promise<T> {
    if (it.outcome !== 'cancelled' || !(await this.#file.read()).includes(batchId)) return it;
    return { ...it, outcome: 'interrupted' };
  }
}
