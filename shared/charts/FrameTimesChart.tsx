import { scaleLinear } from 'd3-scale';
import { Fragment } from 'react';
import { durationText } from '../duration-text.ts';
import { commonBegin } from '../name-parts.ts';
import type { FrameTimesData, ShotTimes, TimeBar } from './night-charts.ts';
import { Box, Caption, type Chart, Cross, cutName, cutText, Rule, shotTone } from './parts.tsx';

const ROW = 46;
const BARS = 32;
const LABELS = 210;
/** Between the words and the first bar. */
const GAP = 14;
const NUMBERS = 160;
const WIDEST_BAR = 26;
const WIDEST = 1600;

/**
 * Describes the times of each shot's frames; `null`: none is known.
 * @param shots names in the order of their colours, so that a shot has one colour in all charts
 */
export function frameTimesChart(times: FrameTimesData, shots: readonly string[]): Chart | null {
  const { length } = times.shots;
  if (length === 0) return null;
  return {
    id: 'frame-times',
    heading: 'Seconds a frame',
    text: times.shots.map(shotText),
    more:
      times.more === 0
        ? null
        : `The chart shows the ${length} shots that took longest. ${times.more} more took less time.`,
    height: length * ROW,
    // On a wide screen the numbers at the right would be far from their bars.
    draw: (width) => <FrameTimesChart {...{ times, shots }} width={Math.min(width, WIDEST)} />,
  };
}

interface ChartProps {
  readonly times: FrameTimesData;
  readonly width: number;
  readonly shots: readonly string[];
}

/** Draws the times of each shot's frames as bars, one shot a line, all to one scale. */
function FrameTimesChart({ times, width, shots }: ChartProps) {
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
        <Labels {...{ shot, top, width, common }} />
        <Bars bottom={top + BARS + 4} {...{ shot, room, tone, height }} />
      </Fragment>
    );
  });
}

interface LabelsProps {
  readonly width: number;
  readonly shot: ShotTimes;
  readonly top: number;
  /** What all names begin with. */
  readonly common: string;
}

function Labels({ shot, top, width, common }: LabelsProps) {
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
          one ? '1 frame' : `${frames} frames, ${durationText(averageSeconds)} each`,
          LABELS - GAP,
        )}
      </Caption>
      <Caption x={width} y={high} anchor="end" look="name">
        {durationText(slowest.seconds)}
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
}

function Bars({ shot: { bars }, bottom, room, tone, height }: BarsProps) {
  const step = Math.min(WIDEST_BAR + 2, room / Math.max(1, bars.length));
  const gap = step > 6 ? 2 : step > 2.5 ? 1 : 0;
  const width = Math.max(0.5, step - gap);
  return (
    <>
      {bars.map((bar, index) => {
        const { first, seconds, failed } = bar;
        const x = LABELS + index * step;
        const title = barTitle(bar);
        if (failed) return <Cross key={first} x={x + width / 2} y={bottom - 6} title={title} />;
        if (seconds === null) return null;
        const size = { width, height: Math.max(1, height(seconds)) };
        return <Box key={first} {...{ tone, x, title }} y={bottom - size.height} {...size} />;
      })}
      <Rule from={[LABELS, bottom]} to={[LABELS + room, bottom]} />
    </>
  );
}

function barTitle({ first, last, seconds, failed }: TimeBar): string {
  const which = first === last ? `Frame ${first}` : `Frames ${first} to ${last}`;
  if (failed) return first === last ? `${which}: failed` : `${which}: one of them failed`;
  const time = durationText(seconds ?? 0);
  return first === last ? `${which}: ${time}` : `${which}: ${time} at most`;
}

function shotText({ name, frames, averageSeconds, slowest, bars }: ShotTimes): string {
  const failed = bars.some((bar) => bar.failed) ? ', some frames failed' : '';
  const longest = durationText(slowest.seconds);
  return frames === 1
    ? `${name}: frame ${slowest.frame} took ${longest}${failed}.`
    : `${name}: ${frames} frames, ${durationText(averageSeconds)} on average, slowest ${longest} (frame ${slowest.frame})${failed}.`;
}
