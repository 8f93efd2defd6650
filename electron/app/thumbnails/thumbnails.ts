import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BatchJob } from '../../../shared/job.ts';
import { frameState } from '../../../shared/job-state.ts';
import { type FilmWish, type PixelWish, playsAsItIs } from '../../../shared/picture.ts';
import type { StandInWish, ThumbnailWish } from '../../../shared/thumbnail.ts';
import { frameVersions, type TriedPicture } from '../../engine/index.ts';
import { Maker, type StartMaker } from './maker.ts';
import { type FrameFile, type Trial, trialIn } from './messages.ts';

/** The batches that are open, as far as it matters here. */
export interface OpenBatches {
  readonly find: (
    batchId: string,
  ) => { readonly processor: { job(id: string): BatchJob | undefined } } | undefined;
}

/**
 * Pictures of frames that are done: small ones from disk, or made now by a process that everything else comes before;
 * large ones, films and values for who looks at a shot, from a process that he waits for.
 */
export class Thumbnails {
  readonly #maker: Maker;
  readonly #inFront: Maker;

  /**
   * @param startInFront starts the process for what somebody looks at right now
   * @param folder where the first one keeps what it makes
   */
  constructor(
    start: StartMaker,
    startInFront: StartMaker,
    private readonly batches: OpenBatches,
    private readonly folder: string,
  ) {
    this.#maker = new Maker(start);
    this.#inFront = new Maker(startInFront);
  }

  /** WebP; `null` where the frame is not done, its file is another one, or it can't be read. Never rejects. */
  async get(wish: ThumbnailWish): Promise<Uint8Array | null> {
    const frame = frameFileOf(this.#job(wish), wish);
    return frame && this.#maker.get(frame);
  }

  /** The same for the window. A large one is looked at right now: somebody waits for it. */
  async shown(wish: ThumbnailWish): Promise<Uint8Array | null> {
    if (wish.size === 'row') return this.get(wish);
    const frame = frameFileOf(this.#job(wish), wish);
    return frame && this.#inFront.get(frame);
  }

  /** What stands for a shot while no frame of it is done, as WebP; `null`: nothing. Never rejects. */
  async standIn(wish: StandInWish): Promise<Uint8Array | null> {
    const job = this.#job(wish);
    if (wish.of !== 'saved') {
      const trial = job && trialOf(wish.batchId, job, wish.of);
      return trial ? this.#maker.kept(trial, wish.size) : null;
    }
    const file = await savedFileOf(job, wish);
    return file && this.#maker.get(file);
  }

  /** Keeps the picture of a frame that was tried in place of the one before. Resolves with whether it could. Never rejects. */
  async keepTrial(batchId: string, job: TriedJob, { frame, file }: TriedPicture): Promise<boolean> {
    const trial = trialOf(batchId, job, frame);
    return trial !== null && (await this.#maker.keep(trial, file)) !== null;
  }

  /**
   * What is kept of the estimates of a batch: the frame of each job, by its id. What was made from other files than those of
   * now is forgotten. Never rejects.
   */
  async trialsOf(batchId: string, jobs: readonly TriedJob[]): Promise<ReadonlyMap<string, number>> {
    const names = await readdir(join(this.folder, batchId)).catch(() => []);
    const found = names.flatMap((name) => trialIn(batchId, name) ?? []);
    if (found.length === 0) return new Map();
    const sources = new Map(jobs.map(({ id, source }) => [id, source]));
    const trials = new Map<string, number>();
    for (const trial of found) {
      const { jobId, source, frame } = trial;
      if (sources.get(jobId) === source) trials.set(jobId, frame);
      else void this.#maker.forgetTrials(trial);
    }
    return trials;
  }

  /** A small picture to be played: the file as it is if it is light, else a WebP. `null`: there is none. Never rejects. */
  async film(wish: FilmWish): Promise<Uint8Array | null> {
    const job = this.#job(wish);
    const frame = frameFileOf(job, { ...wish, size: 'large' });
    if (!job || !frame) return null;
    const { format = null, width = null, height = null } = job.plan ?? {};
    const isLight = playsAsItIs(format, width, height) && frame.bytes <= LIGHT_BYTES;
    if (!isLight) return this.#inFront.get(frame);
    const found = await stat(frame.file).catch(() => null);
    // A file of another length is not the recorded frame.
    return found?.size === frame.bytes ? readFile(frame.file).catch(() => null) : null;
  }

  /** Values as `packedPixels` packs them; `null` where there is no such picture. Never rejects. */
  async pixels(wish: PixelWish): Promise<Uint8Array | null> {
    const job = this.#job(wish);
    const file =
      wish.replacedAt === null
        ? frameFileOf(job, { ...wish, size: 'large' })
        : await replacedFile(job, wish.frame, wish.replacedAt);
    return file && this.#inFront.pixels(file, wish);
  }

  /** Forgets the pictures of a batch. */
  async clear(batchId: string): Promise<void> {
    await Promise.all([this.#maker.clear(batchId), this.#inFront.clear(batchId)]);
  }

  close(): void {
    this.#maker.close();
    this.#inFront.close();
  }

  #job({ batchId, jobId }: Pick<ThumbnailWish, 'batchId' | 'jobId'>): BatchJob | undefined {
    return this.batches.find(batchId)?.processor.job(jobId);
  }
}

/** Of a frame file that is played as it is. */
const LIGHT_BYTES = 2 ** 20;

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

type TriedJob = Pick<BatchJob, 'id' | 'source'>;

/** A journal is a text that anybody may have changed. */
function trialOf(batchId: string, { id, source }: TriedJob, frame: number): Trial | null {
  return /^[0-9a-f]{32}$/.test(source) ? { batchId, jobId: id, source, frame } : null;
}

/** The .blend of a shot, known by when it was saved; `null`: it is not there. */
async function savedFileOf(
  job: BatchJob | undefined,
  { batchId, size }: StandInWish,
): Promise<FrameFile | null> {
  const file = job?.shotConfig?.blend ?? null;
  const found = file === null ? null : await stat(file).catch(() => null);
  if (file === null || !found?.isFile()) return null;
  const { size: bytes, mtimeMs } = found;
  const known = createHash('sha256').update(`saved ${file} ${mtimeMs}`).digest('hex');
  return { batchId, file, bytes, sha256: known.slice(0, 32), size, isBlend: true };
}

/** The file of a frame that a newer one has replaced at that time; `null`: it is not there. */
async function replacedFile(
  job: BatchJob | undefined,
  frame: number,
  replacedAt: number,
): Promise<Pick<FrameFile, 'file' | 'bytes'> | null> {
  const versions = job?.plan ? await frameVersions(job.plan, frame) : [];
  const file = versions.find(({ at }) => at === replacedAt)?.file;
  const found = file === undefined ? null : await lstat(file).catch(() => null);
  return file !== undefined && found?.isFile() ? { file, bytes: found.size } : null;
}
