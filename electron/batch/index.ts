/** The engine's public surface: usable from plain Node, with no window and no Electron. */
export { blenderInfo, findBlenders } from '../blender/find-blender.ts';
export { BatchProcessor, type ProcessorOptions } from './batch-processor.ts';
export { checkBatch } from './check-batch.ts';
export { BatchCheckpoint } from './checkpoint/batch-checkpoint.ts';
export { type CheckpointSummary, listCheckpoints } from './checkpoint/checkpoint-list.ts';
export { checkpointDirectory, dataDirectory } from './checkpoint/data-directory.ts';
export { BatchInUse } from './checkpoint/lock.ts';
export { createBatchFromDirectory } from './create-batch.ts';
export type { LoadReport } from './load-batch.ts';
export { workersFor } from './machine.ts';
export { readResult } from './read-result.ts';
export { generateBatchReport } from './report/generate-report.ts';
export { batchHeadline } from './report/headline.ts';
export { repeatCommand } from './report/repeat-command.ts';
export { runBatch } from './run-batch.ts';
export { runJobSubprocess } from './run-job.ts';
export { parseDuration } from './shots/duration.ts';
export { NIGHTSHIFT_VERSION } from './version.ts';
