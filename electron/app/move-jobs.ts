import { prioritiesInPlace } from '../../shared/priority.ts';
import type { BatchProcessor } from '../batch/index.ts';

/**
 * Puts jobs before another one, `null`: at the end, and lets them start there: where priorities would keep them from
 * that, they take their neighbours'. Resolves with the ids of all jobs in their new order.
 */
export async function moveJobs(
  processor: Pick<BatchProcessor, 'jobs' | 'order' | 'setPriority'>,
  jobIds: readonly string[],
  before: string | null,
): Promise<readonly string[]> {
  try {
    await processor.order.move(jobIds, before);
  } finally {
    // It counts now also where it could not be kept.
    for (const [priority, ids] of prioritiesInPlace(processor.jobs, jobIds)) {
      await processor.setPriority(ids, priority);
    }
  }
  return processor.jobs.map(({ id }) => id);
}
