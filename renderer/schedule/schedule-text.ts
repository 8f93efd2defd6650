import { isolated } from '../../shared/safe-text.ts';
import { type Moments, momentsOf, type PlannedTimes } from '../../shared/schedule.ts';
import { titleOf } from '../../shared/test-pass.ts';
import { againText, type Tonight } from '../../shared/tonight.ts';
import type { BatchView } from '../../shared/view.ts';
import { clock, clockWithDay, roughDuration } from '../text/format.ts';

/** `['Starts at ', '23:00', ' in 1 h 20 m, until 08:00']`, `['Until ', '08:00', '']`; `null`: nothing to say. */
export function scheduleText(
  { startAt, until }: Moments,
  view: Pick<BatchView, 'phase' | 'progress'>,
  now: number,
): readonly [string, string, string] | null {
  if (startAt !== null) {
    const end = until === null ? '' : `, until ${clock(until)}`;
    // Another batch is in its way, or the start is just being made.
    if (startAt <= now) return ['Starts ', 'as soon as it can', end];
    const wait = roughDuration((startAt - now) / 1000);
    return ['Starts at ', clockWithDay(startAt, now), ` in ${wait}${end}`];
  }
  if (until === null || view.phase !== 'running') return null;
  const { remainingSeconds } = view.progress;
  const short = remainingSeconds === null ? 0 : remainingSeconds - (until - now) / 1000;
  const rest = short >= 60 ? `, about ${roughDuration(short)} too early` : '';
  return ['Until ', clockWithDay(until, now), rest];
}

/** Of one that waits for its turn: `['After ', 'film', ', about 03:10, done about 05:00']`; `null`: it does not. */
export function turnText(
  { batches, startAt, isOn }: Tonight,
  batchId: string,
): readonly [string, string, string] | null {
  const at = batches.findIndex(({ id }) => id === batchId);
  const line = batches[at];
  const before = batches.slice(0, at).findLast(({ state }) => state !== 'passed-over');
  if (line?.state !== 'waiting' || startAt !== null || !before) return null;
  const goesOn = isOn || before.state === 'running';
  const begins = goesOn && line.startsAt !== null ? `, about ${clock(line.startsAt)}` : '';
  const end = goesOn && line.endsAt !== null ? `, done about ${clock(line.endsAt)}` : '';
  const what = line.again ? `${againText(line.again)} tonight` : 'Tonight';
  const title = isolated(titleOf(before.name, before.test));
  return [`${what}, after `, title, `${begins}${end}`];
}

/** What a plan comes to, before it is made. */
export function planText(times: PlannedTimes, runs: boolean, now: number): string {
  const { startAt, until } = momentsOf(runs ? { ...times, startAt: null } : times, now);
  const end = until === null ? '' : `stops ${day(until, now)} at ${clock(until)}`;
  if (runs) return end === '' ? 'Renders to the end.' : `It ${end}.`;
  const start =
    startAt === null ? 'Starts at once' : `Starts ${day(startAt, now)} at ${clock(startAt)}`;
  return end === '' ? `${start}, renders to the end.` : `${start}, ${end}.`;
}

function day(at: number, now: number): 'today' | 'tomorrow' | 'the day after' {
  const of = (ms: number) => new Date(ms).setHours(12, 0, 0, 0);
  const days = Math.round((of(at) - of(now)) / 86_400_000);
  if (days === 0) return 'today';
  return days === 1 ? 'tomorrow' : 'the day after';
}
