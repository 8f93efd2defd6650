import { type CheckpointSummary, listCheckpoints } from '../batch/index.ts';
import type { StopMarks } from './stop-marks.ts';

/** The batches that have a checkpoint, as the artist sees them. */
export class KnownBatches {
  #read: Promise<readonly CheckpointSummary[]> | null = null;

  constructor(
    private readonly data: string,
    private readonly stopped: StopMarks,
  ) {}

  /** What is on disk has changed. */
  changed(): void {
    this.#read = null;
  }

  /** Read when it changed, not each second: a journal may be large. */
  all(): Promise<readonly CheckpointSummary[]> {
    this.#read ??= this.#readAll();
    return this.#read;
  }

  async find(batchId: string): Promise<CheckpointSummary | undefined> {
    return (await this.all()).find(({ id }) => id === batchId);
  }

  async #readAll(): Promise<readonly CheckpointSummary[]> {
    const checkpoints = await listCheckpoints(this.data);
    return Promise.all(checkpoints.map((one) => this.stopped.seen(one.id, one)));
  }
}
