import { scaleLinear } from 'd3-scale';
import { Fragment } from 'react';
import { commonBegin } from '../name-parts.ts';
import type { FrameTimesData, ShotTimes, TimeBar } from './night-charts.ts';
import {
  Box,
  Caption,
  type ChartWords,
  Cross,
  cutName,
  cutText,
  Rule,
  shotTone,
} from './parts.tsx';

const ROW = 46;
const BARS = 32;
const LABELS = 210;
/** Between the words and the first bar. */
const GAP = 14;
const NUMBERS = 160;
const WIDEST_BAR = 26;

/** Pixels of the chart for so many shots. */
export function frameTimesHeight(shots: number): number {
  return shots * ROW;
}

interface ChartProps {
  readonly times: FrameTimesData;
  readonly width: number;
  readonly words: ChartWords;
  /** Names in the order of their colours, so that a shot has one in all charts. */
  readonly shots: readonly string[];
}

/** The times of each shot's frames as bars, one shot a line, all to one scale. */
export function FrameTimesChart({ times, width, words, shots }: ChartProps) {
  const longest = Math.max(...times.shots.map(({ slowest }) => slowest.seconds), 0.001);
  const height = scaleLinear([0, longest], [0, BARS]);
  const common = commonBegin(times.shots.map(({ name }) => name));
  return times.shots.map((shot, index) => {
    const top = index * ROW;
    const place = shots.indexOf(shot.name);
    const tone = shotTone(place < 0 ? index : place);
    const room = width - LABELS - NUMBERS;
    return (
      <Fragment key={top}>
        <Labels {...{ shot, top, width, words, common }} />
        <Bars bottom={top + BARS + 4} {...{ shot, room, tone, height, words }} />
      </Fragment>
    );
  });
}

interface LabelsProps extends Pick<ChartProps, 'width' | 'words'> {
  readonly shot: ShotTimes;
  readonly top: number;
  /** What all names begin with. */
  readonly common: string;
}

function Labels({ shot, top, width, common, words: { duration } }: LabelsProps) {
  const { name, frames, averageSeconds, slowest } = shot;
  const [high, low] = [top + 19, top + 34];
  const one = frames === 1;
  return (
    <>
      <Caption x={0} y={high} look="name" title={name}>
        {cutName(name, LABELS - GAP, common)}
      </Caption>
      <Caption x={0} y={low}>
        {cutText(
          one ? '1 frame' : `${frames} frames, ${duration(averageSeconds)} each`,
          LABELS - GAP,
        )}
      </Caption>
      <Caption x={width} y={high} anchor="end" look="name">
        {duration(slowest.seconds)}
      </Caption>
      <Caption x={width} y={low} anchor="end">
        {cutText(one ? `frame ${slowest.frame}` : `slowest, frame ${slowest.frame}`, NUMBERS - GAP)}
      </Caption>
    </>
  );
}

interface BarsProps {
  readonly shot: ShotTimes;
  readonly bottom: number;
  readonly room: number;
  readonly tone: ReturnType<typeof shotTone>;
  readonly height: (seconds: number) => number;
  readonly words: ChartWords;
}

function Bars({ shot: { bars }, bottom, room, tone, height, words }: BarsProps) {
  const step = Math.min(WIDEST_BAR + 2, room / Math.max(1, bars.length));
  const gap = step > 6 ? 2 : step > 2.5 ? 1 : 0;
  const width = Math.max(0.5, step - gap);
  return (
    <>
      {bars.map((bar, index) => {
        const { first, seconds, failed } = bar;
        const x = LABELS + index * step;
        const title = barTitle(bar, words);
        if (failed) return <Cross key={first} x={x + width / 2} y={bottom - 6} title={title} />;
        if (seconds === null) return null;
        const size = { width, height: Math.max(1, height(seconds)) };
        return <Box key={first} {...{ tone, x, title }} y={bottom - size.height} {...size} />;
      })}
      <Rule from={[LABELS, bottom]} to={[LABELS + room, bottom]} />
    </>
  );
}

function barTitle({ first, last, seconds, failed }: TimeBar, { duration }: ChartWords): string {
  const which = first === last ? `Frame ${first}` : `Frames ${first} to ${last}`;
  if (failed) return first === last ? `${which}: failed` : `${which}: one of them failed`;
  const time = duration(seconds ?? 0);
  return first === last ? `${which}: ${time}` : `${which}: ${time} at most`;
}

/** What the chart shows, a sentence a shot. */
export function frameTimesText(times: FrameTimesData, { duration }: ChartWords): readonly string[] {
  return times.shots.map(({ name, frames, averageSeconds, slowest, bars }) => {
    const failed = bars.some((bar) => bar.failed) ? ', some frames failed' : '';
    if (frames === 1)
      return `${name}: frame ${slowest.frame} took ${duration(slowest.seconds)}${failed}`;
    return `${name}: ${frames} frames, ${duration(averageSeconds)} on average, slowest ${duration(slowest.seconds)} (frame ${slowest.frame})${failed}`;
  });
}
