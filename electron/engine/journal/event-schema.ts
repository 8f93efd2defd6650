import { z } from 'zod';
import { DEFAULT_CONFIG, EXISTING_POLICIES } from '../../../shared/batch.ts';
import type { BatchEvent, JobEvent } from '../../../shared/events.ts';
import { CAUSES, LOST_PLACES } from '../../../shared/failure.ts';
import { OUTPUT_FORMATS } from '../../../shared/formats.ts';
import { OTHER_BLENDER_POLICIES, sceneSettingsSchema } from '../../../shared/job.ts';

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
  node: z.string().optional(),
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

const slurmWishes = z.object({
  nodes: z.number(),
  partition: z.string().nullable(),
  cores: z.number().nullable(),
  memoryMb: z.number().nullable(),
  gpus: z.number(),
  minutes: z.number().nullable(),
  options: z.array(z.string()),
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
  launcher: z.string().optional().catch(undefined),
  slurm: slurmWishes.optional().catch(undefined),
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
  z.object({
    type: z.literal('frame-started'),
    job,
    at,
    frame,
    worker: z.number(),
    node: z.string().optional(),
  }),
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
  z.object({
    type: z.literal('place-lost'),
    at,
    node: z.string(),
    cause: z.enum(LOST_PLACES),
    message: z.string(),
  }),
  z.object({ type: z.literal('node-left-out'), at, node: z.string(), message: z.string() }),
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

/** Throws a sentence if a line, its seal taken off, is not an event. */
export function parseEvent(line: string): BatchEvent {
  const parsed = batchEvent.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') || 'the line';
  throw new Error(`It is not an event that this version knows: ${place}: ${issue?.message}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('It is not readable as JSON.');
  }
}

/** Text without escapes, a number as JSON has it, and the end of a line. */
const TEXT = '"([^"\\\\\\x00-\\x1f]+)"';
const NUMBER = '(-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)';
const END = '(?:,"crc32":"[0-9a-f]{8}")?\\}$';

const STARTED = new RegExp(
  `^\\{"type":"frame-started","job":${TEXT},"at":${NUMBER},"frame":${NUMBER},"worker":${NUMBER}${END}`,
);
const DONE = new RegExp(
  `^\\{"type":"frame-done","job":${TEXT},"at":${NUMBER},"frame":${NUMBER},"record":` +
    `\\{"file":${TEXT},"bytes":${NUMBER},"mtimeMs":${NUMBER},"sha256":${TEXT},` +
    `"seconds":${NUMBER},"memoryMb":${NUMBER},"at":${NUMBER}(?:,"blender":${TEXT})?\\}${END}`,
);

/**
 * The event of a line, where it is one of the two that nearly all lines are, written as we write it.
 * `null`: parse it. What it gives is what parsing would have given; the patterns are the schema.
 */
export function quickEvent(line: string): JobEvent | null {
  const [, job, at, frame, worker] = STARTED.exec(line) ?? [];
  if (job !== undefined) {
    const about = { job, at: Number(at), frame: Number(frame) };
    const event = { type: 'frame-started' as const, ...about, worker: Number(worker) };
    return areSound(event.frame, event.at, event.worker) ? event : null;
  }
  return doneEvent(DONE.exec(line));
}

function doneEvent(found: RegExpExecArray | null): JobEvent | null {
  if (!found) return null;
  const [, job = '', at, frame, file = '', bytes, mtimeMs, sha256 = '', ...rest] = found;
  const [seconds, memoryMb, since, blender] = rest;
  const record = {
    file,
    bytes: Number(bytes),
    mtimeMs: Number(mtimeMs),
    sha256,
    seconds: Number(seconds),
    memoryMb: Number(memoryMb),
    at: Number(since),
    ...(blender !== undefined && { blender }),
  };
  const event = { type: 'frame-done' as const, job, at: Number(at), frame: Number(frame), record };
  if (!Number.isSafeInteger(record.bytes) || record.bytes < 0) return null;
  const numbers = [record.mtimeMs, record.seconds, record.memoryMb, record.at];
  return areSound(event.frame, event.at, ...numbers) ? event : null;
}

function areSound(frame: number, ...numbers: readonly number[]): boolean {
  return Number.isSafeInteger(frame) && numbers.every(Number.isFinite);
}
