import { scaleLinear } from 'd3-scale';
import { type ChartWords, cutText, type Drawing, type Shape, shotTone } from './drawing.ts';
import type { FrameTimes, ShotTimes, TimeBar } from './night-charts.ts';

const ROW = 46;
const BARS = 32;
const LABELS = 170;
const NUMBERS = 130;
const WIDEST_BAR = 26;

/**
 * The times of each shot's frames as bars, one shot a line, all to one scale.
 * @param shots names in the order of their colours, so that a shot has one in all charts
 */
export function drawFrameTimes(
  times: FrameTimes,
  width: number,
  words: ChartWords,
  shots: readonly string[],
): Drawing {
  const longest = Math.max(...times.shots.map(({ slowest }) => slowest.seconds), 0.001);
  const height = scaleLinear([0, longest], [0, BARS]);
  const shapes = times.shots.flatMap((shot, index) => {
    const top = index * ROW;
    const place = shots.indexOf(shot.name);
    return [
      ...labels(shot, top, width, words),
      ...bars(shot, top + BARS + 4, width - LABELS - NUMBERS, place < 0 ? index : place, {
        height,
        words,
      }),
    ];
  });
  return { width, height: times.shots.length * ROW, shapes };
}

function labels(shot: ShotTimes, top: number, width: number, { duration }: ChartWords) {
  const { frames, averageSeconds, slowest } = shot;
  const text = { kind: 'text', look: 'quiet' } as const;
  const count = `${frames} frame${frames === 1 ? '' : 's'}, ${duration(averageSeconds)} each`;
  const name = cutText(shot.name, LABELS - 16);
  return [
    { ...text, x: 0, y: top + 19, anchor: 'start', look: 'name', text: name },
    { ...text, x: 0, y: top + 34, anchor: 'start', text: frames === 1 ? '1 frame' : count },
    {
      ...text,
      x: width,
      y: top + 19,
      anchor: 'end',
      look: 'name',
      text: duration(slowest.seconds),
    },
    {
      ...text,
      x: width,
      y: top + 34,
      anchor: 'end',
      text: frames === 1 ? `frame ${slowest.frame}` : `slowest, frame ${slowest.frame}`,
    },
  ] as const satisfies readonly Shape[];
}

function bars(
  shot: ShotTimes,
  bottom: number,
  room: number,
  place: number,
  { height, words }: { readonly height: (seconds: number) => number; readonly words: ChartWords },
): readonly Shape[] {
  const step = Math.min(WIDEST_BAR + 2, room / Math.max(1, shot.bars.length));
  const gap = step > 6 ? 2 : step > 2.5 ? 1 : 0;
  const base = { from: [LABELS, bottom], to: [LABELS + room, bottom] } as const;
  return [
    ...shot.bars.flatMap((bar, index): readonly Shape[] => {
      const x = LABELS + index * step;
      const width = Math.max(0.5, step - gap);
      const title = barTitle(bar, words);
      if (bar.failed) {
        const cross = { x: x + width / 2, y: bottom - 6, size: 4 };
        return [{ kind: 'cross', ...cross, tone: 'failed', title }];
      }
      if (bar.seconds === null) return [];
      const size = { width, height: Math.max(1, height(bar.seconds)) };
      return [{ kind: 'rect', x, y: bottom - size.height, ...size, tone: shotTone(place), title }];
    }),
    { kind: 'line', ...base, tone: 'line' },
  ];
}

function barTitle({ first, last, seconds, failed }: TimeBar, { duration }: ChartWords): string {
  const which = first === last ? `Frame ${first}` : `Frames ${first} to ${last}`;
  if (failed) return first === last ? `${which}: failed` : `${which}: one of them failed`;
  const time = duration(seconds ?? 0);
  return first === last ? `${which}: ${time}` : `${which}: ${time} at most`;
}
