import { grouped } from '../../shared/grouped.ts';
import { partialText } from '../../shared/incident-text.ts';
import { isolated } from '../../shared/safe-text.ts';
import type { BatchPhase, BatchView, JobRow } from '../../shared/view.ts';
import { capital, clockWithDay, count, counted, inWords } from '../text/format.ts';
import { failureText } from '../text/job-text.ts';

/** How the night went: a heading, and the line under it. */
export function nightText(
  view: BatchView,
  rows: readonly JobRow[],
  now: number,
): readonly [string, string] {
  const { frames, jobs } = view.progress;
  const end = rows.reduce((latest, row) => Math.max(latest, row.endTime ?? 0), 0);
  const without = jobs.failed + jobs.skipped + jobs.cancelled;
  return [
    view.phase === 'partial' ? partialText(jobs) : readyText(frames.done, frames.total, without),
    [
      firstWords(view, end > 0 ? ` at ${clockWithDay(end, now)}` : ''),
      ...needs(view, rows),
      ...lostWords(view),
      GO_ON[view.phase] ?? '',
    ]
      .join(' ')
      .trim(),
  ];
}

function firstWords({ name: given, phase, progress }: BatchView, at: string): string {
  const name = isolated(given);
  if (phase === 'cancelled') return `${name} was cancelled${at}.`;
  if (phase !== 'partial') return `${name} finished${at}.`;
  return progress.jobs.completed === 0
    ? `No shot of ${name} is done.`
    : `The last of them was done${at}.`;
}

/** Nobody should have to find out that pictures were moved by hand: without them a shot looks as if it was never rendered. */
function lostWords({ framesLost = 0 }: BatchView): readonly string[] {
  if (framesLost === 0) return [];
  const [frames, they] =
    framesLost === 1
      ? ['One frame that was done is', 'it counts']
      : [`${count(framesLost)} frames that were done are`, 'they count'];
  return [
    `${frames} not in the output folder any more, or changed there. Put back, ${they} when the batch is opened again.`,
  ];
}

const GO_ON: Partial<Record<BatchPhase, string>> = {
  cancelled: '“Resume” goes on with the first frame that is missing.',
  partial: '“Render” goes on with what is missing.',
};

/** A failure, and the shots that failed for it. */
export interface ShotFailure {
  /** In the order of the table; at least one. */
  readonly rows: readonly JobRow[];
  /** What happened, and what to do now. */
  readonly text: string;
}

/** The failures of a night, each once, however many shots have it. */
export function failuresOf(rows: readonly JobRow[]): readonly ShotFailure[] {
  const failed = rows.filter(({ status }) => status === 'failed');
  const groups = grouped(failed, ({ error }) => (error ? failureText(error) : 'Failed.'));
  return [...groups].map(([text, same]) => ({ rows: same, text }));
}

/** `hero`, `hero and lamp`, `hero, lamp and 3 more`. */
export function failedNames(rows: readonly Pick<JobRow, 'name'>[]): string {
  const names = rows.map(({ name }) => isolated(name));
  const [first = '', second] = names;
  if (second === undefined) return first;
  return names.length === 2
    ? `${first} and ${second}`
    : `${first}, ${second} and ${count(names.length - 2)} more`;
}

/** Seconds that Blender worked, seconds a frame (`null`: none was rendered), and tries after the first. */
export function nightNumbers(view: BatchView, rows: readonly JobRow[]) {
  const renderSeconds = rows.reduce((sum, row) => sum + row.renderSeconds, 0);
  const retries = rows.reduce((sum, row) => sum + row.retryCount, 0);
  const { done } = view.progress.frames;
  return {
    renderSeconds,
    retries,
    averageSeconds: done > 0 && renderSeconds > 0 ? renderSeconds / done : null,
  };
}

/** @param without shots that are not complete; of those that never opened no frame is in `total` */
function readyText(done: number, total: number, without: number): string {
  if (without > 0 && done === total) {
    if (done === 0) return 'No frame was rendered';
    const ready = `${count(done)} ${done > 1 ? 'frames are' : 'frame is'} ready`;
    return `${ready}, ${counted(without, 'shot has', 'shots have')} none`;
  }
  if (total === 1) return done === 1 ? 'The one frame is ready' : 'The one frame is not ready';
  const which = done === total && total > 0 ? 'All' : `${count(done)} of`;
  return `${which} ${counted(total, 'frame')} are ready`;
}

function needs(
  { phase, progress, needYou }: BatchView,
  rows: readonly JobRow[],
): readonly string[] {
  const { skipped, cancelled } = progress.jobs;
  const parts = [];
  const warned = rows.filter((row) => row.warnings > 0).length;
  if (needYou > 0)
    parts.push(`${capital(inWords(needYou))} ${needYou === 1 ? 'shot needs' : 'shots need'} you.`);
  if (phase === 'cancelled' && cancelled > 0)
    parts.push(
      `${capital(inWords(cancelled))} ${cancelled === 1 ? 'shot was' : 'shots were'} stopped before the end.`,
    );
  if (skipped > 0)
    parts.push(`${capital(inWords(skipped))} ${skipped === 1 ? 'was' : 'were'} not started.`);
  if (warned > 0)
    parts.push(`${capital(inWords(warned))} ${warned === 1 ? 'is' : 'are'} worth a look.`);
  return parts;
}
