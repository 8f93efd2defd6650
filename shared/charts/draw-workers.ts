import { scaleLinear } from 'd3-scale';
import { type ChartWords, type Drawing, type Shape, shotTone, timeAxis } from './drawing.ts';
import type { UseLane, WorkerUse } from './night-charts.ts';

const LABELS = 80;
const LANE = 14;
const GAP = 8;
const AXIS = 22;
/** Two Blenders a core on a large machine; more would be lines too thin to read. */
export const MOST_LANES = 24;

/** Each worker on a line of its own, over the time of the night. Empty where none was at work. */
export function drawWorkers(use: WorkerUse, width: number, words: ChartWords): Drawing {
  const lanes = use.lanes.slice(0, MOST_LANES);
  const bottom = lanes.length * (LANE + GAP) - GAP;
  const x = scaleLinear([0, Math.max(1, use.totalMs)], [LABELS, width]);
  const shapes = [
    ...lanes.flatMap((lane, index) => laneShapes(lane, index * (LANE + GAP), use, x, words)),
    ...use.pauses.map(
      ({ from, to }): Shape => ({
        kind: 'rect',
        x: x(from),
        y: 0,
        width: Math.max(1, x(to) - x(from)),
        height: bottom,
        tone: 'pause',
        title: `Paused for ${words.duration((to - from) / 1000)}`,
      }),
    ),
    ...breaks(use, x, bottom, words),
    ...timeAxis(use.runs, x, bottom + AXIS - 4, words.clock),
  ];
  return { width, height: lanes.length === 0 ? 0 : bottom + AXIS, shapes };
}

type Scale = (night: number) => number;

function laneShapes(
  { worker, spans, failures }: UseLane,
  top: number,
  use: WorkerUse,
  x: Scale,
  { clock }: ChartWords,
): readonly Shape[] {
  const rect = (from: number, to: number, share: number) => {
    const left = x(from);
    const right = x(to);
    // A hair between two shots, where there is room for one.
    const gap = right - left > 3 ? 1 : 0;
    const size = { width: Math.max(0.5, right - left - gap), height: LANE * share };
    return { kind: 'rect', x: left, y: top + LANE * (1 - share), ...size } as const;
  };
  return [
    { kind: 'text', x: 0, y: top + 11, anchor: 'start', look: 'name', text: `Worker ${worker}` },
    { ...rect(0, use.totalMs, 1), tone: 'idle' },
    ...spans.map(({ from, to, share, shot }): Shape => {
      const when = `${clock(momentOf(use, from))} to ${clock(momentOf(use, to))}`;
      const title = `${use.shots[shot] ?? ''}, ${when}`;
      return { ...rect(from, to, share), tone: shotTone(shot), title };
    }),
    ...failures.map((at): Shape => {
      const title = `A try failed about ${clock(momentOf(use, at))}`;
      return { kind: 'cross', x: x(at), y: top + LANE / 2, size: 4, tone: 'failed', title };
    }),
  ];
}

/** Where one run broke off or was stopped, and the next began. */
function breaks(use: WorkerUse, x: Scale, bottom: number, { clock }: ChartWords): readonly Shape[] {
  let night = 0;
  return use.runs.slice(1).map((run, index): Shape => {
    const before = use.runs[index] ?? run;
    night += before.to - before.from;
    const at = x(night);
    const title = `Stopped at ${clock(before.to)}, went on at ${clock(run.from)}`;
    return {
      kind: 'line',
      from: [at, -3],
      to: [at, bottom + 3],
      tone: 'line',
      dashed: true,
      title,
    };
  });
}

/** The moment, ms since 1970, of a night time. */
export function momentOf({ runs }: Pick<WorkerUse, 'runs'>, night: number): number {
  let left = night;
  for (const [index, { from, to }] of runs.entries()) {
    if (left <= to - from || index === runs.length - 1) return from + left;
    left -= to - from;
  }
  return night;
}
