import type { BatchStore } from './batch-store.ts';

/** Those of some jobs that can be tried again: they have ended without being complete, and can be read. */
export function retriable(store: BatchStore, jobIds: readonly string[]): readonly string[] {
  return [...new Set(jobIds)].filter((id) => {
    const job = store.job(id);
    return job.shotConfig !== null && !['waiting', 'running', 'completed'].includes(job.status);
  });
}
