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

/**
 * Where the window finds a thumbnail.
 * @param version changes whenever the frame is rendered anew, so that an old picture is never shown for it
 */
export function thumbnailUrl(wish: ThumbnailWish, version: number): string {
  const { batchId, jobId, frame, size } = wish;
  return `${THUMBNAIL_PATH}${batchId}/${jobId}/${frame}?size=${size}&v=${version}`;
}
