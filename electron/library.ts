/**
 * What `import … from 'nightshift'` gives a program of someone else: plain Node, no window, no Electron. Each value has
 * an example in docs/pipelines.md, which a test runs on the packed package. What is not here may change at any time.
 * Members whose comments say that they are internal are not in the types.
 */

export {
  type Batch,
  type BatchConfig,
  type BatchOutcome,
  type BatchProgress,
  type BatchResult,
  type BlenderInfo,
  DEFAULT_CONFIG,
  type ExistingPolicy,
  type RunInfo,
} from '../shared/batch.ts';
export type { BatchEvent, BatchSignal, JobEvent, LogLine, RunEvent } from '../shared/events.ts';
export type { Cause, Failure } from '../shared/failure.ts';
export type { FrameCounts, FrameRecord, FrameState } from '../shared/frame-state.ts';
export type { BatchJob, FramePlan, JobStatus, ShotWarning } from '../shared/job.ts';
export { type FrameIn, framesIn } from '../shared/job-state.ts';
export type { Night } from '../shared/night.ts';
export type { ShotConfig, ShotProblem } from '../shared/shot.ts';
export type { TestPass } from '../shared/test-pass.ts';
export {
  BatchCheckpoint,
  BatchInUse,
  BatchProcessor,
  type CheckOptions,
  type CheckpointSummary,
  checkBatch,
  checkpointDirectory,
  createBatchFromDirectory,
  dataDirectory,
  generateBatchReport,
  type LoadReport,
  listCheckpoints,
  NIGHTSHIFT_VERSION,
  type ProcessorOptions,
  type RunBatchOptions,
  type RunJobOptions,
  readResult,
  runBatch,
  runJobSubprocess,
} from './engine/index.ts';
