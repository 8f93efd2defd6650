import type { ThumbnailSize } from '../../../shared/thumbnail.ts';
import type { PixelsAsked } from '../../pictures/pixels.ts';

/** A file with a picture and how its thumbnail is called. */
export interface FrameFile {
  readonly batchId: string;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** Says what is in the file: from the checkpoint, or what a .blend is known by. */
  readonly sha256: string;
  readonly size: ThumbnailSize;
  /** It is a .blend: the picture that Blender kept in it. */
  readonly isBlend?: true;
}

/** Content and size decide the picture; the batch only where it is kept. */
export function pictureName({ batchId, sha256, bytes, size }: FrameFile): string {
  return `${batchId}/${sha256}-${bytes}-${size}`;
}

export function pixelsName({ file, bytes }: Pick<FrameFile, 'file' | 'bytes'>): string {
  return `pixels of ${bytes} bytes in ${file}`;
}

/** A frame of a shot that an estimate has rendered small. */
export interface Trial {
  readonly batchId: string;
  readonly jobId: string;
  /** Of the job: what the picture was made from. */
  readonly source: string;
  readonly frame: number;
}

/** A shot that has pictures from estimates. */
export type TrialsOf = Pick<Trial, 'batchId' | 'jobId'>;

/** What all pictures of a shot from estimates begin with. */
export function trialsName({ batchId, jobId }: TrialsOf): string {
  return `${batchId}/tried-${jobId}-`;
}

export function trialName(trial: Trial, size: ThumbnailSize): string {
  return `${trialsName(trial)}${trial.source}-${trial.frame}-${size}`;
}

/** What a file in the folder of a batch is the small picture of; `null`: of no trial. */
export function trialIn(batchId: string, name: string): Trial | null {
  const [, jobId, source, frame] = TRIAL.exec(name) ?? [];
  if (jobId === undefined || source === undefined) return null;
  return { batchId, jobId, source, frame: Number(frame) };
}

/** As `trialName` has it, with the extension of the cache. */
const TRIAL = /^tried-([0-9a-f]{12})-([0-9a-f]{32})-(-?\d{1,7})-row\.webp$/;

/** From the main process to the maker. */
export type Order =
  | { readonly type: 'get'; readonly id: number; readonly frame: FrameFile }
  /** Keeps what was tried in all sizes, and nothing that was tried of the shot before. */
  | { readonly type: 'keep'; readonly id: number; readonly trial: Trial; readonly file: string }
  | {
      readonly type: 'kept';
      readonly id: number;
      readonly trial: Trial;
      readonly size: ThumbnailSize;
    }
  | {
      readonly type: 'pixels';
      readonly id: number;
      readonly file: Pick<FrameFile, 'file' | 'bytes'>;
      readonly asked: PixelsAsked;
    }
  | { readonly type: 'forget-trials'; readonly id: number; readonly of: TrialsOf }
  | { readonly type: 'clear'; readonly id: number; readonly batchId: string };

/** From the maker to the main process. */
export type Answer =
  /** It listens from now on. */
  | { readonly type: 'ready' }
  /** A picture, or values as `packedPixels` packs them. */
  | { readonly type: 'done'; readonly id: number; readonly picture: Uint8Array | null }
  /** The name of a picture that it begins with. */
  | { readonly type: 'making'; readonly name: string }
  /** The name of one that it has not died of. */
  | { readonly type: 'made'; readonly name: string };
