import { File, Timer } from 'lucide-react';
import { memo, useEffect, useRef, useState } from 'react';
import {
  type StandIn,
  standInAt,
  standInText,
  standInUrl,
  type ThumbnailSize,
  type ThumbnailWish,
  thumbnailUrl,
} from '../../shared/thumbnail.ts';
import './Thumbnail.css';

interface ThumbnailProps extends Pick<ThumbnailWish, 'batchId' | 'jobId'> {
  /** Pixels of the picture; the room that it takes is its place's. */
  readonly size?: ThumbnailSize;
  /** The frame, and when it was done; `null`: none is. */
  readonly frame: { readonly frame: number; readonly at: number } | null;
  /** What is shown while there is none. */
  readonly standIn?: StandIn | null;
  /** For those who can't see it. */
  readonly alt: string;
}

/** In a row of a shot that renders fast it would only flicker. */
const EVERY_MS = 1000;

/**
 * The small picture of a frame, else what stands for its shot: paler, with a mark, so that nobody takes it for a frame. Takes
 * the same room whether there is one or not.
 */
export const Thumbnail = memo(
  function Thumbnail(props: ThumbnailProps) {
    const { batchId, jobId, size = 'row', frame, standIn = null, alt } = props;
    const urlOf = (size: ThumbnailSize) =>
      frame
        ? thumbnailUrl({ batchId, jobId, frame: frame.frame, size }, frame.at)
        : standIn && standInUrl({ batchId, jobId, of: standIn.of, size }, standIn.version);
    // The one of a row was mostly made before: it stands in for the large one until that has come.
    const row = usePicture(urlOf('row'), EVERY_MS);
    const large = usePicture(size === 'large' ? urlOf('large') : null, EVERY_MS);
    const { picture, onError } = large.picture === null ? row : large;
    // What was shown before stays until the next one has come, and is still no frame.
    const stands = picture === null ? null : standInAt(picture);
    const what = stands ? standInText(stands) : alt;
    const Mark = stands?.of === 'saved' ? File : Timer;
    return (
      <span
        className={stands ? 'thumbnail stand-in' : 'thumbnail'}
        title={stands ? what : undefined}
      >
        {picture && <img src={picture} alt={what} draggable={false} onError={onError} />}
        {stands && <Mark className="thumbnail-mark" size={11} aria-hidden="true" />}
      </span>
    );
  },
  (a, b) =>
    a.batchId === b.batchId &&
    a.jobId === b.jobId &&
    a.frame?.frame === b.frame?.frame &&
    a.frame?.at === b.frame?.at &&
    a.standIn?.of === b.standIn?.of &&
    a.standIn?.version === b.standIn?.version,
);

/** What stands for a shot, as soon as it can be shown, and its URL; `null`: nothing can. */
export function useStandIn(
  { batchId, jobId }: Pick<ThumbnailWish, 'batchId' | 'jobId'>,
  standIn: StandIn | null,
): (Pick<StandIn, 'of'> & { readonly url: string }) | null {
  const url =
    standIn && standInUrl({ batchId, jobId, of: standIn.of, size: 'large' }, standIn.version);
  const { picture } = usePicture(url, EVERY_MS);
  const stands = picture === null ? null : standInAt(picture);
  return picture !== null && stands ? { ...stands, url: picture } : null;
}

/** A row that only flies by while somebody scrolls asks for nothing. */
const SETTLE_MS = 100;
/** Pictures that were on screen lately, so that they are there at once when their row comes back. */
const LATELY = 500;

const shownLately = new Set<string>();

interface Shown {
  /** What was tried last. */
  readonly url: string | null;
  /** It can't be shown. */
  readonly broken: boolean;
}

/**
 * The picture to show for a URL: the old one stays until the new one has been loaded. `null` until there is one,
 * and where it can't be loaded. One at a time is asked for.
 * @param everyMs a picture changes no more often
 */
function usePicture(
  url: string | null,
  everyMs: number,
): { picture: string | null; onError: () => void } {
  const [shown, setShown] = useState<Shown>(() => ({ url: knownUrl(url), broken: false }));
  // Since when it waits, and when it asked last.
  const times = useRef({ begun: performance.now(), asked: Number.NEGATIVE_INFINITY });
  const loading = useRef<HTMLImageElement | null>(null);
  useEffect(() => {
    if (url === shown.url || loading.current) return;
    if (url === null) return setShown({ url, broken: false });
    const { begun, asked } = times.current;
    const due = Math.max(begun + SETTLE_MS, asked + everyMs);
    const timer = setTimeout(() => {
      times.current.asked = performance.now();
      const image = new Image();
      loading.current = image;
      const loaded = (broken: boolean) => {
        if (loading.current !== image) return;
        loading.current = null;
        if (!broken) remember(url);
        setShown({ url, broken });
      };
      image.src = url;
      image.decode().then(
        () => loaded(false),
        () => loaded(true),
      );
    }, due - performance.now());
    return () => clearTimeout(timer);
  }, [url, shown, everyMs]);
  useEffect(
    () => () => {
      if (loading.current) loading.current.src = '';
      loading.current = null;
    },
    [],
  );
  return {
    picture: shown.broken ? null : shown.url,
    onError: () => setShown((now) => ({ ...now, broken: true })),
  };
}

function knownUrl(url: string | null): string | null {
  return url !== null && shownLately.has(url) ? url : null;
}

function remember(url: string): void {
  shownLately.delete(url);
  shownLately.add(url);
  const [oldest] = shownLately;
  if (shownLately.size > LATELY && oldest !== undefined) shownLately.delete(oldest);
}
