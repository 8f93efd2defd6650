import { z } from 'zod';
import { RUN_OUTCOMES, runInfoSchema } from './batch.ts';
import { failureSchema, LOST_PLACES } from './failure.ts';
import { frameRecordSchema, VERDICTS } from './frame-state.ts';
import { parseFrames } from './frames.ts';
import type { Frozen } from './frozen.ts';
import {
  type BatchJob,
  framePlanSchema,
  inputSchema,
  OTHER_BLENDER_POLICIES,
  shotWarningSchema,
} from './job.ts';
import { builtAnewSchema } from './kept-scene.ts';
import { PAUSE_REASONS, recoverySchema } from './night.ts';

const at = z.number();
const job = z.string().min(1);
const ofJob = { job, at };
const ofFrame = { job, at, frame: z.int() };
/** Such as `30-40, 77`. */
const someFrames = z.string().refine((text) => parseFrames(text).ok, 'frames such as 30-40, 77');
const failure = failureSchema;
const record = frameRecordSchema;

/** What can happen to one job. */
const JOB_EVENTS = [
  /** A job joins the batch, or its source changed: nothing of it counts as done. */
  z.object({
    type: z.literal('job-added'),
    ...ofJob,
    name: z.string(),
    shotFile: z.string(),
    outputPath: z.string(),
    source: z.string(),
  }),
  /**
   * Files of it were saved after frames of it were made. Those that were proved until then stay, and are of the files
   * before; what is rendered from then on is of the files as they are now.
   */
  z.object({
    type: z.literal('job-saved'),
    ...ofJob,
    /** Of the shot as it is now. */
    source: z.string(),
    /** The other files that its scene uses, as they are now; not there: nobody knows of any. */
    inputs: z.array(inputSchema).optional(),
    /** When the newest of them was saved; `null`: nobody knows. */
    saved: z.number().nullable(),
    /** The names of those that were. */
    files: z.array(z.string()),
    /** The artist has said already that such frames are kept. */
    kept: z.literal(true).optional(),
    /** Its shot file says now what its scene has said: the pictures are those of the files as they are. */
    same: z.literal(true).optional(),
  }),
  /** The artist keeps what was made of it before its files were saved. */
  z.object({ type: z.literal('older-kept'), ...ofJob }),
  z.object({ type: z.literal('job-planned'), ...ofJob, plan: framePlanSchema }),
  /** Its scene was looked through after opening: this is all that is wrong with it now. */
  z.object({ type: z.literal('job-warned'), ...ofJob, warnings: z.array(shotWarningSchema) }),
  /** The artist chose its place in the order. `over`: what the shot file said then. */
  z.object({
    type: z.literal('job-prioritized'),
    ...ofJob,
    priority: z.number(),
    over: z.number(),
  }),
  /** The artist chose its Blender, or what becomes of frames of another one; see `ChosenBlender`. */
  z.object({
    type: z.literal('job-blender'),
    ...ofJob,
    version: z.string().nullable(),
    over: z.string().nullable(),
    otherBlender: z.enum(OTHER_BLENDER_POLICIES).nullable(),
  }),
  z.object({ type: z.literal('job-started'), ...ofJob }),
  z.object({ type: z.literal('job-retried'), ...ofJob, failure }),
  z.object({
    type: z.literal('job-finished'),
    ...ofJob,
    status: z.enum(['completed', 'failed', 'skipped', 'cancelled']),
    error: failure.nullable(),
  }),
  /** Back to waiting: asked for by the artist, or by a new run. Failed frames may be tried again. */
  z.object({ type: z.literal('job-reset'), ...ofJob }),
  /**
   * The artist asked for frames of it again, also for those that are done; `null`: for all. Each keeps its picture until
   * the new one is proved, and the picture is set aside then.
   */
  z.object({ type: z.literal('frames-again'), ...ofJob, frames: someFrames.nullable() }),
  /** The run that is on renders only these frames of it; `null`: all that are left. */
  z.object({ type: z.literal('job-picked'), ...ofJob, frames: someFrames.nullable() }),
  /** The frames that were picked are done: the others wait for another run. */
  z.object({ type: z.literal('job-rested'), ...ofJob }),
  /** The artist judged pictures that were there then; `null`: takes that back. */
  z.object({
    type: z.literal('frames-reviewed'),
    ...ofJob,
    frames: someFrames,
    review: z.enum(VERDICTS).nullable(),
  }),
  z.object({
    type: z.literal('frame-started'),
    ...ofFrame,
    worker: z.number(),
    /** The computer of a cluster that it is rendered on; not there: this one. */
    node: z.string().optional(),
  }),
  /**
   * `keptScene`: rendered with the scene as the frame before left it. `session`: which keeping that was; the picture waits
   * for a check of it.
   */
  z.object({
    type: z.literal('frame-done'),
    ...ofFrame,
    record,
    keptScene: z.literal(true).optional(),
    session: z.string().min(1).optional(),
  }),
  /**
   * A frame was rendered with the scene kept and with the scene built anew, and all pixels were compared. `same`: all that
   * this keeping has made until then stands; otherwise nothing does that waits for a check, and it is rendered again.
   */
  z.object({
    type: z.literal('scene-checked'),
    job,
    at,
    /** The frame that was compared; its own state is not changed by that. */
    checked: z.int(),
    session: z.string().min(1),
    same: z.boolean(),
    /** What it took when its scene was built anew; not there: that failed. */
    seconds: z.number().optional(),
  }),
  /** From now on each frame builds the scene anew. */
  z.object({
    type: z.literal('scene-anew'),
    ...ofJob,
    anew: builtAnewSchema,
  }),
  /** Whole on disk from before this run. */
  z.object({ type: z.literal('frame-kept'), ...ofFrame, record }),
  /**
   * Recorded as done once, but its file is gone or no longer the same. `tries`: it never got its name, so its tries
   * count on; not there: it is a fresh frame again. `again`: it was asked for again, and the picture from before is still
   * in its place.
   */
  z.object({
    type: z.literal('frame-lost'),
    ...ofFrame,
    tries: z.int().min(0).optional(),
    again: z.literal(true).optional(),
  }),
  z.object({ type: z.literal('frame-failed'), ...ofFrame, failure, willRetry: z.boolean() }),
  /** Given back without blame: cancelled, or its worker was needed elsewhere. */
  z.object({ type: z.literal('frame-released'), ...ofFrame }),
] as const;
export type JobEvent = Frozen<z.input<(typeof JOB_EVENTS)[number]>>;

