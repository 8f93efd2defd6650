import type { BatchJob } from '../../../shared/job.ts';
import type { ThumbnailWish } from '../../../shared/thumbnail.ts';
import { frameFileOf } from './frame-file.ts';
import { Maker, type StartMaker } from './maker.ts';

/** The batches that are open, as far as it matters here. */
export interface OpenBatches {
  readonly find: (
    batchId: string,
  ) => { readonly processor: { job(id: string): BatchJob | undefined } } | undefined;
}

/** Thumbnails of frames that are done: from disk, or made now by a process that everything else comes before. */
export class Thumbnails {
  readonly #maker: Maker;

  constructor(
    start: StartMaker,
    private readonly batches: OpenBatches,
  ) {
    this.#maker = new Maker(start);
  }

  /** WebP; `null` where the frame is not done, its file is another one, or it can't be read. Never rejects. */
  async get(wish: ThumbnailWish): Promise<Uint8Array | null> {
    const job = this.batches.find(wish.batchId)?.processor.job(wish.jobId);
    const frame = frameFileOf(job, wish);
    return frame && this.#maker.get(frame);
  }

  /** Forgets the pictures of a batch. */
  clear(batchId: string): Promise<void> {
    return this.#maker.clear(batchId);
  }

  close(): void {
    this.#maker.close();
  }
}
