import { assertNever } from '../../shared/assert-never.ts';
import { finishAt, finishBetween } from '../../shared/clock-range.ts';
import type { BatchPhase, BatchSummary, BatchView } from '../../shared/view.ts';
import {
  clock,
  clockWithDay,
  count,
  counted,
  dayOrClock,
  percent,
  roughDuration,
} from './format.ts';

/** The headings of the sidebar, in its order. */
export const GROUPS = ['Rendering', 'Interrupted', 'Ready', 'Done'] as const;
export type Group = (typeof GROUPS)[number];

export function groupOf(phase: BatchPhase): Group {
  switch (phase) {
    case 'running':
    case 'pausing':
    case 'paused':
      return 'Rendering';
    case 'interrupted':
      return 'Interrupted';
    case 'unread':
      return 'Ready';
    case 'completed':
    case 'failed':
    case 'cancelled':
      return 'Done';
    default:
      return assertNever(phase);
  }
}

/** Batches under their headings, newest first, empty headings left out. */
export function grouped(
  batches: readonly BatchSummary[],
): readonly { readonly group: Group; readonly batches: readonly BatchSummary[] }[] {
  return GROUPS.map((group) => ({
    group,
    batches: batches
      .filter((batch) => groupOf(batch.phase) === group)
      .sort(
        (a, b) => (b.lastAt ?? Number.MAX_SAFE_INTEGER) - (a.lastAt ?? Number.MAX_SAFE_INTEGER),
      ),
  })).filter((each) => each.batches.length > 0);
}

/** The second line of a batch in the sidebar. */
export function summaryText(batch: BatchSummary, remaining: number | null, now: number): string {
  const share = percent(batch.framesDone, batch.framesTotal);
  const when = batch.lastAt === null ? null : dayOrClock(batch.lastAt, now);
  if (batch.problem !== null) return batch.problem;
  switch (batch.phase) {
    case 'unread':
      return batch.framesTotal > 0 ? counted(batch.framesTotal, 'frame') : 'Not rendered yet';
    case 'running':
      return remaining === null
        ? share
        : `${share} · done about ${clock(finishAt(now, remaining))}`;
    case 'pausing':
      return `${share} · pausing`;
    case 'paused':
      return `${share} · paused`;
    case 'interrupted':
      return when === null
        ? share
        : `stopped at ${clockWithDay(batch.lastAt ?? now, now)} · ${share}`;
    case 'cancelled':
      return joined(when, `cancelled at ${share}`);
    case 'completed':
      return joined(when, counted(batch.framesDone, 'frame'));
    case 'failed':
      return joined(
        when,
        `${counted(batch.framesDone, 'frame')}, ${count(batch.failedJobs)} failed`,
      );
    default:
      return assertNever(batch.phase);
  }
}

/** At the right of the header: `['Done about ', '06:40', ' in 6 h 20 m']`, or what stands in its way. */
export function finishText(view: BatchView, now: number): readonly [string, string, string] | null {
  const { remainingSeconds } = view.progress;
  if (view.paused) return [view.paused.message, '', ''];
  if (view.phase === 'pausing') return ['Finishing the frames that are rendering', '', ''];
  if (view.phase !== 'running') return null;
  if (remainingSeconds === null) return ['Working out how long it takes', '', ''];
  const at = finishAt(now, remainingSeconds);
  return ['Done about ', clockWithDay(at, now), ` in ${roughDuration(remainingSeconds)}`];
}

/** Between what it will be done in four of five cases: `06:20–07:10`; `null`: that is not known, or nothing to say. */
export function finishRange(view: BatchView, now: number): string | null {
  const { remainingRange } = view.progress;
  if (view.phase !== 'running' || remainingRange === null) return null;
  const between = finishBetween(now, remainingRange);
  return between === null ? null : between.map((at) => clockWithDay(at, now)).join('–');
}

/** `58 % · film · Nightshift` */
export function titleText(view: BatchView | null): string {
  if (!view) return 'Nightshift';
  const { done, total } = view.progress.frames;
  const live = groupOf(view.phase) === 'Rendering' && total > 0;
  return [live && percent(done, total), view.name, 'Nightshift'].filter(Boolean).join(' · ');
}

function joined(when: string | null, text: string): string {
  return when === null ? text : `${when} · ${text}`;
}
