import { z } from 'zod';
import {
  DEFAULT_CONFIG,
  EXISTING_POLICIES,
  OTHER_BLENDER_POLICIES,
} from '../../../shared/batch.ts';
import type { BatchEvent } from '../../../shared/events.ts';
import { CAUSES } from '../../../shared/failure.ts';
import { sceneSettingsSchema } from '../../../shared/scene-settings.ts';
import { OUTPUT_FORMATS } from '../../../shared/shot.ts';

const at = z.number();
const job = z.string().min(1);
const frame = z.int();

const failure = z.object({
  // A cause of another version still is a failure.
  cause: z.enum(CAUSES).catch('render-error'),
  message: z.string(),
  nextStep: z.string(),
  evidence: z.array(z.string()),
  ofGpu: z.literal(true).optional(),
});

const record = z.object({
  file: z.string().min(1),
  bytes: z.int().nonnegative(),
  mtimeMs: z.number(),
  sha256: z.string().min(1),
  seconds: z.number(),
  memoryMb: z.number(),
  at,
  blender: z.string().min(1).optional(),
});

const input = z.object({
  file: z.string(),
  bytes: z.number().nullable(),
  mtimeMs: z.number(),
  sha256: z.string().nullable(),
});

const plan = z.object({
  // A frame is found by halving: the order is part of the meaning.
  frames: z.array(frame).refine(ascends, 'frames must ascend without repeats'),
  directory: z.string().min(1),
  pattern: z.string(),
  patterns: z.array(z.object({ from: frame, pattern: z.string() })).optional(),
  extension: z.string(),
  format: z.enum(OUTPUT_FORMATS),
  width: z.int().positive(),
  height: z.int().positive(),
  engine: z.string(),
  fps: z.number(),
  movie: z.object({ file: z.string().min(1) }).nullable(),
  fromScene: z.boolean().default(false),
  settings: sceneSettingsSchema.optional(),
  inputs: z.array(input).optional(),
  simulation: z
    .object({
      first: frame,
      names: z.array(z.string()),
      rendered: z.enum(['in-order', 'baked']),
    })
    .optional(),
});

// Every setting falls back to its default: a journal of another version may have fewer of them.
const config = z.object({
  workers: z.number().catch(DEFAULT_CONFIG.workers),
  resumeOnFailure: z.boolean().catch(DEFAULT_CONFIG.resumeOnFailure),
  checkpointPath: z.string().nullable().catch(DEFAULT_CONFIG.checkpointPath),
  maxRetries: z.number().catch(DEFAULT_CONFIG.maxRetries),
  timeoutSeconds: z.number().nullable().catch(DEFAULT_CONFIG.timeoutSeconds),
  frameTimeoutSeconds: z.number().nullable().catch(DEFAULT_CONFIG.frameTimeoutSeconds),
  continueOnError: z.boolean().catch(DEFAULT_CONFIG.continueOnError),
  existing: z.enum(EXISTING_POLICIES).catch(DEFAULT_CONFIG.existing),
  trusted: z.boolean().catch(DEFAULT_CONFIG.trusted),
  blenderPath: z.string().nullable().catch(DEFAULT_CONFIG.blenderPath),
  otherBlender: z.enum(OTHER_BLENDER_POLICIES).catch(DEFAULT_CONFIG.otherBlender),
  factoryStartup: z.boolean().catch(DEFAULT_CONFIG.factoryStartup),
  backoffMs: z.number().catch(DEFAULT_CONFIG.backoffMs),
  memoryLimitMb: z.number().nullable().catch(DEFAULT_CONFIG.memoryLimitMb),
  jobsPerWorker: z.number().catch(DEFAULT_CONFIG.jobsPerWorker),
});

const warning = failure.pick({ cause: true, message: true });
const count = z.int().nonnegative();
const shots = z.array(z.object({ name: z.string(), frames: count }));

const recovery = z.object({
  orphansStopped: count,
  linesSetAside: count,
  lost: shots,
  stale: shots,
  again: shots.optional(),
});

const blender = z.object({ path: z.string(), version: z.string() });

const run = z.object({
  batchId: z.string(),
  folder: z.string(),
  outputRoot: z.string(),
  config,
  workers: z.number(),
  blender: blender.nullable(),
  blenders: z.array(blender).optional(),
  machine: z.object({ platform: z.string(), cores: z.number(), memoryMb: z.number() }),
  nightshift: z.string(),
  startedAt: z.number(),
  finishedAt: z.number().nullable(),
});

/** One line of the journal. What is on disk is unknown until it went through here. */
export const batchEvent: z.ZodType<BatchEvent> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('job-added'),
    job,
    at,
    name: z.string(),
    shotFile: z.string(),
    outputPath: z.string(),
    source: z.string(),
  }),
  z.object({ type: z.literal('job-planned'), job, at, plan }),
  z.object({ type: z.literal('job-warned'), job, at, warnings: z.array(warning) }),
  z.object({
    type: z.literal('job-prioritized'),
    job,
    at,
    priority: z.number(),
    over: z.number(),
  }),
  z.object({
    type: z.literal('job-blender'),
    job,
    at,
    version: z.string().nullable(),
    over: z.string().nullable(),
    otherBlender: z.enum(OTHER_BLENDER_POLICIES).nullable(),
  }),
  z.object({ type: z.literal('job-started'), job, at }),
  z.object({ type: z.literal('job-retried'), job, at, failure }),
  z.object({
    type: z.literal('job-finished'),
    job,
    at,
    status: z.enum(['completed', 'failed', 'skipped', 'cancelled']),
    error: failure.nullable(),
  }),
  z.object({ type: z.literal('job-reset'), job, at }),
  z.object({ type: z.literal('frame-started'), job, at, frame, worker: z.number() }),
  z.object({ type: z.literal('frame-done'), job, at, frame, record }),
  z.object({ type: z.literal('frame-kept'), job, at, frame, record }),
  z.object({
    type: z.literal('frame-lost'),
    job,
    at,
    frame,
    tries: z.number().int().min(0).optional(),
  }),
  z.object({ type: z.literal('frame-failed'), job, at, frame, failure, willRetry: z.boolean() }),
  z.object({ type: z.literal('frame-released'), job, at, frame }),
  z.object({ type: z.literal('batch-started'), at, run }),
  z.object({
    type: z.literal('batch-paused'),
    at,
    reason: z.enum(['asked', 'disk-full']),
    message: z.string(),
  }),
  z.object({ type: z.literal('batch-unpaused'), at }),
  z.object({
    type: z.literal('pool-changed'),
    at,
    workers: z.number(),
    of: z.number(),
    message: z.string(),
  }),
  z.object({ type: z.literal('batch-recovered'), at, found: recovery }),
  z.object({ type: z.literal('jobs-gone'), at, jobs: z.array(job) }),
  z.object({
    type: z.literal('batch-finished'),
    at,
    outcome: z.enum(['completed', 'failed', 'cancelled', 'interrupted']),
  }),
]);

function ascends(frames: readonly number[]): boolean {
  return frames.every((frame, index) => index === 0 || frame > (frames[index - 1] as number));
}
