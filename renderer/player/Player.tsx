import { Check, ChevronLeft, ChevronRight, Pause, Play, Repeat, RotateCcw, X } from 'lucide-react';
import { type CSSProperties, useEffect, useRef } from 'react';
import type { JobRow } from '../../shared/view.ts';
import { againable, askForFramesAgain, reviewFrame } from '../actions/job-actions.ts';
import { droppedText, fpsText, frameName, standsText, statesText } from '../text/frame-text.ts';
import { framesText } from '../text/job-text.ts';
import { IconButton } from '../ui/Button.tsx';
import { FrameStrip } from '../ui/FrameStrip.tsx';
import {
  chooseFrame,
  type Film,
  loopOrNot,
  playOrStop,
  stopPlaying,
  tellBeat,
  useChosenFrame,
  usePlaying,
  windTo,
} from './film.ts';
import { reelOf, USUAL_FPS, wound } from './flipbook.ts';
import './Player.css';
import { filmFrame, useFilm } from './use-film.ts';

interface PlayerProps {
  readonly batchId: string;
  readonly row: JobRow;
  readonly film: Film;
  /** Frames a second of the scene; `null` until it was opened. */
  readonly fps: number | null;
  /** Another player of this film is in front of this one. */
  readonly behind?: boolean;
}

/**
 * A flipbook of what is rendered so far. It never starts by itself, and shows every frame: where one is still on its
 * way it waits, and what the screen was too slow for is counted.
 */
export function Player({ batchId, row, film, fps, behind = false }: PlayerProps) {
  const { of, frames, at } = film;
  const buffer = useFilm(batchId, row.id);
  const reel = reelOf(frames);
  const playing = usePlaying(of);
  const loop = useChosenFrame((state) => state.loop);
  const waits = useChosenFrame((state) => state.of === of && state.waits);
  const dropped = useChosenFrame((state) => (state.of === of ? state.dropped : 0));
  const since = useRef(0);
  const pictureAt = (index: number) => {
    const frame = filmFrame(frames[index]);
    const state = frame ? buffer.stateOf(frame) : 'broken';
    return state === 'broken' ? 'none' : state;
  };
  useBeat(playing && !behind, (elapsedMs) => {
    if (!reel) return stopPlaying();
    const speed = { fps: fps ?? USUAL_FPS, loop, pictureAt };
    const next = wound({ at, sinceMs: since.current }, elapsedMs, reel, speed);
    since.current = next.sinceMs;
    if (next.at !== at) windTo(film, next.at);
    tellBeat(next);
    if (next.ended) stopPlaying();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another shot, or none any more, plays nothing
  useEffect(() => stopPlaying, [of]);
  const shown = frames[at];
  const last = frames.length - 1;
  return (
    <>
      <div className="player-track" style={{ '--frames': frames.length } as CSSProperties}>
        <FrameStrip cells={row.strip} text={framesText(row)} />
        {shown && (
          <input
            type="range"
            className="player-slider"
            aria-label="Frame"
            aria-valuetext={frameName(shown)}
            min={0}
            max={last}
            value={at}
            onChange={(event) => chooseFrame(film, event.target.valueAsNumber)}
          />
        )}
      </div>
      <div className="player-bar">
        <IconButton
          label="Frame before"
          disabled={at <= 0}
          onClick={() => chooseFrame(film, at - 1)}
        >
          <ChevronLeft size={16} aria-hidden="true" />
        </IconButton>
        <IconButton
          label={playing ? 'Stop playing' : 'Play the frames'}
          disabled={!reel}
          onClick={() => playOrStop(film)}
        >
          {playing ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
        </IconButton>
        <IconButton
          label="Next frame"
          disabled={at >= last}
          onClick={() => chooseFrame(film, at + 1)}
        >
          <ChevronRight size={16} aria-hidden="true" />
        </IconButton>
        <IconButton label="Loop" aria-pressed={loop} onClick={loopOrNot}>
          <Repeat size={14} aria-hidden="true" />
        </IconButton>
        <span className="player-review">
          {REVIEWS.map(({ review, label, Icon }) => (
            <IconButton
              key={review}
              label={label}
              aria-pressed={shown?.state.status === 'done' && shown.state.review === review}
              disabled={shown?.state.status !== 'done'}
              onClick={() => shown && void reviewFrame(row.id, shown, review)}
            >
              <Icon size={15} aria-hidden="true" />
            </IconButton>
          ))}
          <IconButton
            label="Render this frame again…"
            disabled={!shown || againable([row.id]).length === 0}
            onClick={() => shown && askForFramesAgain([row.id], String(shown.frame))}
          >
            <RotateCcw size={14} aria-hidden="true" />
          </IconButton>
        </span>
        <span className="player-fps">
          {fpsText(fps ?? USUAL_FPS)}
          {waits && ' · loading'}
          {dropped > 0 && ' '}
          {dropped > 0 && <b className="player-dropped">{droppedText(dropped)}</b>}
        </span>
        <span className="player-counts">
          {shown && standsText(at, frames.length)}{' '}
          {!waits && dropped === 0 && <span>{statesText(row.counts)}</span>}
        </span>
      </div>
    </>
  );
}

const REVIEWS = [
  { review: 'approved', label: 'Approve, A', Icon: Check },
  { review: 'rejected', label: 'Reject, R', Icon: X },
] as const;

/** Calls `onBeat` with each picture that the screen draws while `beating`; a hidden window rests. */
export function useBeat(beating: boolean, onBeat: (elapsedMs: number) => void): void {
  const latest = useRef(onBeat);
  latest.current = onBeat;
  useEffect(() => {
    if (!beating) return;
    let before = performance.now();
    let request = requestAnimationFrame(function beat(now) {
      latest.current(now - before);
      before = now;
      request = requestAnimationFrame(beat);
    });
    return () => cancelAnimationFrame(request);
  }, [beating]);
}
