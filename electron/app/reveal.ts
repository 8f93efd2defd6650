import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchJob, FrameRecord } from '../../shared/job.ts';
import { Refusal } from './refusal.ts';

/** The path of the job's newest frame on disk, or of its folder. Refuses where there is neither. */
export async function newestFrame(job: BatchJob): Promise<string> {
  const directory = job.plan?.directory ?? job.outputPath;
  const record = newestRecord(job);
  const candidates = record ? [join(directory, record.file), directory] : [directory];
  for (const path of candidates) {
    if (await stat(path).catch(() => null)) return path;
  }
  throw new Refusal(
    `No frame of “${job.name}” is on disk yet.`,
    'Render the shot first; its frames then appear in its output folder.',
  );
}

function newestRecord(job: BatchJob): FrameRecord | null {
  let newest: FrameRecord | null = null;
  for (const [, { record }] of job.frames.inState('done')) {
    if (record.at >= (newest?.at ?? 0)) newest = record;
  }
  return newest;
}
