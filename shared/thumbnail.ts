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

/** The picture that Blender kept in the .blend of a shot, or the number of a frame that an estimate has rendered small. */
export type StandInPicture = 'saved' | number;

/** What is shown of a shot while no frame of it is done. */
export interface StandIn {
  readonly of: StandInPicture;
  /** Another one whenever the picture may be another one. */
  readonly version: number;
}

/** Where the picture comes from that stands for a shot. */
export function standInText({ of }: Pick<StandIn, 'of'>): string {
  return of === 'saved' ? 'Saved with the file' : `From the estimate, frame ${of}`;
}

/** Which picture: of a shot as a whole. */
export interface StandInWish extends Omit<ThumbnailWish, 'frame'> {
  readonly of: StandInPicture;
}

/** Where the window finds what stands for a shot. */
export function standInUrl({ batchId, jobId, of, size }: StandInWish, version: number): string {
  return `${STAND_IN_PATH}${batchId}/${jobId}/${of}?size=${size}&v=${version}`;
}

/** What `standInUrl` shows; `null`: it is another URL, such as of a frame. */
export function standInAt(url: string): Pick<StandIn, 'of'> | null {
  if (!url.startsWith(STAND_IN_PATH)) return null;
  const [, , of = ''] = url.slice(STAND_IN_PATH.length).split(/[/?]/);
  return { of: of === 'saved' ? of : Number(of) };
}

/**
 * Where the window finds a thumbnail.
 * @param version changes whenever the frame is rendered anew, so that an old picture is never shown for it
 */
export function thumbnailUrl(wish: ThumbnailWish, version: number): string {
  const { batchId, jobId, frame, size } = wish;
  return `${THUMBNAIL_PATH}${batchId}/${jobId}/${frame}?size=${size}&v=${version}`;
}
