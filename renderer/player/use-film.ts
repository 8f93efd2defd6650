import { useEffect, useReducer } from 'react';
import { filmUrl } from '../../shared/picture.ts';
import type { FrameDetail } from '../../shared/view.ts';
import { FilmBuffer, type FilmFrame, type FilmSource } from './film-buffer.ts';

/** A buffer and the components that draw from it. */
interface Shared {
  readonly buffer: FilmBuffer;
  readonly draw: Set<() => void>;
}

const shared = new Map<string, Shared>();

/** Returns the buffer of a shot, one for all who show it. It closes with the last of them. The caller draws again when pictures come. */
export function useFilm(batchId: string, jobId: string): FilmBuffer {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  useEffect(() => {
    const of = `${batchId}/${jobId}`;
    const mine = bufferOf(batchId, jobId);
    mine.draw.add(draw);
    return () => {
      mine.draw.delete(draw);
      // A viewer that opens in this moment takes it over.
      setTimeout(() => {
        if (mine.draw.size > 0 || shared.get(of) !== mine) return;
        shared.delete(of);
        mine.buffer.close();
      });
    };
  }, [batchId, jobId]);
  return bufferOf(batchId, jobId).buffer;
}

function bufferOf(batchId: string, jobId: string): Shared {
  const of = `${batchId}/${jobId}`;
  const known = shared.get(of);
  if (known) return known;
  const draw = new Set<() => void>();
  let asked = false;
  // Many pictures come between two refreshes of the screen.
  const changed = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      for (const each of draw) each();
    });
  };
  const made = { buffer: new FilmBuffer(filmSource(batchId, jobId), changed), draw };
  shared.set(of, made);
  return made;
}

/** Returns the frame as a film knows it; `null` where it has no picture. */
export function filmFrame(detail: FrameDetail | undefined): FilmFrame | null {
  if (detail?.state.status !== 'done') return null;
  return { frame: detail.frame, at: detail.state.record.at };
}

/** Returns those frames that are done. @param indexes in the order of need */
export function filmFrames(
  frames: readonly FrameDetail[],
  indexes: Iterable<number>,
): readonly FilmFrame[] {
  return Array.from(indexes, (index) => filmFrame(frames[index])).filter((frame) => frame !== null);
}

function filmSource(batchId: string, jobId: string): FilmSource {
  return {
    load: async ({ frame, at }, signal) => {
      const answer = await fetch(filmUrl({ batchId, jobId, frame }, at), { signal });
      return answer.ok ? answer.blob() : null;
    },
    decode: (picture) => createImageBitmap(picture),
  };
}
