import { z } from 'zod';
import { CAUSES } from '../../shared/failure.ts';
import { OUTPUT_FORMATS } from '../../shared/formats.ts';
import { sceneSettingsSchema } from '../../shared/job.ts';

/** The first line of a runner that is ready. */
export const helloSchema = z.object({ hello: z.string(), version: z.string(), pid: z.number() });

/** What a shot's Python has left in the process and no reset takes back, such as a thread. */
const left = z.string().nullish();

/** `report`: Blender's own words, still to be understood; otherwise the runner knows the cause. */
export const answerSchema = z.union([
  z.object({ id: z.number(), ok: z.literal(true), value: z.unknown(), left }),
  z.object({ id: z.number(), ok: z.literal(false), report: z.string(), left }),
  z.object({
    id: z.number(),
    ok: z.literal(false),
    cause: z.enum(CAUSES),
    message: z.string(),
    nextStep: z.string().nullish(),
    evidence: z.array(z.string()).default([]),
    left,
  }),
]);
export type RunnerAnswer = z.infer<typeof answerSchema>;

export const sceneFactsSchema = z.object({
  scene: z.string(),
  frameStart: z.number().int(),
  frameEnd: z.number().int(),
  frameStep: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
  engine: z.string(),
  device: z.enum(['cpu', 'gpu']).default('cpu'),
  format: z.enum(OUTPUT_FORMATS),
  extension: z.string(),
  fps: z.number(),
  samples: z.number().nullable(),
  camera: z.string().nullable(),
  savedOutput: z.object({
    directory: z.string(),
    pattern: z.string(),
    patterns: z.array(z.object({ from: z.number().int(), pattern: z.string() })).optional(),
    problem: z.string().optional(),
  }),
  otherOutputs: z.array(z.string()),
  otherFiles: z.array(z.string()).default([]),
  movie: z.object({ extension: z.string() }).nullable(),
  inputs: z.array(z.string()).default([]),
  settings: sceneSettingsSchema.optional(),
  simulation: z
    .object({
      first: z.int(),
      names: z.array(z.string()),
      more: z.number(),
      bakeable: z.boolean(),
    })
    .nullish(),
  memoryMb: z.number(),
});

export const renderedSchema = z.object({
  seconds: z.number(),
  memoryMb: z.number(),
  pixels: z.number().nullish(),
});
/** Of a simulation that was run up to a frame, or baked. */
export const simulatedSchema = z.object({ seconds: z.number() });
export const encodedSchema = z.object({ seconds: z.number() });
export const findingsSchema = z.array(
  z.object({
    severity: z.enum(['error', 'warning']),
    cause: z.enum(CAUSES),
    message: z.string(),
  }),
);

export const devicesSchema = z.object({
  chosen: z.boolean(),
  devices: z.array(
    z.object({ kind: z.string(), id: z.string(), name: z.string(), on: z.boolean() }),
  ),
});

/** A line of JSON that fits, or `null`: what does not fit is log. */
export function parseMessage<T>(schema: z.ZodType<T>, line: string): T | null {
  if (!line.startsWith('{')) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
