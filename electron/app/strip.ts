import type { FrameState } from '../../shared/job.ts';
import { isPoisoned } from '../../shared/job-state.ts';
import type { FrameStrip } from '../../shared/view.ts';

export const MAX_CELLS = 60;

/**
 * The frames of a job as at most 60 letters, in order; each stands for one frame or a group of
 * neighbours. What an artist must not miss wins: a poisoned frame, a failed one, then a running one. A group is
 * done only when all of it is, and kept only when all of it is from before.
 */
export function stripOf(frames: readonly FrameState[]): FrameStrip {
  const cells = Math.min(frames.length, MAX_CELLS);
  const edge = (cell: number) => Math.floor((cell * frames.length) / cells);
  let strip = '';
  for (let cell = 0; cell < cells; cell++) strip += letter(frames, edge(cell), edge(cell + 1));
  return strip;
}

/** The frames of a scene that nobody has opened yet. */
export function unopenedStrip(frames: number): FrameStrip {
  return 'w'.repeat(Math.min(frames, MAX_CELLS));
}

function letter(frames: readonly FrameState[], from: number, to: number): string {
  let running = false;
  let waiting = false;
  let rendered = false;
  let failed = false;
  for (let index = from; index < to; index++) {
    const frame = frames[index];
    if (frame && isPoisoned(frame)) return 'p';
    if (frame?.status === 'failed') failed = true;
    if (frame?.status === 'running') running = true;
    if (frame?.status === 'waiting') waiting = true;
    if (frame?.status === 'done' && !frame.kept) rendered = true;
  }
  if (failed) return 'f';
  if (running) return 'r';
  if (waiting) return 'w';
  return rendered ? 'd' : 'k';
}
