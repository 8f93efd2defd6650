import { assertNever } from '../../shared/assert-never.ts';
import type { BatchPhase, BatchSummary, BatchView, JobRow, ResumeCard } from '../../shared/view.ts';
import {
  capital,
  clock,
  clockWithDay,
  count,
  counted,
  dayOrClock,
  inWords,
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
      return remaining === null ? share : `${share} · done about ${clock(now + remaining * 1000)}`;
    case 'pausing':
      return `${share} · pausing`;
    case 'paused':
      return `${share} · paused`;
    case 'interrupted':
      return when === null ? share : `stopped at ${clock(batch.lastAt ?? now)} · ${share}`;
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
  const at = now + remainingSeconds * 1000;
  return ['Done about ', clockWithDay(at, now), ` in ${roughDuration(remainingSeconds)}`];
}

/** How the night went: a heading, and the line under it. */
export function nightText(
  view: BatchView,
  rows: readonly JobRow[],
  now: number,
): readonly [string, string] {
  const { frames, jobs } = view.progress;
  const end = rows.reduce((latest, row) => Math.max(latest, row.endTime ?? 0), 0);
  const verb = view.phase === 'cancelled' ? 'was cancelled' : 'finished';
  const first = `${view.name} ${verb}${end > 0 ? ` at ${clockWithDay(end, now)}` : ''}.`;
  return [
    readyText(frames.done, frames.total),
    `${first} ${needs(jobs.failed, jobs.skipped)}`.trim(),
  ];
}

/** `58 % · film · Nightshift` */
export function titleText(view: BatchView | null): string {
  if (!view) return 'Nightshift';
  const { done, total } = view.progress.frames;
  const live = groupOf(view.phase) === 'Rendering' && total > 0;
  return [live && percent(done, total), view.name, 'Nightshift'].filter(Boolean).join(' · ');
}

/** What the checkpoint and the disk say after a crash, good news first. */
export function resumeChecks(
  card: ResumeCard,
): readonly { readonly good: boolean; readonly text: string }[] {
  const checks: { good: boolean; text: string }[] = [];
  const say = (good: boolean, text: string) => checks.push({ good, text });
  if (card.framesWhole > 0)
    say(
      true,
      `${card.framesWhole > 1 ? 'All ' : ''}${counted(card.framesWhole, 'frame')} checked: complete and unchanged since`,
    );
  for (const { name, frames } of card.stale)
    say(false, `${name} has changed: its ${counted(frames, 'frame')} will be rendered again`);
  if (card.framesLost > 0)
    say(
      false,
      `${counted(card.framesLost, 'finished frame')} gone from disk or changed since: rendered again`,
    );
  if (card.linesSetAside > 0)
    say(
      false,
      `${counted(card.linesSetAside, 'line')} of the record could not be read and ${card.linesSetAside === 1 ? 'was' : 'were'} kept aside; the frames on disk were checked instead`,
    );
  say(
    true,
    card.orphansStopped > 0
      ? `${counted(card.orphansStopped, 'Blender')} left running from before ${card.orphansStopped === 1 ? 'was' : 'were'} stopped`
      : 'No Blender left running from before',
  );
  return checks;
}

/** Under the heading of the resume card. */
export function interruptedText(card: ResumeCard): string {
  const { framesUnfinished: open } = card;
  const while_ =
    open > 0 ? ` while ${counted(open, 'frame')} ${open === 1 ? 'was' : 'were'} rendering` : '';
  return `Nightshift stopped${while_}. Everything finished before is safe.`;
}

function readyText(done: number, total: number): string {
  if (total === 1) return done === 1 ? 'The one frame is ready' : 'The one frame is not ready';
  const which = done === total && total > 0 ? 'All' : `${count(done)} of`;
  return `${which} ${counted(total, 'frame')} are ready`;
}

function needs(failed: number, skipped: number): string {
  const parts = [];
  if (failed > 0)
    parts.push(`${capital(inWords(failed))} ${failed === 1 ? 'shot needs' : 'shots need'} you.`);
  if (skipped > 0)
    parts.push(`${capital(inWords(skipped))} ${skipped === 1 ? 'was' : 'were'} not started.`);
  return parts.join(' ');
}

function joined(when: string | null, text: string): string {
  return when === null ? text : `${when} · ${text}`;
}
