import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BatchJob, FrameRecord } from '../../shared/job.ts';
import { makePicture } from './make-picture.ts';

/**
 * The picture of a frame that is done, as large as the inspector's, as WebP. `null` where its file is gone, is not
 * the recorded one any more, or can't be read. Never rejects.
 */
export async function framePicture(
  { plan }: Pick<BatchJob, 'plan'>,
  { file, bytes }: FrameRecord,
): Promise<Buffer | null> {
  // A journal is a text that anybody may have changed.
  if (plan === null || basename(file) !== file) return null;
  const path = join(plan.directory, file);
  const found = await stat(path).catch(() => null);
  if (!found?.isFile() || found.size !== bytes) return null;
  return makePicture(path, 'large').catch(() => null);
}
