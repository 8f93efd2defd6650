import { z } from 'zod';
import { type BatchResult, runInfoSchema } from '../../shared/batch.ts';
import { CAUSES, LOST_PLACES } from '../../shared/failure.ts';
import type { Frozen } from '../../shared/frozen.ts';
import { JOB_STATUSES, SCENE_PARTS, shotWarningSchema } from '../../shared/job.ts';
import { builtAnewSchema } from '../../shared/kept-scene.ts';
import { SPLITS } from '../../shared/more-shots.ts';
import { PAUSE_REASONS, recoverySchema } from '../../shared/night.ts';
import { LEFT_OUT_REASONS } from '../../shared/shot.ts';
import { JSON_VERSION } from './json-version.ts';
import { problemSchema, resultShape, retryTally } from './result-schema.ts';

const cause = z.enum(CAUSES);
const message = z.string();
const ofJob = { job: z.string(), name: z.string() };
const moment = z.number().nullable().meta({ description: 'ms since 1970.' });
const seconds = z.number().nullable();
const run = runInfoSchema.shape;

/** Every line that some `--json` writes. */
const LINES = [
  z.object({
    type: z.literal('nightshift').meta({ description: 'The first line.' }),
    json: z.literal(JSON_VERSION).meta({ description: 'The version of these lines.' }),
    nightshift: z.string().meta({ description: 'The version of Nightshift.' }),
  }),
  z.object({ type: z.literal('batch-scheduled'), startAt: moment, until: moment }),
  z.object({
    type: z.literal('batch-started'),
    batch: run.batchId,
    folder: run.folder,
    outputRoot: run.outputRoot,
    test: run.test,
    files: run.files,
    workers: run.workers,
    blender: run.blender,
    blenders: run.blenders.unwrap(),
    machine: run.machine,
    nightshift: run.nightshift,
  }),
  z.object({ type: z.literal('batch-paused'), reason: z.enum(PAUSE_REASONS), message }),
  z.object({ type: z.literal('batch-unpaused') }),
  z.object({ type: z.literal('batch-recovered'), ...recoverySchema.shape }),
  z.object({ type: z.literal('pool-changed'), workers: z.number(), of: z.number(), message }),
  z.object({
    type: z.literal('workers-chosen'),
    workers: z.number(),
    threads: z.number(),
    of: z.number(),
    message,
  }),
  z.object({ type: z.literal('waiting-for-node'), why: z.string() }),
  z.object({
    type: z.literal('place-lost'),
    node: z.string(),
    cause: z.enum(LOST_PLACES),
    message,
  }),
  z.object({ type: z.literal('node-left-out'), node: z.string(), message }),
  z.object({ type: z.literal('job-started'), ...ofJob }),
  z.object({
    type: z.literal('job-saved').meta({
      description: 'Files of it were saved after these frames were made, which stay.',
    }),
    ...ofJob,
    saved: moment,
    files: z.array(z.string()).meta({ description: 'The names of those that were.' }),
    frames: z.string().meta({ description: 'Such as 1-24; those that nobody has decided about.' }),
  }),
  z.object({ type: z.literal('job-warned'), ...ofJob, warnings: z.array(shotWarningSchema) }),
  z.object({ type: z.literal('job-retried'), ...ofJob, cause, message }),
  z.object({
    type: z
      .literal('job-rested')
      .meta({ description: 'Its picked frames are done; the others wait for another run.' }),
    ...ofJob,
    done: z.int(),
    total: z.int(),
  }),
  z.object({
    type: z.literal('job-finished'),
    ...ofJob,
    status: z.enum(JOB_STATUSES),
    cause: cause.nullable(),
    message: message.nullable(),
    nextStep: z.string().nullable(),
    warnings: z.array(z.string()),
    retries: z.array(retryTally),
    poisoned: z.array(z.int()).meta({ description: 'Frames that crash Blender each time.' }),
  }),
  z.object({
    type: z.literal('frame-done'),
    ...ofJob,
    frame: z.int(),
    file: z.string().meta({ description: 'Absolute; proved whole.' }),
    seconds: z.number(),
    blender: z.string().nullable(),
  }),
  z.object({
    type: z.literal('frame-failed'),
    ...ofJob,
    frame: z.int(),
    cause,
    message,
    willRetry: z.boolean(),
  }),
  z.object({
    type: z.literal('scene-checked').meta({
      description:
        'A frame was rendered with its scene kept and with its scene built anew, and all pixels were compared.',
    }),
    ...ofJob,
    frame: z.int(),
    same: z.boolean(),
  }),
  z.object({
    type: z
      .literal('scene-anew')
      .meta({ description: 'From now on each frame of the shot builds its scene anew.' }),
    ...ofJob,
    anew: builtAnewSchema,
  }),
  z.object({
    type: z.literal('batch-finished').meta({ description: 'The last line: the result.' }),
    ...resultShape,
  }),
  z.object({
    type: z.literal('batch-passed-over').meta({
      description: 'Of nightshift queue render: it could not begin, and the night goes on.',
    }),
    batch: run.batchId,
    folder: run.folder,
    message,
  }),
  z.object({
    type: z.literal('queue').meta({ description: 'What is to be rendered tonight, in its order.' }),
    on: z.boolean().meta({ description: 'It goes on by itself from batch to batch.' }),
    startAt: moment,
    until: moment,
    batches: z.array(
      z.object({
        batch: run.batchId,
        folder: run.folder,
        outputRoot: run.outputRoot,
        test: run.test,
        files: run.files,
        again: z
          .array(z.object({ job: z.string(), frames: z.string().nullable() }))
          .exactOptional()
          .meta({
            description:
              'Frames that are rendered again first, such as "30-40, 77"; null: all of the job.',
          }),
        state: z.enum(['rendering', 'waiting', 'passed-over']),
        message: message.nullable(),
      }),
    ),
  }),
  z.object({ type: z.literal('problem'), ...problemSchema.shape, name: z.string().nullable() }),
  z.object({
    type: z
      .literal('shot-left-out')
      .meta({ description: 'Of nightshift check: no shot of the batch.' }),
    id: z.string().meta({ description: 'Of the job that it would be.' }),
    name: z.string(),
    file: z.string().meta({ description: 'Relative to the shot folder.' }),
    reason: z.enum(LEFT_OUT_REASONS),
    newer: z.string().nullable().meta({ description: 'The file of the newest version.' }),
    framesDone: z.int().meta({ description: 'Rendered before it was left out; they stay.' }),
  }),
  z.object({
    type: z.literal('more-shots').meta({
      description:
        'Of nightshift check: scenes or cameras of the file of this shot that could be shots.',
    }),
    ...ofJob,
    by: z.enum(SPLITS),
    file: z.string().meta({ description: 'The name of the .blend.' }),
    scene: z.string().meta({ description: 'That the shot renders.' }),
    parts: z.array(
      z.object({
        name: z.string(),
        frames: z.string(),
        is: z
          .enum(['renders', 'offered', 'shot', 'left-out', ...SCENE_PARTS])
          .meta({ description: 'offered: it has no shot yet.' }),
        of: z.string().nullable(),
      }),
    ),
  }),
  z.object({
    type: z.literal('check-finished'),
    shots: z.int(),
    errors: z.int(),
    warnings: z.int(),
  }),
  z.object({
    type: z.literal('shot-tried'),
    ...ofJob,
    cause: cause.exactOptional(),
    message: message.exactOptional(),
    frames: z.int().exactOptional(),
    secondsEach: z.number().exactOptional(),
    openSeconds: z.number().exactOptional(),
  }),
  z.object({ type: z.literal('estimate'), seconds, low: seconds, high: seconds }),
  z.object({
    type: z.literal('seats'),
    cluster: z
      .object({
        partitions: z.array(
          z.object({
            name: z.string(),
            isDefault: z.boolean(),
            timeLimit: z.string(),
            nodes: z.number(),
          }),
        ),
        nodes: z.array(
          z.object({
            name: z.string(),
            partitions: z.array(z.string()),
            cores: z.number(),
            memoryMb: z.number(),
            gpus: z.number(),
            state: z.string(),
            reason: z.string().nullable(),
          }),
        ),
      })
      .nullable(),
  }),
] as const;

/** One line of `--json`. */
export const jsonLine = z.discriminatedUnion('type', LINES);

type Line = Frozen<z.input<typeof jsonLine>>;

/** What is written; the result is as the engine gives it, and becomes JSON only then. */
export type JsonLine =
  | Exclude<Line, { readonly type: 'batch-finished' }>
  | ({ readonly type: 'batch-finished' } & BatchResult);
