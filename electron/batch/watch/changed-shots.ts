import { isDeepStrictEqual } from 'node:util';
import type { Batch } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';

/** How a folder that was read anew differs from what is known of it: ids of jobs. */
export interface ChangedShots {
  readonly added: readonly string[];
  /** Their shot file, scene or script is another one. */
  readonly changed: readonly string[];
  readonly gone: readonly string[];
}

/** @param known the jobs as they were read before, or are now */
export function changedShots(known: readonly BatchJob[], now: Batch): ChangedShots {
  const before = new Map(known.map((job) => [job.id, job]));
  const here = new Set(now.jobs.map(({ id }) => id));
  return {
    added: now.jobs.filter(({ id }) => !before.has(id)).map(({ id }) => id),
    changed: now.jobs.filter((job) => isOther(before.get(job.id), job)).map(({ id }) => id),
    gone: known.filter(({ id }) => !here.has(id)).map(({ id }) => id),
  };
}

function isOther(before: BatchJob | undefined, now: BatchJob): boolean {
  if (!before) return false;
  return before.source !== now.source || !isDeepStrictEqual(before.shotConfig, now.shotConfig);
}
