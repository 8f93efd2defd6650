import { type BatchConfig, DEFAULT_CONFIG, type Expectation } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { thisMachine, workersFor } from '../capacity/machine.ts';
import { Outlook } from '../estimate/outlook.ts';
import type { ShotMeasure } from './try-shots.ts';

/** How long jobs that nobody renders now will take, by what some of them were found to cost; `null`: none of them was. */
export function expectedNight(
  jobs: readonly BatchJob[],
  measures: ReadonlyMap<string, ShotMeasure>,
  config: Partial<BatchConfig> = {},
): Expectation | null {
  if (measures.size === 0) return null;
  const outlook = new Outlook(() => jobs);
  outlook.learn(measures);
  const workers = workersFor({ ...DEFAULT_CONFIG, ...config }, thisMachine());
  return outlook.expectation({ elapsedSeconds: null, renderSeconds: 0, workers }, Date.now());
}
