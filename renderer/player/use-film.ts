import { useEffect, useReducer } from 'react';
import { FilmReader, filmUrl } from '../../shared/picture.ts';
import type { FrameDetail } from '../../shared/view.ts';
import { FilmBuffer, type FilmFrame, type FilmPicture, type FilmSource } from './film-buffer.ts';

/** A buffer, and who draws from it. */
interface Reeled {
  readonly buffer: FilmBuffer;
  readonly draw: Set<() => void>;
}

const reeled = new Map<string, Reeled>();

/**
 * The buffer of a shot's film, one for all who show it; its memory is given up with the last of them. The caller is
 * drawn again when pictures have come.
 */
export function useFilm(batchId: string, jobId: string): FilmBuffer {
  const of = `${batchId}/${jobId}`;
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  const mine = bufferOf(of, batchId, jobId);
  useEffect(() => {
    const now = bufferOf(of, batchId, jobId);
    now.draw.add(draw);
    return () => {
      now.draw.delete(draw);
      // Whoever opens it large in this moment takes it over.
      setTimeout(() => {
        if (now.draw.size > 0 || reeled.get(of) !== now) return;
        reeled.delete(of);
        now.buffer.close();
      });
    };
  }, [of, batchId, jobId]);
  return mine.buffer;
}

function bufferOf(of: string, batchId: string, jobId: string): Reeled {
  const known = reeled.get(of);
  if (known) return known;
  const draw = new Set<() => void>();
  let asked = false;
  // Of many pictures that come at once the screen shows what it can.
  const changed = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      for (const each of draw) each();
    });
  };
  const made = { buffer: new FilmBuffer(filmSource(batchId, jobId), changed), draw };
  reeled.set(of, made);
  return made;
}

/** The frame as a film knows it; `null`: it has no picture. */
export function filmFrame(detail: FrameDetail | undefined): FilmFrame | null {
  if (detail?.state.status !== 'done') return null;
  return { frame: detail.frame, at: detail.state.record.at };
}

/** Those that are done of some frames of a shot. @param indexes in the order of need */
export function filmFrames(
  frames: readonly FrameDetail[],
  indexes: Iterable<number>,
): readonly FilmFrame[] {
  return Array.from(indexes, (index) => filmFrame(frames[index])).filter((frame) => frame !== null);
}

/** Pictures from the main process, and decoded beside the window's own work. */
function filmSource(batchId: string, jobId: string): FilmSource {
  return {
    load: async (frames, told, signal) => {
      const numbers = frames.map(({ frame }) => frame);
      const version = Math.max(...frames.map(({ at }) => at));
      const answer = await fetch(filmUrl({ batchId, jobId, frames: numbers }, version), { signal });
      if (!answer.ok || !answer.body) throw new Error('There is no such film.');
      const pieces = answer.body.getReader();
      const reader = new FilmReader();
      for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
        for (const { frame, picture } of reader.read(piece.value)) {
          told(frame, picture && new Blob([picture]));
        }
      }
    },
    decode: (picture): Promise<FilmPicture> => createImageBitmap(picture),
  };
}
