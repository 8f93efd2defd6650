import type { JobStatus } from './job.ts';

/** How far a batch is of which only chosen shots were rendered: `2 of 7 shots done, 5 waiting`. */
export function partialText(
  jobs: Readonly<Record<JobStatus, number>>,
  where: 'wide' | 'narrow' = 'wide',
): string {
  const total = Object.values(jobs).reduce((sum, count) => sum + count, 0);
  const word = where === 'narrow' ? '' : total === 1 ? ' shot' : ' shots';
  return `${jobs.completed} of ${total}${word} done, ${jobs.waiting} waiting`;
}
