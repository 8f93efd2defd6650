import type { BatchResult } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';
import { printable } from '../../shared/printable.ts';
import { batchHeadline } from '../batch/index.ts';
import { endLine, warningLine } from './job-lines.ts';
import type { RenderOptions } from './render-settings.ts';

/** What is said at the very end: how it went, what failed, where things are, how to go on. */
export function summaryLines(
  result: BatchResult,
  options: Pick<RenderOptions, 'fresh' | 'report'>,
): readonly string[] {
  // The problems that were told say why there is no shot.
  if (result.totalJobs === 0) return [];
  const failed = result.jobs.filter(
    ({ status, error }) => status === 'failed' || (status === 'skipped' && error !== null),
  );
  const lines = ['', batchHeadline(result), ...failed.flatMap((job) => endLine(job)?.text ?? [])];
  lines.push(...warningLines(result.jobs));
  if (result.jobs.some((job) => job.counts.done > 0)) {
    lines.push(printable(`The frames are in ${result.run.outputRoot}.`));
  }
  if (options.report) lines.push(printable(`The report is ${options.report}.`));
  if (result.outcome === 'cancelled' || result.outcome === 'interrupted') {
    lines.push(`To resume, run the same command again${options.fresh ? ' without --fresh' : ''}.`);
  }
  return lines;
}

/** A missing texture must not be lost among a thousand lines of frames. */
function warningLines(jobs: readonly BatchJob[]): readonly string[] {
  const warned = jobs.filter(({ warnings }) => warnings.length > 0);
  const lines = warned.slice(0, MOST_WARNED).flatMap((job) => warningLine(job)?.text ?? []);
  const more = warned.length - lines.length;
  return more === 0 ? lines : [...lines, `${more} more shots have warnings: the report names all.`];
}

const MOST_WARNED = 10;
