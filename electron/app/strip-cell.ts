import type { BatchJob } from '../../shared/job.ts';
import type { StripCell } from '../../shared/view.ts';
import { cellEdges } from './strip.ts';

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
