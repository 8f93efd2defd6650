import type { Batch, BatchConfig, RunInfo } from '../../shared/batch.ts';
import { thisMachine, workersFor } from './machine.ts';
import { NIGHTSHIFT_VERSION } from './version.ts';

/** A run of a batch that begins now on this machine; which Blender it uses shows later. */
export function newRunInfo(batch: Batch, config: BatchConfig): RunInfo {
  const machine = thisMachine();
  return {
    batchId: batch.id,
    folder: batch.folder,
    outputRoot: batch.outputRoot,
    config,
    workers: workersFor(config, machine),
    blender: null,
    machine,
    nightshift: NIGHTSHIFT_VERSION,
    startedAt: Date.now(),
    finishedAt: null,
  };
}
