import { join } from 'node:path';
import type { WorkerUse } from '../../shared/charts/night-charts.ts';
import { readEvents } from './checkpoint/journal-events.ts';
import { Timeline } from './report/timeline.ts';

/**
 * What each worker was at over the night that a checkpoint tells of last. Reads its journal once, in blocks;
 * costs nothing while nobody asks. Throws what the file system says.
 */
export async function readWorkerUse(directory: string): Promise<WorkerUse> {
  const timeline = new Timeline();
  await readEvents(join(directory, 'journal.jsonl'), (event) => timeline.add(event));
  return timeline.end();
}
