/** `row`: fills a cell of the table. `large`: the whole picture, as wide as the inspector. */
export const THUMBNAIL_SIZES = ['row', 'large'] as const;
export type ThumbnailSize = (typeof THUMBNAIL_SIZES)[number];

/** Which picture: of a frame that is done. */
export interface ThumbnailWish {
  readonly batchId: string;
  readonly jobId: string;
  readonly frame: number;
  readonly size: ThumbnailSize;
}

/** Below the window's own origin. */
export const THUMBNAIL_PATH = '/thumbnail/';
export const STAND_IN_PATH = '/stand-in/';

/** What is shown of a shot while no frame of it is done: the picture that Blender kept in its .blend. */
export const STAND_INS = ['saved'] as const;
export type StandInKind = (typeof STAND_INS)[number];

export interface StandIn {
  readonly kind: StandInKind;
  /** Another one whenever the picture may be another one. */
  readonly version: number;
}

/** Where the picture comes from that stands for a shot. */
export function standInText({ kind }: StandIn): string {
  return STAND_IN_WORDS[kind];
}

const STAND_IN_WORDS = { saved: 'Saved with the file' } as const;

/** Which picture: of a shot as a whole. */
export interface StandInWish extends Omit<ThumbnailWish, 'frame'> {
  readonly of: StandInKind;
}

/** Where the window finds what stands for a shot. */
export function standInUrl({ batchId, jobId, of, size }: StandInWish, version: number): string {
  return `${STAND_IN_PATH}${batchId}/${jobId}/${of}?size=${size}&v=${version}`;
}

/**
 * Where the window finds a thumbnail.
 * @param version changes whenever the frame is rendered anew, so that an old picture is never shown for it
 */
export function thumbnailUrl(wish: ThumbnailWish, version: number): string {
  const { batchId, jobId, frame, size } = wish;
  return `${THUMBNAIL_PATH}${batchId}/${jobId}/${frame}?size=${size}&v=${version}`;
}
