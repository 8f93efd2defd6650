import { memo } from 'react';
import { type ThumbnailWish, thumbnailUrl } from '../../shared/thumbnail.ts';
import './Thumbnail.css';
import { usePicture } from './use-picture.ts';

interface ThumbnailProps extends Pick<ThumbnailWish, 'batchId' | 'jobId'> {
  /** Pixels of the picture; the room that it takes is its place's. */
  readonly size?: 'row' | 'large';
  /** The frame, and when it was done; `null`: none is. */
  readonly frame: { readonly frame: number; readonly at: number } | null;
  /** For those who can't see it. */
  readonly alt: string;
}

/** In a row of a shot that renders fast it would only flicker. */
const EVERY_MS = 1000;

/** The small picture of a frame. Takes the same room whether there is one or not. */
export const Thumbnail = memo(
  function Thumbnail({ batchId, jobId, size = 'row', frame, alt }: ThumbnailProps) {
    const url = frame && thumbnailUrl({ batchId, jobId, frame: frame.frame, size }, frame.at);
    const { picture, onError } = usePicture(url, EVERY_MS);
    return (
      <span className="thumbnail">
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
