import type { ChartWords } from './drawing.ts';
import type { FrameTimes, UseLane, WorkerUse } from './night-charts.ts';

const TOLD = 6;

/** What the chart of the workers shows, in a sentence each. */
export function workersText(use: WorkerUse, { clock, duration }: ChartWords): readonly string[] {
  const [first, last] = [use.runs[0], use.runs.at(-1)];
  if (!first || !last || use.lanes.length === 0) return [];
  const stops = use.runs.length - 1;
  const paused = use.pauses.reduce((sum, { from, to }) => sum + to - from, 0);
  return [
    `From ${clock(first.from)} to ${clock(last.to)}, ${duration(use.totalMs / 1000)} of rendering${
      stops > 0 ? `, with ${stops === 1 ? 'one break' : `${stops} breaks`}` : ''
    }.`,
    ...(use.lanes.length <= TOLD ? use.lanes.map((lane) => laneText(lane, use)) : [allText(use)]),
    ...(paused > 0 ? [`Paused for ${duration(paused / 1000)}.`] : []),
  ];
}

/** What the chart of the frame times shows, a sentence a shot. */
export function frameTimesText(times: FrameTimes, { duration }: ChartWords): readonly string[] {
  return times.shots.map(({ name, frames, averageSeconds, slowest, bars }) => {
    const failed = bars.some((bar) => bar.failed) ? ', some frames failed' : '';
    if (frames === 1)
      return `${name}: frame ${slowest.frame} took ${duration(slowest.seconds)}${failed}`;
    return `${name}: ${frames} frames, ${duration(averageSeconds)} on average, slowest ${duration(slowest.seconds)} (frame ${slowest.frame})${failed}`;
  });
}

function laneText(lane: UseLane, use: WorkerUse): string {
  const { worker, frames, failed } = lane;
  const tries = failed === 0 ? '' : `, ${failed} failed ${failed === 1 ? 'try' : 'tries'}`;
  return `Worker ${worker} was at work for ${share(lane, use)} of that time: ${frames} frame${frames === 1 ? '' : 's'}${tries}.`;
}

function allText(use: WorkerUse): string {
  const shares = use.lanes.map(({ busyMs }) => busyMs).sort((a, b) => a - b);
  const part = (busyMs: number | undefined) => share({ busyMs: busyMs ?? 0 }, use);
  const failed = use.lanes.reduce((sum, lane) => sum + lane.failed, 0);
  const tries = failed === 0 ? '' : ` ${failed} ${failed === 1 ? 'try' : 'tries'} failed.`;
  return `${use.lanes.length} workers were at work for ${part(shares[0])} to ${part(shares.at(-1))} of that time.${tries}`;
}

/** Rounded down, so that only a worker that never waited has 100 %. */
function share({ busyMs }: Pick<UseLane, 'busyMs'>, { totalMs }: WorkerUse): string {
  return totalMs === 0 ? '0 %' : `${Math.floor((100 * busyMs) / totalMs)} %`;
}
