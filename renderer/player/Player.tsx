import { Check, ChevronLeft, ChevronRight, Pause, Play, Repeat, RotateCcw, X } from 'lucide-react';
import { type CSSProperties, useEffect, useRef } from 'react';
import { formatFrames } from '../../shared/frames.ts';
import type { FrameDetail, JobRow } from '../../shared/view.ts';
import { againable, areReviewed, askForFramesAgain, reviewFrames } from '../actions/job-actions.ts';
import { count, counted } from '../text/format.ts';
import { droppedText, fpsText, frameName, standsText, statesText } from '../text/frame-text.ts';
import { framesText } from '../text/job-text.ts';
import { IconButton } from '../ui/Button.tsx';
import { FrameStrip } from '../ui/FrameStrip.tsx';
import {
  chooseFrame,
  type Film,
  loopOrNot,
  meantFrames,
  pickFrame,
  playOrStop,
  stopPlaying,
  tellBeat,
  useChosenFrame,
  usePicked,
  usePlaying,
  windTo,
} from './film.ts';
import { reelOf, USUAL_FPS } from './flipbook.ts';
import './Player.css';
import { useFilm } from './use-film.ts';
import { usePlayback } from './use-playback.ts';

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
  usePlayback(playing && !behind, { frames, at, fps, loop, buffer }, (next) => {
    if (!next) return stopPlaying();
    if (next.at !== at) windTo(film, next.at);
    tellBeat(next);
    if (next.ended) stopPlaying();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another shot, or none any more, plays nothing
  useEffect(() => stopPlaying, [of]);
  const shown = frames[at];
  const last = frames.length - 1;
  const picked = usePicked(of);
  const meant = meantFrames(film);
  const isAnyDone = meant.some(({ state }) => state.status === 'done');
  const several = picked.size > 0 ? counted(picked.size, 'frame') : null;
  const shift = useRef(false);
  return (
    <>
      <div className="player-track" style={{ '--frames': frames.length } as CSSProperties}>
        <FrameStrip cells={row.strip} text={framesText(row)} />
        {runsOf(frames, picked).map(({ from, to }) => (
          <span
            key={from}
            className="player-picked"
            style={{
              left: `${(100 * from) / frames.length}%`,
              width: `${(100 * (to - from + 1)) / frames.length}%`,
            }}
          />
        ))}
        {shown && (
          <input
            type="range"
            className="player-slider"
            aria-label="Frame"
            aria-valuetext={frameName(shown)}
            min={0}
            max={last}
            value={at}
            onPointerDown={(event) => {
              shift.current = event.shiftKey;
            }}
            onKeyDown={(event) => {
              shift.current = event.shiftKey;
            }}
            onChange={({ target }) => {
              if (shift.current) pickFrame(film, target.valueAsNumber, SPAN);
              else chooseFrame(film, target.valueAsNumber);
            }}
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
          {REVIEWS.map(({ review, label, key, Icon }) => (
            <IconButton
              key={review}
              label={several === null ? `${label}, ${key}` : `${label} ${several}, ${key}`}
              aria-pressed={areReviewed(meant, review)}
              disabled={!isAnyDone}
              onClick={() => void reviewFrames(row.id, meant, review)}
            >
              <Icon size={15} aria-hidden="true" />
            </IconButton>
          ))}
          <IconButton
            label={`Render ${several ?? 'this frame'} again…`}
            disabled={!shown || againable([row.id]).length === 0}
            onClick={() =>
              askForFramesAgain([row.id], formatFrames(meant.map(({ frame }) => frame)))
            }
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
          {!waits && dropped === 0 && (
            <span>
              {several === null ? statesText(row.counts) : `${count(picked.size)} picked`}
            </span>
          )}
        </span>
      </div>
    </>
  );
}

const REVIEWS = [
  { review: 'approved', label: 'Approve', key: 'A', Icon: Check },
  { review: 'rejected', label: 'Reject', key: 'R', Icon: X },
] as const;

const SPAN = { shift: true, ctrl: false };

/** Where those that were picked stand without a gap, by their indexes. */
function runsOf(frames: readonly FrameDetail[], picked: ReadonlySet<number>) {
  const runs: { readonly from: number; to: number }[] = [];
  if (picked.size === 0) return runs;
  for (const [index, { frame }] of frames.entries()) {
    if (!picked.has(frame)) continue;
    const last = runs.at(-1);
    if (last?.to === index - 1) last.to = index;
    else runs.push({ from: index, to: index });
  }
  return runs;
}
