import { z } from 'zod';
import { RUN_OUTCOMES, runInfoSchema } from '../../shared/batch.ts';
import { CAUSES, failureSchema, LOST_PLACES } from '../../shared/failure.ts';
import { COLOR_DEPTHS, OUTPUT_FORMATS } from '../../shared/formats.ts';
import { frameRecordSchema, VERDICTS } from '../../shared/frame-state.ts';
import {
  framePlanSchema,
  inputSchema,
  JOB_STATUSES,
  OTHER_BLENDER_POLICIES,
  shotWarningSchema,
} from '../../shared/job.ts';
import { KEEP_SCENE, keptSceneSchema } from '../../shared/kept-scene.ts';
import { PAUSE_REASONS, recoverySchema } from '../../shared/night.ts';
import { FRAME_ORDERS, SIMULATION_MODES } from '../../shared/shot.ts';

/*
 * A `BatchResult` as it is in JSON, for the schemas that ship. `test/cli/json-schemas.test.ts` holds the two together by
 * their types.
 */

const count = z.int().nonnegative();
const maybeNumber = z.number().nullable();
const maybeText = z.string().nullable();
const crashes = count.exactOptional();
const again = z.literal(true).exactOptional().meta({
  description: 'It was done and asked for again: the picture from before is in its place.',
});

const frameState = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal('waiting'), tries: count, crashes, again }),
    z.object({
      status: z.literal('running'),
      tries: count,
      crashes,
      again,
      worker: z.number(),
      since: z.number(),
    }),
    z.object({
      status: z.literal('done'),
      tries: count,
      kept: z.boolean().meta({ description: 'It was there before this run.' }),
      record: frameRecordSchema,
      review: z.enum(VERDICTS).exactOptional(),
    }),
    z.object({ status: z.literal('failed'), tries: count, crashes, again, failure: failureSchema }),
  ])
  .meta({ id: 'Frame' });

const shotConfig = z.object({
  blend: maybeText,
  script: maybeText,
  blender: maybeText,
  params: z.record(z.string(), z.unknown()),
  scene: maybeText,
  camera: maybeText,
  viewLayers: z.array(z.string()).nullable(),
  frames: z.array(z.number()).nullable(),
  render: z.object({
    engine: maybeText,
    width: maybeNumber,
    height: maybeNumber,
    percentage: maybeNumber,
    samples: maybeNumber,
    denoise: z.boolean().nullable(),
    device: z.enum(['cpu', 'gpu', 'gpu-or-cpu']).nullable(),
  }),
  output: z.object({
    directory: maybeText,
    pattern: z.string(),
    format: z.enum(OUTPUT_FORMATS).nullable(),
    colorDepth: z.literal(COLOR_DEPTHS).nullable(),
    allowed: z.array(z.string()),
  }),
  timeoutSeconds: maybeNumber,
  frameTimeoutSeconds: maybeNumber,
  retries: maybeNumber,
  priority: z.number(),
  order: z.enum(FRAME_ORDERS),
  simulations: z.enum(SIMULATION_MODES),
  keepScene: z.enum(KEEP_SCENE).exactOptional(),
  dependsOn: z.array(z.object({ job: z.string(), name: z.string() })),
});

export const retryTally = z.object({
  cause: z.enum(CAUSES),
  count,
  openings: count,
  frames: z.array(z.number()),
});

const job = z
  .object({
    id: z.string().meta({ description: 'Stable across restarts.' }),
    name: z.string(),
    shotFile: z.string(),
    shotConfig: shotConfig.nullable(),
    outputPath: z.string(),
    source: z.string(),
    status: z.enum(JOB_STATUSES),
    error: failureSchema.nullable(),
    startTime: maybeNumber,
    endTime: maybeNumber,
    retryCount: count,
    retries: z.array(retryTally),
    warnings: z.array(shotWarningSchema),
    chosenPriority: z.object({ priority: z.number(), over: z.number() }).nullable(),
    chosenBlender: z
      .object({
        version: maybeText,
        over: maybeText,
        otherBlender: z.enum(OTHER_BLENDER_POLICIES).nullable(),
      })
      .nullable(),
    plan: framePlanSchema.nullable(),
    frames: z.array(frameState).meta({ description: 'Parallel to `plan.frames`.' }),
    counts: z.object({
      total: count,
      waiting: count,
      running: count,
      done: count,
      kept: count,
      failed: count,
    }),
    picked: z
      .array(z.number())
      .nullable()
      .exactOptional()
      .meta({ description: 'The run renders only these of its frames.' }),
    older: z
      .array(
        z.object({
          until: z.number(),
          source: z.string(),
          inputs: z.array(inputSchema).exactOptional(),
          saved: maybeNumber,
          files: z.array(z.string()),
          kept: z.literal(true).exactOptional(),
        }),
      )
      .exactOptional()
      .meta({ description: 'What its frames were made from before its files were saved.' }),
    keptScene: keptSceneSchema
      .exactOptional()
      .meta({ description: 'What is known of keeping its scene from frame to frame.' }),
    askedAgain: z.array(z.number()).or(z.literal('all')).nullable().exactOptional(),
    renderSeconds: z.number(),
  })
  .meta({ id: 'Job' });

const poolChange = { at: z.number(), workers: z.number(), of: z.number(), message: z.string() };

const incident = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('interrupted'), at: z.number(), until: z.number() }),
  z.object({
    kind: z.literal('paused'),
    at: z.number(),
    until: maybeNumber,
    reason: z.enum(PAUSE_REASONS),
    message: z.string(),
    times: count,
    pausedMs: z.number(),
  }),
  z.object({ kind: z.literal('pool-changed'), ...poolChange }),
  z.object({
    kind: z.literal('place-lost'),
    at: z.number(),
    until: z.number(),
    cause: z.enum(LOST_PLACES),
    times: count,
    message: z.string(),
  }),
  z.object({
    kind: z.literal('node-left-out'),
    at: z.number(),
    node: z.string(),
    message: z.string(),
  }),
  z.object({ kind: z.literal('recovered'), at: z.number(), found: recoverySchema }),
]);

export const problemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  file: z.string(),
  line: maybeNumber,
  column: maybeNumber,
  jobId: maybeText,
  message: z.string(),
  needsTrust: z.literal(true).exactOptional(),
  endsShot: z.literal(true).exactOptional(),
});

/** The fields of a `BatchResult`. */
export const resultShape = {
  outcome: z.enum([...RUN_OUTCOMES, 'partial']),
  totalJobs: count,
  completed: count,
  failed: count,
  skipped: count,
  cancelled: count,
  durationSeconds: z.number(),
  pausedSeconds: z.number(),
  live: z.boolean(),
  night: z.object({
    incidents: z.array(incident),
    more: count,
    pausedMs: z.number(),
    pausedSince: maybeNumber,
    pool: z.object(poolChange).nullable(),
    chosen: z
      .object({ at: z.number(), workers: z.number(), threads: z.number(), message: z.string() })
      .exactOptional()
      .meta({ description: 'With how many Blenders it went on at last, where Nightshift chose.' }),
    linesTold: count,
  }),
  jobs: z.array(job),
  problems: z.array(problemSchema),
  run: runInfoSchema,
} as const;
