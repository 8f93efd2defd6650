import type { FrameList } from '../../../shared/frame-list.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { isPoisoned } from '../../../shared/job-state.ts';
import type { FrameStrip, StripCell } from '../../../shared/view.ts';

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
function cellEdges(frames: number, cell: number): readonly [from: number, to: number] {
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

/** The frames behind one cell of a job's strip; `null`: there is no such cell. @param cell from 0 */
export function stripCellOf(
  { plan, shotConfig, frames }: BatchJob,
  cell: number,
): StripCell | null {
  const numbers = plan?.frames ?? shotConfig?.frames ?? [];
  const [from, to] = cellEdges(numbers.length, cell);
  const first = numbers[from];
  const last = numbers[to - 1];
  if (first === undefined || last === undefined) return null;
  const total = to - from;
  if (!plan) {
    const counts = { total, waiting: total, running: 0, done: 0, kept: 0, failed: 0 };
    return { first, last, counts, averageSeconds: null, state: { status: 'waiting', tries: 0 } };
  }
  return {
    first,
    last,
    counts: frames.countsWithin(from, to),
    averageSeconds: averageWithin(frames, from, to),
    state: total === 1 ? (frames.get(from) ?? null) : null,
  };
}

/** A strip has sixty cells at most, so this looks at a sixtieth of the frames. */
function averageWithin(frames: BatchJob['frames'], from: number, to: number): number | null {
  let sum = 0;
  let known = 0;
  for (let index = from; index < to; index++) {
    const frame = frames.get(index);
    if (frame?.status !== 'done' || frame.record.seconds <= 0) continue;
    sum += frame.record.seconds;
    known += 1;
  }
  return known === 0 ? null : sum / known;
}
