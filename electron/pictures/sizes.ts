import type { ThumbnailSize } from '../../shared/thumbnail.ts';

export type { ThumbnailSize };

/** Pixels: twice those of the place where it is shown, for dense screens. */
export const SIZES: Readonly<
  Record<ThumbnailSize, { width: number; height: number; fit: 'cover' | 'inside' }>
> = {
  /** Fills the cell of a table row. */
  row: { width: 144, height: 80, fit: 'cover' },
  /** The whole picture, as wide as the inspector. */
  large: { width: 640, height: 640, fit: 'inside' },
  /** To be judged, beside nothing else. */
  screen: { width: 1920, height: 1920, fit: 'inside' },
};
