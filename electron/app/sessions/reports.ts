import { setTimeout } from 'node:timers/promises';
import type { BatchResult } from '../../../shared/batch.ts';
import type { NightCharts } from '../../../shared/charts/night-charts.ts';
import type { ThumbnailWish } from '../../../shared/thumbnail.ts';
import {
  type BatchProcessor,
  frameTimes,
  generateBatchReport,
  keptNights,
  nightPage,
  readResult,
  readWorkerUse,
  writeReport,
} from '../../engine/index.ts';

/** So long a report may take for its pictures, and while it renders, when pictures come after everything else. */
const LONGEST_MS = 90_000;
const LONGEST_BESIDE_BLENDER_MS = 20_000;

/** Writes the report of a batch with its pictures, the cached ones at once. Throws what the disk says. */
export async function writeBatchReport(
  processor: BatchProcessor,
  file: string,
  pictureOf: (wish: ThumbnailWish) => Promise<Uint8Array | null>,
): Promise<void> {
  const result = await resultNow(processor);
  const end = performance.now() + (result.live ? LONGEST_BESIDE_BLENDER_MS : LONGEST_MS);
  const batchId = processor.batch.id;
  await writeReport(file, result, {
    pictureOf: ({ id }, frame) => pictureOf({ batchId, jobId: id, frame, size: 'large' }),
    workers: await readWorkerUse(processor.checkpointPath).catch(() => null),
    mayGoOn: () => performance.now() < end,
  });
}

/** A batch that is closed at once needs no page; the text of its report is there. */
const SOON_MS = 2000;

/** Gives the night that has just ended its page with pictures, in a moment and beside everything else. Never rejects. */
export async function writeNightPage(
  processor: BatchProcessor,
  pictureOf: (wish: ThumbnailWish) => Promise<Uint8Array | null>,
): Promise<void> {
  await setTimeout(SOON_MS, undefined, { ref: false });
  const { startedAt } = processor.run;
  const nights = await keptNights(processor.checkpointPath);
  const night = nights.find((each) => each.startedAt === startedAt);
  if (!night || processor.running) return;
  const page = nightPage(processor.checkpointPath, night.id);
  // Without it there is the text, with the same words.
  await writeBatchReport(processor, page, pictureOf).catch(() => {});
}

type ReportedBatch = Pick<BatchProcessor, 'running' | 'checkpointPath' | 'getResult'>;

/** The report as text, for the clipboard. */
export async function reportText(processor: ReportedBatch): Promise<string> {
  const use = await readWorkerUse(processor.checkpointPath).catch(() => null);
  return generateBatchReport(await resultNow(processor), null, use);
}

/** Where another Nightshift renders this batch, what that one has come to. */
async function resultNow(processor: ReportedBatch): Promise<BatchResult> {
  const ours = processor.getResult();
  if (processor.running || ours.outcome !== 'interrupted') return ours;
  const theirs = await readResult(processor.checkpointPath).catch(() => null);
  return theirs?.live ? { ...theirs, problems: ours.problems } : ours;
}

/** What the morning draws of a batch. Throws what the file system says of its journal. */
export async function nightCharts({
  checkpointPath,
  jobs,
}: Pick<BatchProcessor, 'checkpointPath' | 'jobs'>): Promise<NightCharts> {
  return { workers: await readWorkerUse(checkpointPath), frameTimes: frameTimes(jobs) };
}
