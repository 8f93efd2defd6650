import type { NightCharts } from '../../shared/charts/night-charts.ts';
import { type BatchProcessor, frameTimes, readWorkerUse } from '../batch/index.ts';

/** What the morning draws of a batch. Throws what the file system says of its journal. */
export async function nightCharts({
  checkpointPath,
  jobs,
}: Pick<BatchProcessor, 'checkpointPath' | 'jobs'>): Promise<NightCharts> {
  return { workers: await readWorkerUse(checkpointPath), frameTimes: frameTimes(jobs) };
}
