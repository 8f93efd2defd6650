import { useEffect, useRef } from 'react';
import type { FrameDetail } from '../../shared/view.ts';
import type { FilmBuffer, FilmPicture } from './film-buffer.ts';
import { reelOf, USUAL_FPS, type Wound, wound } from './flipbook.ts';
import { filmFrame } from './use-film.ts';

interface Playback {
  readonly frames: readonly FrameDetail[];
  /** Index of the shown frame. */
  readonly at: number;
  /** Frames a second of the scene; `null` until it was opened. */
  readonly fps: number | null;
  readonly loop: boolean;
  readonly buffer: FilmBuffer;
}

/**
 * Moves a film on with each refresh of the screen while `playing`; a hidden window rests.
 * @param onStep gets `null` where no frame is done any more
 */
export function usePlayback(
  playing: boolean,
  playback: Playback,
  onStep: (next: Wound | null) => void,
): void {
  const sinceMs = useRef(0);
  const step = useRef((_elapsedMs: number): void => undefined);
  step.current = (elapsedMs) => {
    const { frames, at, fps, loop, buffer } = playback;
    const reel = reelOf(frames);
    if (!reel) return onStep(null);
    const pictureAt = (index: number) => {
      const frame = filmFrame(frames[index]);
      return frame ? buffer.stateOf(frame) : 'broken';
    };
    const speed = { fps: fps ?? USUAL_FPS, loop, pictureAt };
    const next = wound({ at, sinceMs: sinceMs.current }, elapsedMs, reel, speed);
    sinceMs.current = next.sinceMs;
    onStep(next);
  };
  useEffect(() => {
    if (!playing) return;
    let before = performance.now();
    let request = requestAnimationFrame(function beat(now) {
      step.current(now - before);
      before = now;
      request = requestAnimationFrame(beat);
    });
    return () => cancelAnimationFrame(request);
  }, [playing]);
}

interface Held {
  readonly picture: FilmPicture;
  readonly frame: number;
}

/** Returns the picture of a frame, and the one before until it has come. */
export function useHeldPicture(buffer: FilmBuffer, detail: FrameDetail | undefined): Held | null {
  const last = useRef<Held | null>(null);
  const frame = filmFrame(detail);
  const picture = frame && buffer.picture(frame);
  if (picture && last.current?.picture !== picture) last.current = { picture, frame: frame.frame };
  return last.current;
}
