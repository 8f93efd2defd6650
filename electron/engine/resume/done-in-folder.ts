import type { Batch } from '../../../shared/batch.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import { batchIdOf } from '../folder/names.ts';
import { BatchCheckpoint } from '../journal/batch-checkpoint.ts';
import { checkpointDirectory } from '../journal/data-directory.ts';

/**
 * Of a batch of picked files: a warning for each shot of which frames are done in the batch of the whole folder, into the
 * same place. Neither batch knows of what the other has rendered.
 * @param data the app data directory
 */
export async function doneInFolder(data: string, batch: Batch): Promise<readonly ShotProblem[]> {
  if (!batch.files) return [];
  const whole = checkpointDirectory(data, batchIdOf(batch.folder, batch.outputRoot));
  // A journal that can't be read is told where its own batch is opened.
  const recorded = await new BatchCheckpoint(whole).load().catch(() => null);
  return batch.jobs.flatMap(({ id, source, outputPath, shotFile }) => {
    const known = recorded?.jobs.get(id);
    const done = known?.counts.done ?? 0;
    if (done === 0 || known?.source !== source || known.outputPath !== outputPath) return [];
    const frames = done === 1 ? 'One frame of this shot is' : `${done} frames of this shot are`;
    const message = `${frames} done in the batch of the whole folder. This batch does not know of them and would render them again, in their place: open the folder to go on with them.`;
    const about = { file: shotFile, line: null, column: null, jobId: id };
    return [{ severity: 'warning' as const, ...about, message }];
  });
}
