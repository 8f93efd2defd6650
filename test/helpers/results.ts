import type { BatchOutcome, BatchResult, RunInfo } from '../../shared/batch.ts';
import type { Failure } from '../../shared/failure.ts';
import type { FrameRecord } from '../../shared/frame-state.ts';
import type { BatchJob, FramePlan, JobStatus } from '../../shared/job.ts';
import { FRESH_JOB, jobAfter } from '../../shared/job-state.ts';
import { QUIET_NIGHT } from '../../shared/night.ts';
import { planOf, runOf } from './plan.ts';

/** A fixed moment, so that results made here are the same each time. */
export const NIGHT = Date.UTC(2026, 2, 1, 22, 0, 0);

export const NO_CAMERA: Failure = {
  cause: 'no-camera',
  message: 'The scene of bad has no camera.',
  nextStep: 'Add a camera to the scene, or name one in the shot file.',
  evidence: ['Error: Cannot render, no camera'],
};

export const CRASHED: Failure = {
  cause: 'crashed',
  message: 'Blender crashed on frame 2.',
  nextStep: 'Open the scene at this frame in Blender.',
  evidence: ['Writing: /tmp/x.crash.txt', 'Segmentation fault'],
};

export interface JobStory {
  readonly name?: string;
  readonly shotFile?: string;
  readonly status?: JobStatus;
  readonly error?: Failure | null;
  /** Seconds of each frame that is done; `null`: the frame failed. Numbered from 1. */
  readonly frames?: readonly (number | null)[] | null;
  /** The first ones of `frames` are from before this run. */
  readonly kept?: number;
  /** Frames planned after those. */
  readonly left?: number;
}

/** A job as the engine would leave it: every step goes through the state machine. */
export function madeJob(story: JobStory = {}): BatchJob {
  const { name = 'hero', frames = [1.5, 2.5], kept = 0, left = 0, status = 'completed' } = story;
  const fresh: BatchJob = {
    ...FRESH_JOB,
    id: '0123456789ab',
    name,
    shotFile: story.shotFile ?? `${name}.yaml`,
    shotConfig: null,
    outputPath: `/out/${name}`,
    source: 'source',
  };
  const about = { job: fresh.id, at: NIGHT };
  let job = fresh;
  if (frames) {
    const total = frames.length + left;
    const plan = madePlan(name, total);
    job = jobAfter(job, { type: 'job-planned', ...about, plan });
  }
  if (status === 'waiting' || status === 'skipped') return finished(job, story, status);
  job = jobAfter(job, { type: 'job-started', ...about });
  frames?.forEach((seconds, index) => {
    const frame = index + 1;
    const record = madeRecord(name, frame, seconds ?? 0);
    if (index < kept && seconds !== null) {
      job = jobAfter(job, { type: 'frame-kept', ...about, frame, record });
      return;
    }
    job = jobAfter(job, { type: 'frame-started', ...about, frame, worker: 1 });
    job = jobAfter(
      job,
      seconds === null
        ? { type: 'frame-failed', ...about, frame, failure: CRASHED, willRetry: false }
        : { type: 'frame-done', ...about, frame, record },
    );
  });
  return finished(job, story, status);
}

export function madeResult(
  jobs: readonly BatchJob[],
  outcome: BatchOutcome = 'completed',
  more: Partial<Omit<BatchResult, 'run'>> & { readonly run?: Partial<RunInfo> } = {},
): BatchResult {
  const of = (status: JobStatus) => jobs.filter((job) => job.status === status).length;
  return {
    outcome,
    totalJobs: jobs.length,
    completed: of('completed'),
    failed: of('failed'),
    skipped: of('skipped'),
    cancelled: of('cancelled'),
    durationSeconds: 90,
    pausedSeconds: 0,
    live: false,
    night: QUIET_NIGHT,
    jobs,
    problems: [],
    ...more,
    run: { ...RUN, ...more.run },
  };
}

export const RUN: RunInfo = runOf({
  batchId: 'shots-1a2b3c4d',
  folder: '/film/shots',
  outputRoot: '/film/shots/renders',
  machine: { platform: 'linux', cores: 2, memoryMb: 8192 },
  startedAt: NIGHT,
  finishedAt: NIGHT + 90_000,
});

function finished(job: BatchJob, story: JobStory, status: JobStatus): BatchJob {
  if (status === 'waiting' || status === 'running') return job;
  const error = story.error ?? null;
  return jobAfter(job, { type: 'job-finished', job: job.id, at: NIGHT + 12_000, status, error });
}

function madePlan(name: string, total: number): FramePlan {
  const frames = Array.from({ length: total }, (_, index) => index + 1);
  return planOf(frames, { directory: `/out/${name}`, pattern: `${name}_####` });
}

function madeRecord(name: string, frame: number, seconds: number): FrameRecord {
  return {
    file: `${name}_${String(frame).padStart(4, '0')}.png`,
    bytes: 1000,
    mtimeMs: NIGHT,
    sha256: '0'.repeat(32),
    seconds,
    memoryMb: 120,
    at: NIGHT,
  };
}
