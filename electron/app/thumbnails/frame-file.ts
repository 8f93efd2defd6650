import { basename, join } from 'node:path';
import type { BatchEvent } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { frameState } from '../../../shared/job-state.ts';
import { THUMBNAIL_PATH, THUMBNAIL_SIZES, type ThumbnailWish } from '../../../shared/thumbnail.ts';
import type { NewestFrame } from '../../../shared/view.ts';
import { ORIGIN } from '../desktop/resource.ts';
import type { FrameFile } from './desk.ts';

/** What a URL of ours asks for; `null` if it is anything else than a thumbnail. */
export function wishOf(url: string): ThumbnailWish | null {
  if (!URL.canParse(url)) return null;
  const { protocol, host, pathname, searchParams } = new URL(url);
  if (`${protocol}//${host}` !== ORIGIN || !pathname.startsWith(THUMBNAIL_PATH)) return null;
  const parts = PLACE.exec(pathname.slice(THUMBNAIL_PATH.length));
  const size = THUMBNAIL_SIZES.find((each) => each === searchParams.get('size'));
  if (!parts || !size) return null;
  const [, batchId = '', jobId = '', frame] = parts;
  return { batchId, jobId, frame: Number(frame), size };
}

/** Batch, job, frame, in the form that IPC demands, too. */
const PLACE = /^([A-Za-z0-9_-][A-Za-z0-9._-]{0,119})\/([0-9a-f]{12})\/(-?\d{1,7})$/;

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

/** Which frame of each job was done last. Costs the same in a shot of any length. */
export class NewestFrames {
  readonly #frames = new Map<string, number>();

  heard(event: BatchEvent): void {
    if (event.type === 'frame-done') this.#frames.set(event.job, event.frame);
  }

  /** Of a job that has rendered nothing meanwhile, or has lost it, the last frame of its range that is done. */
  of(job: BatchJob): NewestFrame | null {
    const frame = this.#frames.get(job.id);
    const state = frame === undefined ? undefined : frameState(job, frame);
    if (frame !== undefined && state?.status === 'done') return { frame, at: state.record.at };
    const index = job.frames.lastIndex('done');
    const last = job.frames.get(index);
    const number = job.plan?.frames[index];
    if (number === undefined || last?.status !== 'done') return null;
    return { frame: number, at: last.record.at };
  }
}
