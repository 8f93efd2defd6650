import type { FrameList } from '../../shared/frame-list.ts';
import { isPoisoned } from '../../shared/job-state.ts';
import type { FrameStrip } from '../../shared/view.ts';

export const MAX_CELLS = 60;

/**
 * The frames of a job as at most 60 letters, in order; each stands for one frame or a group of
 * neighbours. What an artist must not miss wins: a poisoned frame, a failed one, then a running one. A group is
 * done only when all of it is, and kept only when all of it is from before.
 */
export function stripOf(frames: FrameList): FrameStrip {
  const cells = Math.min(frames.length, MAX_CELLS);
  let strip = '';
  for (let cell = 0; cell < cells; cell++)
    strip += letter(frames, ...cellEdges(frames.length, cell));
  return strip;
}

/** The frames that a cell stands for, by index: from the first one to before the second one. */
export function cellEdges(frames: number, cell: number): readonly [from: number, to: number] {
  const cells = Math.min(frames, MAX_CELLS);
  const edge = (at: number) => Math.floor((at * frames) / cells);
  return [edge(cell), edge(cell + 1)];
}

/** The frames of a scene that nobody has opened yet. */
export function unopenedStrip(frames: number): FrameStrip {
  return 'w'.repeat(Math.min(frames, MAX_CELLS));
}

function letter(frames: FrameList, from: number, to: number): string {
  const counts = frames.countsWithin(from, to);
  if (counts.failed > 0) return isAnyPoisoned(frames, from, to) ? 'p' : 'f';
  if (counts.running > 0) return 'r';
  if (counts.waiting > 0) return 'w';
  return counts.kept < counts.done ? 'd' : 'k';
}

function isAnyPoisoned(frames: FrameList, from: number, to: number): boolean {
  let index = frames.nextIndex('failed', from);
  while (index !== -1 && index < to) {
    const frame = frames.get(index);
    if (frame && isPoisoned(frame)) return true;
    index = frames.nextIndex('failed', index + 1);
  }
  return false;
}
