import type { BatchResult } from '../../shared/batch.ts';

export const EXIT = {
  /** Every frame is done. */
  done: 0,
  /** Some shot failed, or a check found errors. */
  failed: 1,
  /** Wrong usage, or nothing to render. */
  usage: 2,
  /** Stopped by a signal; can be resumed. As a shell counts SIGINT. */
  interrupted: 130,
} as const;

/** How the command ends that rendered this. */
export function exitCodeOf(result: BatchResult): number {
  if (result.totalJobs === 0) return EXIT.usage;
  if (result.completed === result.totalJobs) return EXIT.done;
  if (result.outcome === 'cancelled' || result.outcome === 'interrupted') return EXIT.interrupted;
  return EXIT.failed;
}

/** Said to the person as it is, without a stack: what is wrong with the command, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
