import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchJob } from '../../../shared/job.ts';
import { statAll } from './verify-frames.ts';

/**
 * Which of the recorded shots have no file in their folder any more, `known` ones among them. Where the folder is not
 * there, or holds none of them, it may only not be mounted: then no more than was known.
 */
export async function goneNow(
  folder: string | null,
  jobs: ReadonlyMap<string, BatchJob>,
  known: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const left = [...jobs.values()].filter(({ id }) => !known.has(id));
  if (folder === null || !(await stat(folder).catch(() => null))?.isDirectory()) return known;
  const gone = new Set(known);
  await statAll(
    left.length,
    (index) => join(folder, left[index]?.shotFile ?? ''),
    (index, found) => {
      if (!found) gone.add(left[index]?.id ?? '');
    },
    () => false,
  );
  return gone.size === known.size + left.length ? known : gone;
}
