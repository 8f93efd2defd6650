import type { BatchResult } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';

export const EXIT = {
  /** Every frame that was asked for is done. */
  done: 0,
  /** Some shot failed, or a check found errors. */
  failed: 1,
  /** Wrong usage, or nothing to render. */
  usage: 2,
  /** Stopped by a signal; can be resumed. As a shell counts SIGINT. */
  interrupted: 130,
} as const;

/** How the command ends that rendered this. */
export function exitCodeOf(
  result: BatchResult,
  /** Ids of the shots of which only some frames were asked for; `null`: all of each. */
  picked: readonly string[] | null = null,
): number {
  if (result.totalJobs === 0) return EXIT.usage;
  if (result.completed === result.totalJobs) return EXIT.done;
  if (result.outcome === 'cancelled' || result.outcome === 'interrupted') return EXIT.interrupted;
  if (picked === null) return EXIT.failed;
  const ended = result.jobs.filter(({ id }) => picked.includes(id));
  const isDone = ({ status }: BatchJob) => status === 'completed' || status === 'waiting';
  return ended.every(isDone) ? EXIT.done : EXIT.failed;
}

/** Said to the person as it is, without a stack: what is wrong with the command, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
