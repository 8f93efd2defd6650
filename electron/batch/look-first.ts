import type { Batch, BatchConfig } from '../../shared/batch.ts';
import type { Replayed } from './checkpoint/replay.ts';
import { joinCheckpoint, type LoadedBatch } from './load-batch.ts';

/** The first frame waits no longer than this for the frames of complete shots to be looked at, ms. */
const LONGEST_LOOK_MS = 2000;

export interface FirstLook {
  readonly config: BatchConfig;
  readonly isCancelled: () => boolean;
  /** Whether those who look on beside the rendering will come to do so. */
  readonly goesOn: (joined: LoadedBatch) => Promise<boolean>;
  /** For tests. */
  readonly mostMs?: number;
}

/**
 * Joins a batch with its checkpoint before a run. The files of shots that go on are all looked at. Those of
 * complete ones may be millions: where something is left to render, the rest of them is `unlooked`, to be
 * looked at while it renders.
 */
export async function joinForRun(
  batch: Batch,
  known: Replayed,
  { config, isCancelled, goesOn, mostMs = LONGEST_LOOK_MS }: FirstLook,
): Promise<LoadedBatch> {
  const joined = await joinCheckpoint(batch, known, config, {
    isCancelled,
    enough: patience(mostMs),
  });
  if (joined.unlooked.length === 0 || (await goesOn(joined))) return joined;
  return joinCheckpoint(batch, known, config, { isCancelled });
}

/** True from when on it has taken too long. Asked once for each shot and for each of its frames. */
function patience(ms: number): () => boolean {
  const until = performance.now() + ms;
  return () => performance.now() > until;
}
