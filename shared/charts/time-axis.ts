import { scaleTime } from 'd3-scale';
import type { Shape, Text } from './drawing.ts';
import type { Stretch } from './night-charts.ts';

/** Pixels that a time needs for itself. */
const ROOM = 58;

/**
 * Times of day under a night: its start and its end, and full hours or the like between them.
 * @param x places of night time
 */
export function timeAxis(
  runs: readonly Stretch[],
  x: (night: number) => number,
  y: number,
  clock: (at: number) => string,
): readonly Shape[] {
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last) return [];
  const total = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  const ends = [x(0), x(total)] as const;
  const text = { kind: 'text', y, look: 'quiet' } as const;
  const shapes: Text[] = [{ ...text, x: ends[0], anchor: 'start', text: clock(first.from) }];
  let night = 0;
  let free = ends[0] + ROOM;
  for (const { from, to } of runs) {
    const width = x(night + to - from) - x(night);
    const most = Math.floor(width / 110);
    const ticks = most > 0 && to > from ? scaleTime().domain([from, to]).ticks(most) : [];
    for (const tick of ticks) {
      const at = x(night + tick.getTime() - from);
      const words = clock(tick.getTime());
      if (at < free || at > ends[1] - ROOM || words === shapes.at(-1)?.text) continue;
      shapes.push({ ...text, x: at, anchor: 'middle', text: words });
      free = at + ROOM;
    }
    night += to - from;
  }
  const end = clock(last.to);
  if (ends[1] - ends[0] > ROOM && end !== shapes.at(-1)?.text) {
    shapes.push({ ...text, x: ends[1], anchor: 'end', text: end });
  }
  return shapes;
}
