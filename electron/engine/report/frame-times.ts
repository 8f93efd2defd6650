import type { FrameTimesData, ShotTimes, TimeBar } from '../../../shared/charts/night-charts.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';

/** Shots with a place of their own. */
export const MOST_SHOTS = 12;
/** Bars of a shot. */
export const MOST_BARS = 120;

/** How long the frames took, of the shots that took longest in all. Looks through the frames of those only. */
export function frameTimes(jobs: readonly BatchJob[]): FrameTimesData {
  const timed = jobs.filter((job) => job.frames.times.known > 0);
  const longest = [...timed].sort((a, b) => b.renderSeconds - a.renderSeconds);
  const shots = longest.slice(0, MOST_SHOTS).map(shotTimes);
  return { shots, more: timed.length - shots.length };
}

function shotTimes(job: BatchJob): ShotTimes {
  const { known, sum } = job.frames.times;
  return {
    name: job.name,
    frames: known,
    averageSeconds: sum / known,
    slowest: slowestOf(job),
    bars: barsOf(job),
  };
}

function slowestOf(job: BatchJob): ShotTimes['slowest'] {
  let slowest = { frame: 0, seconds: 0 };
  for (const { frame, state } of framesIn(job, 'done')) {
    const { seconds } = state.record;
    if (seconds > slowest.seconds) slowest = { frame, seconds };
  }
  return slowest;
}

function barsOf({ plan, frames }: BatchJob): readonly TimeBar[] {
  const count = Math.min(frames.length, MOST_BARS);
  const edge = (bar: number) => Math.floor((bar * frames.length) / count);
  return Array.from({ length: count }, (_, bar) => {
    let seconds: number | null = null;
    let failed = false;
    for (let index = edge(bar); index < edge(bar + 1); index++) {
      const state = frames.get(index);
      failed ||= state?.status === 'failed';
      const known = state?.status === 'done' ? state.record.seconds : 0;
      if (known > 0) seconds = Math.max(seconds ?? 0, known);
    }
    const first = plan?.frames[edge(bar)] ?? 0;
    return { first, last: plan?.frames[edge(bar + 1) - 1] ?? first, seconds, failed };
  });
}
