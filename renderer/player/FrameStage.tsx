import { useEffect, useLayoutEffect, useRef } from 'react';
import { GROUND } from '../../shared/picture.ts';
import { type StandIn, standInText } from '../../shared/thumbnail.ts';
import type { FrameDetail } from '../../shared/view.ts';
import { filmLine, frameLine, whyNoPicture } from '../text/frame-text.ts';
import { useStandIn } from '../ui/Thumbnail.tsx';
import { useChosenFrame, usePlaying } from './film.ts';
import type { FilmPicture } from './film-buffer.ts';
import { needed, reelOf } from './flipbook.ts';
import './FrameStage.css';
import { filmFrame, filmFrames, useFilm } from './use-film.ts';
import { useHeldPicture } from './use-playback.ts';

interface FrameStageProps {
  readonly batchId: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly frames: readonly FrameDetail[];
  /** Index of the frame to show. */
  readonly at: number;
  /** What stands for the shot while no frame of it is done. */
  readonly standIn: StandIn | null;
  /** Another place shows this film in front of it, and says what is loaded. */
  readonly behind?: boolean;
}

/** Neighbours that are loaded ahead for those who step. */
const NEAR = [0, 1, -1, 2, -2];

/**
 * One frame: its picture, else why there is none. Where a film comes to a frame that is missing, or whose picture is
 * still on its way, the one before stays, and the line below says so. While nothing is done of the shot, what stands for it
 * is shown.
 */
export function FrameStage(props: FrameStageProps) {
  const { batchId, jobId, jobName, frames, at, standIn, behind = false } = props;
  const playing = usePlaying(`${batchId}/${jobId}`);
  const loop = useChosenFrame((state) => state.loop);
  const film = useFilm(batchId, jobId);
  const reel = playing ? reelOf(frames) : null;
  const indexes = reel ? needed(at, reel, loop) : NEAR.map((by) => at + by);
  const wanted = filmFrames(frames, indexes);
  useEffect(() => {
    if (!behind) film.want(wanted);
  });
  const shown = frames[at];
  const frame = filmFrame(shown);
  const held = useHeldPicture(film, shown);
  const coming = frame !== null && film.stateOf(frame) === 'coming';
  const there = held?.frame === frame?.frame;
  const picture = there || coming || playing ? held : null;
  const loaded = film.loaded(wanted);
  // A frame that failed says why.
  const isToCome = shown?.state.status === 'waiting' || shown?.state.status === 'running';
  const stands = useStandIn({ batchId, jobId }, isToCome ? standIn : null);
  return (
    <span className="frame-stage">
      {picture && (
        <FrameCanvas picture={picture.picture} label={`Frame ${picture.frame} of ${jobName}`} />
      )}
      {shown && !picture && !coming && !stands && (
        <span className="frame-why">{whyNoPicture(shown)}</span>
      )}
      {!picture && stands && (
        <>
          <img className="frame-stand-in" src={stands.url} alt="" draggable={false} />
          <span className="frame-line frame-stands">{standInText(stands)}</span>
        </>
      )}
      {shown && (
        <span className="frame-line">
          {playing
            ? filmLine(shown, picture?.frame ?? null, loaded, wanted.length)
            : `${frameLine(shown)}${coming && !there ? ' · picture to come' : ''}`}
        </span>
      )}
    </span>
  );
}

/** A decoded picture, drawn before the screen is: no empty moment between two frames. */
export function FrameCanvas({
  picture,
  label,
}: {
  readonly picture: FilmPicture;
  readonly label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const element = canvas.current;
    // One that was given up meanwhile has no pixels; what was drawn of it stays.
    if (!element || picture.width === 0) return;
    element.width = picture.width;
    element.height = picture.height;
    const context = element.getContext('2d');
    if (!context) return;
    context.fillStyle = GROUND;
    context.fillRect(0, 0, picture.width, picture.height);
    context.drawImage(picture as ImageBitmap, 0, 0);
  }, [picture]);
  return <canvas className="frame-canvas" ref={canvas} role="img" aria-label={label} />;
}
