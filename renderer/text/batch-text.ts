import { assertNever } from '../../shared/assert-never.ts';
import { finishAt, finishBetween } from '../../shared/duration-text.ts';
import { partialText } from '../../shared/incident-text.ts';
import { isolated } from '../../shared/safe-text.ts';
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
    case 'partial':
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
    case 'unread': {
      const frames =
        batch.framesTotal > 0 ? counted(batch.framesTotal, 'frame') : 'Not rendered yet';
      return remaining ? `${frames} · about ${roughDuration(remaining)}` : frames;
    }
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
    case 'partial':
      return partialText(batch.jobs, 'narrow');
    case 'completed':
      return joined(when, counted(batch.framesDone, 'frame'));
    case 'failed':
      return joined(
        when,
        `${counted(batch.framesDone, 'frame')}, ${count(batch.jobs.failed)} failed`,
      );
    default:
      return assertNever(batch.phase);
  }
}

/** At the right of the header: `['Done about ', '06:40', ' in 6 h 20 m']`, or what stands in its way. */
export function finishText(view: BatchView, now: number): readonly [string, string, string] | null {
  const { remainingSeconds } = view.progress;
  if (view.paused) return [view.paused.message, '', ''];
  if (view.phase === 'unread') return needsText(view, now);
  if (view.phase === 'pausing') return ['Finishing the frames that are rendering', '', ''];
  if (view.phase !== 'running') return null;
  if (remainingSeconds === null) return ['Working out how long it takes', '', ''];
  const at = finishAt(now, remainingSeconds);
  return ['Done about ', clockWithDay(at, now), ` in ${roughDuration(remainingSeconds)}`];
}

/** Before the first night: what was found by trying, or how far that has come. */
function needsText(
  { trying, progress }: BatchView,
  now: number,
): readonly [string, string, string] | null {
  if (trying) return [tryingText(trying), '', ''];
  const { remainingSeconds } = progress;
  if (remainingSeconds === null || remainingSeconds === 0) return null;
  const at = clockWithDay(finishAt(now, remainingSeconds), now);
  return ['Needs about ', roughDuration(remainingSeconds), `; started now it is done about ${at}`];
}

function tryingText({ shot, tried, of }: NonNullable<BatchView['trying']>): string {
  if (shot === null) return 'Looking the shots through first';
  return `Trying a few small frames of ${isolated(shot)}, ${count(tried + 1)} of ${count(of)}`;
}

/**
 * Between what it lies in four of five cases: `06:20–07:10` while it renders, `5 h 10 m–7 h 40 m` before;
 * `null`: that is not known, or nothing to say.
 */
export function finishRange(view: BatchView, now: number): string | null {
  const { remainingRange } = view.progress;
  if (remainingRange === null || view.trying) return null;
  if (view.phase === 'unread') {
    const [low, high] = [remainingRange.low, remainingRange.high].map(roughDuration);
    return low === high ? null : `${low}–${high}`;
  }
  if (view.phase !== 'running') return null;
  const between = finishBetween(now, remainingRange);
  return between === null ? null : between.map((at) => clockWithDay(at, now)).join('–');
}

/** `58 % · film · Nightshift` */
export function titleText(view: BatchView | null): string {
  if (!view) return 'Nightshift';
  const { done, total } = view.progress.frames;
  const live = groupOf(view.phase) === 'Rendering' && total > 0;
  return [live && percent(done, total), isolated(view.name), 'Nightshift']
    .filter(Boolean)
    .join(' · ');
}

function joined(when: string | null, text: string): string {
  return when === null ? text : `${when} · ${text}`;
}
