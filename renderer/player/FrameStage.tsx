import { useEffect, useReducer, useRef, useState } from 'react';
import { type ThumbnailSize, thumbnailUrl } from '../../shared/thumbnail.ts';
import type { FrameDetail } from '../../shared/view.ts';
import { filmLine, frameLine, whyNoPicture } from '../text/frame-text.ts';
import { useChosenFrame, usePlaying } from './film.ts';
import { needed, reelOf } from './flipbook.ts';
import { MOST_HELD, PictureShelf, type PictureState } from './picture-shelf.ts';
import './FrameStage.css';

interface FrameStageProps {
  readonly batchId: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly frames: readonly FrameDetail[];
  /** Index of the frame to show. */
  readonly at: number;
  /** `screen` shows the smaller picture until the large one has come. */
  readonly size: Exclude<ThumbnailSize, 'row'>;
  /** What stands here where there is no frame. */
  readonly none?: string;
}

/** Neighbours that are loaded ahead for those who step. */
const NEAR = [1, -1, 2, -2];

/**
 * One frame: its picture, else why there is none. Where a film comes to a frame that is missing, or whose picture is
 * still on its way, the one before stays, and the line below says so.
 */
export function FrameStage({ batchId, jobId, jobName, frames, at, size, none }: FrameStageProps) {
  const playing = usePlaying(`${batchId}/${jobId}`);
  const loop = useChosenFrame((state) => state.loop);
  const urlOf = (detail: FrameDetail | undefined, of: ThumbnailSize) =>
    detail?.state.status === 'done'
      ? thumbnailUrl({ batchId, jobId, frame: detail.frame, size: of }, detail.state.record.at)
      : null;
  const shown = frames[at];
  const small = urlOf(shown, 'large');
  const sharp = playing ? small : urlOf(shown, size);
  const reel = playing ? reelOf(frames) : null;
  const near = reel ? needed(at, reel, loop, MOST_HELD) : NEAR.map((by) => at + by);
  const ahead = near.map((index) => urlOf(frames[index], 'large')).filter((url) => url !== null);
  const now = [small, sharp].filter((url) => url !== null);
  const stateOf = usePictures([...now, ...ahead]);
  const last = useRef<{ readonly url: string; readonly frame: number } | null>(null);
  const ready = now.findLast((url) => stateOf(url) === 'ready');
  if (shown && ready) last.current = { url: ready, frame: shown.frame };
  const coming = small !== null && stateOf(small) === 'coming';
  const picture = ready || coming || playing ? last.current : null;
  const loaded = ahead.filter((url) => stateOf(url) === 'ready').length;
  return (
    <span className={`frame-stage ${size}`}>
      {picture && (
        <img
          src={picture.url}
          alt={`Frame ${picture.frame} of ${jobName}`}
          // What is loaded already is drawn at once: no empty moment between two frames.
          decoding="sync"
          draggable={false}
        />
      )}
      {!shown && none !== undefined && <span className="frame-why">{none}</span>}
      {shown && !picture && !coming && <span className="frame-why">{whyNoPicture(shown)}</span>}
      {shown && (
        <span className="frame-line">
          {playing
            ? filmLine(shown, picture?.frame ?? null, loaded, ahead.length)
            : `${frameLine(shown)}${coming && !ready ? ' · picture to come' : ''}`}
        </span>
      )}
    </span>
  );
}

/**
 * Loads pictures ahead. The caller is drawn again when one has come.
 * @param wanted URLs in the order of need
 * @returns how far each picture is
 */
function usePictures(wanted: readonly string[]): (url: string) => PictureState {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  const [shelf] = useState(() => new PictureShelf(loadImage, draw));
  useEffect(() => shelf.want(wanted));
  // What is still to come is of no use to anybody.
  useEffect(() => () => shelf.want([]), [shelf]);
  return (url) => shelf.stateOf(url);
}

async function loadImage(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}
