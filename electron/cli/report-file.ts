import type { BatchResult } from '../../shared/batch.ts';
import { readWorkerUse, writeReport } from '../engine/index.ts';
import { framePicture } from '../pictures/make-picture.ts';

/** So long may pictures take while the machine is to render, or somebody wants it to stop. */
const SHORT_MS = 10_000;

/** Writes a report with its pictures. @param checkpoint folder of the batch's journal. Throws what the disk says. */
export async function writeReportFile(
  file: string,
  result: BatchResult,
  checkpoint: string,
): Promise<void> {
  const isHurried = result.live || result.outcome === 'cancelled';
  const end = performance.now() + (isHurried ? SHORT_MS : Number.POSITIVE_INFINITY);
  await writeReport(file, result, {
    pictureOf: (job, _frame, record) => framePicture(job, record),
    workers: await readWorkerUse(checkpoint).catch(() => null),
    mayGoOn: () => performance.now() < end,
  });
}
