import { basename, join } from 'node:path';
import type { BatchJob } from '../../../shared/job.ts';
import { frameState } from '../../../shared/job-state.ts';
import type { ThumbnailWish } from '../../../shared/thumbnail.ts';
import { Maker, type StartMaker } from './maker.ts';
import type { FrameFile } from './messages.ts';

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

/** The file behind a wish; `null` where the job does not know the frame as done. */
export function frameFileOf(job: BatchJob | undefined, wish: ThumbnailWish): FrameFile | null {
  const frame = job && frameState(job, wish.frame);
  if (!job?.plan || frame?.status !== 'done') return null;
  const { file, bytes, sha256 } = frame.record;
  // A journal is a text that anybody may have changed.
  if (basename(file) !== file || !/^[0-9a-f]{32}$/.test(sha256)) return null;
  const { batchId, size } = wish;
  return { batchId, file: join(job.plan.directory, file), bytes, sha256, size };
}
