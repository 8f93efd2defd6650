import { z } from 'zod';
import { CAUSES } from '../../shared/failure.ts';
import { OUTPUT_FORMATS } from '../../shared/formats.ts';
import { fileSceneSchema, sceneSettingsSchema } from '../../shared/job.ts';

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

/** Simulations that no bake covers for the frames of the shot. */
export const simulationFactsSchema = z.object({
  /** The frame that they start from. */
  first: z.int(),
  /** Such as `"Cloth" of the object "Flag"`. */
  names: z.array(z.string()),
  /** How many there are besides. */
  more: z.number(),
  /** All of them can be baked into a folder of ours, and read from there. */
  bakeable: z.boolean(),
});

/** What opening a scene tells: everything that decides which files a job will make. */
export const sceneFactsSchema = z.object({
  scene: z.string(),
  /** Not there: the file has no other. */
  scenes: z.array(fileSceneSchema).optional(),
  frameStart: z.int(),
  frameEnd: z.int(),
  frameStep: z.int(),
  /** Pixels of the finished picture, percentage (and cropped border) applied. */
  width: z.int(),
  height: z.int(),
  /** Blender's identifier, such as `CYCLES`. */
  engine: z.string(),
  /** What Cycles renders it on. The other engines draw with the GPU by themselves and say `cpu`. */
  device: z.enum(['cpu', 'gpu']).default('cpu'),
  /** What the frames will be written as; a movie scene gives PNG. Anything we can't prove fails the opening with `format-not-supported`. */
  format: z.enum(OUTPUT_FORMATS),
  /** With the dot, as Blender would add it. */
  extension: z.string(),
  fps: z.number(),
  samples: z.number().nullable(),
  camera: z.string().nullable(),
  /** The path saved in the scene, made absolute and split: folder, and file pattern with `#`. */
  savedOutput: z.object({
    directory: z.string(),
    pattern: z.string(),
    patterns: z.array(z.object({ from: z.int(), pattern: z.string() })).optional(),
    /** A sentence: why no frame can go there. */
    problem: z.string().optional(),
  }),
  /** Absolute folders that the scene writes to besides its frames: file outputs of the compositor, caches. */
  otherOutputs: z.array(z.string()),
  /** Absolute paths of the files that its compositor writes, without the number of the frame and the ending. */
  otherFiles: z.array(z.string()).default([]),
  /** The scene's saved output is a movie: frames become an image sequence and are then encoded. `extension` with the dot. */
  movie: z.object({ extension: z.string() }).nullable(),
  /** Absolute paths of libraries, textures and other files that the scene uses, also missing ones. */
  inputs: z.array(z.string()).default([]),
  settings: sceneSettingsSchema.optional(),
  simulation: simulationFactsSchema.nullish(),
  /** Why it must not be kept from frame to frame, such as `hair`. */
  builtAnew: z.string().min(1).nullish(),
  memoryMb: z.number(),
});

export const renderedSchema = z.object({
  seconds: z.number(),
  /** Of processor time, all threads together. */
  cpuSeconds: z.number().nullish(),
  /** Peak resident memory of the process so far, MiB. */
  memoryMb: z.number(),
  /** Of a trial. */
  pixels: z.number().nullish(),
});
/** Of a simulation that was run up to a frame, or baked. */
export const simulatedSchema = z.object({ seconds: z.number() });
export const encodedSchema = z.object({ seconds: z.number() });
/** Findings of the preflight. */
export const findingsSchema = z.array(
  z.object({
    severity: z.enum(['error', 'warning']),
    cause: z.enum(CAUSES),
    message: z.string(),
  }),
);

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
