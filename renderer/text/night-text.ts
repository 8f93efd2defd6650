import type { BatchView, JobRow } from '../../shared/view.ts';
import { capital, clockWithDay, count, counted, inWords } from './format.ts';

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
    readyText(frames.done, frames.total, jobs.failed + jobs.skipped + jobs.cancelled),
    `${first} ${needs(jobs.failed, jobs.skipped, rows)}`.trim(),
  ];
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
    const ready = `${done === 0 ? 'No' : count(done)} ${done > 1 ? 'frames are' : 'frame is'} ready`;
    return `${ready}, ${counted(without, 'shot')} ${without === 1 ? 'is' : 'are'} not`;
  }
  if (total === 1) return done === 1 ? 'The one frame is ready' : 'The one frame is not ready';
  const which = done === total && total > 0 ? 'All' : `${count(done)} of`;
  return `${which} ${counted(total, 'frame')} are ready`;
}

function needs(failed: number, skipped: number, rows: readonly JobRow[]): string {
  const parts = [];
  const warned = rows.filter((row) => row.warnings > 0).length;
  if (failed > 0)
    parts.push(`${capital(inWords(failed))} ${failed === 1 ? 'shot needs' : 'shots need'} you.`);
  if (skipped > 0)
    parts.push(`${capital(inWords(skipped))} ${skipped === 1 ? 'was' : 'were'} not started.`);
  if (warned > 0)
    parts.push(`${capital(inWords(warned))} ${warned === 1 ? 'is' : 'are'} worth a look.`);
  return parts.join(' ');
}
