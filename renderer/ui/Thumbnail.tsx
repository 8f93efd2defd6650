import { memo } from 'react';
import { type ThumbnailWish, thumbnailUrl } from '../../shared/thumbnail.ts';
import './Thumbnail.css';
import { usePicture } from './use-picture.ts';

interface ThumbnailProps extends Pick<ThumbnailWish, 'batchId' | 'jobId' | 'size'> {
  /** The frame, and when it was done; `null`: none is. */
  readonly frame: { readonly frame: number; readonly at: number } | null;
  /** For those who can't see it. */
  readonly alt: string;
}

/** In a row of a shot that renders fast it would only flicker; where somebody chooses frames it follows. */
const EVERY_MS = { row: 1000, large: 150 };

/** The picture of a frame. Takes the same room whether there is one or not. */
export const Thumbnail = memo(
  function Thumbnail({ batchId, jobId, size, frame, alt }: ThumbnailProps) {
    const url = frame && thumbnailUrl({ batchId, jobId, frame: frame.frame, size }, frame.at);
    const { picture, onError } = usePicture(url, EVERY_MS[size]);
    return (
      <span className={`thumbnail ${size}`}>
        {picture && <img src={picture} alt={alt} draggable={false} onError={onError} />}
      </span>
    );
  },
  (a, b) =>
    a.batchId === b.batchId &&
    a.jobId === b.jobId &&
    a.frame?.frame === b.frame?.frame &&
    a.frame?.at === b.frame?.at,
);