/** What can happen to the batch as a whole. */
const RUN_EVENTS = [
  z.object({ type: z.literal('batch-started'), at, run: runInfoSchema }),
  z.object({
    type: z.literal('batch-paused'),
    at,
    reason: z.enum(PAUSE_REASONS),
    message: z.string(),
  }),
  z.object({ type: z.literal('batch-unpaused'), at }),
  /** The pool goes on with another number of workers: memory ran out. */
  z.object({
    type: z.literal('pool-changed'),
    at,
    /** Workers that may be at work at once from now on. */
    workers: z.number(),
    /** Of so many that the run began with. */
    of: z.number(),
    message: z.string(),
  }),
  /** The run goes on with as many Blenders as are best for what is left. */
  z.object({
    type: z.literal('workers-chosen'),
    at,
    workers: z.number(),
    /** That each of them has, while all are at work. */
    threads: z.number(),
    /** Of so many that there may be. */
    of: z.number(),
    message: z.string(),
  }),
  /** A cluster took a place away in which Blender was at work: what it was at goes on elsewhere, without blame. */
  z.object({
    type: z.literal('place-lost'),
    at,
    node: z.string(),
    cause: z.enum(LOST_PLACES),
    message: z.string(),
  }),
  /** A node of a cluster can't do the work: it is asked for no more in this run. */
  z.object({ type: z.literal('node-left-out'), at, node: z.string(), message: z.string() }),
  /** Found out of order, mostly by the start of a run, and set right. */
  z.object({ type: z.literal('batch-recovered'), at, found: recoverySchema }),
  /** All recorded jobs that are not in the folder any more. Their frames stay known: a folder may come back. */
  z.object({ type: z.literal('jobs-gone'), at, jobs: z.array(job) }),
  z.object({ type: z.literal('batch-finished'), at, outcome: z.enum(RUN_OUTCOMES) }),
] as const;
export type RunEvent = Frozen<z.input<(typeof RUN_EVENTS)[number]>>;

/** One line of the journal. What is on disk is unknown until it went through here. */
export const batchEvent = z.discriminatedUnion('type', [...JOB_EVENTS, ...RUN_EVENTS]);
export type BatchEvent = JobEvent | RunEvent;

export function isJobEvent(event: BatchEvent): event is JobEvent {
  return 'job' in event;
}

/** What a batch tells while it runs. `event` changes state and is journaled, the rest is only shown. */
export type BatchSignal =
  /** `job` is the job as it is after the event. */
  | { readonly type: 'event'; readonly event: JobEvent; readonly job: BatchJob }
  | { readonly type: 'event'; readonly event: RunEvent; readonly job: null }
  /** Progress inside a frame, from Blender's words; to show, never to decide. */
  | {
      readonly type: 'samples';
      readonly worker: number;
      readonly job: string;
      readonly frame: number;
      readonly done: number;
      readonly total: number;
      readonly memoryMb: number | null;
    }
  | {
      readonly type: 'worker';
      readonly worker: number;
      readonly state: WorkerState;
      /** The name of the one that it renders on; not there: the CPU. */
      readonly gpu?: string;
      /** The computer of a cluster that it has a place on; not there: this one, or none yet. */
      readonly node?: string;
    }
  | { readonly type: 'log'; readonly job: string; readonly line: LogLine };

export type WorkerState =
  /** It waits for a place on a cluster. `why`: in words; `null`: not known yet. */
  | { readonly status: 'asking'; readonly why: string | null }
  | { readonly status: 'starting' }
  | { readonly status: 'opening'; readonly job: string }
  | {
      readonly status: 'rendering';
      readonly job: string;
      readonly frame: number;
      readonly since: number;
      readonly threads: number;
    }
  | { readonly status: 'idle'; readonly why?: IdleReason }
  | { readonly status: 'gone' };

/** Why a worker waits although the batch goes on; not there: no work is left for it. */
export type IdleReason =
  /** Memory ran out: the pool goes on with fewer. */
  | { readonly kind: 'resting' }
  /** Fewer Blenders, with more threads each, are done sooner. */
  | { readonly kind: 'enough' }
  /** The lanes of the GPUs need the other cores. */
  | { readonly kind: 'cores' }
  /** The next shot would not fit beside those that are being rendered. */
  | { readonly kind: 'memory'; readonly needMb: number; readonly freeMb: number }
  | { readonly kind: 'paused' }
  /** What failed is tried again then, ms since 1970. */
  | { readonly kind: 'next-try'; readonly at: number };

export interface LogLine {
  readonly at: number;
  readonly worker: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}
