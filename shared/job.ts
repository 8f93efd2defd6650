import { z } from 'zod';
import { type Cause, type Failure, failureSchema } from './failure.ts';
import { OUTPUT_FORMATS } from './formats.ts';
import type { FrameList } from './frame-list.ts';
import type { FrameCounts } from './frame-state.ts';
import type { Frozen } from './frozen.ts';
import type { KeptScene } from './kept-scene.ts';
import { isolated } from './safe-text.ts';
import type { ShotConfig } from './shot.ts';

export const JOB_STATUSES = [
  'waiting',
  'running',
  'completed',
  'failed',
  'skipped',
  'cancelled',
] as const;
/**
 * `completed`: every frame is proved whole on disk, whenever it was rendered.
 * `skipped`: never started, because the batch stopped at another job's failure, or because a shot that
 * it depends on is not done: then its `error` says which.
 */
export type JobStatus = (typeof JOB_STATUSES)[number];

/**
 * What becomes of a shot whose finished frames are of another version of Blender than the ones that are here.
 * `wait`: it is left alone and says so; `again`: all of its frames are rendered again; `mix`: the missing ones are
 * rendered by the Blender that is here.
 */
export const OTHER_BLENDER_POLICIES = ['wait', 'again', 'mix'] as const;
export type OtherBlenderPolicy = (typeof OTHER_BLENDER_POLICIES)[number];

/**
 * Something found in an open scene that spoils pictures but stops nothing, such as a missing texture. Its message is one
 * sentence with names and places.
 */
export const shotWarningSchema = failureSchema.pick({ cause: true, message: true });
export type ShotWarning = Frozen<z.infer<typeof shotWarningSchema>>;

/** A priority that was chosen in the window. It holds until the shot file's own one changes. */
interface ChosenPriority {
  readonly priority: number;
  /** The shot file's own one at that time. */
  readonly over: number;
}

/** What the artist chose in the window about the Blender of a shot. */
interface ChosenBlender {
  /** Such as `4.3`, `4.5.1`; `null`: whichever fits, as if nothing had been chosen. */
  readonly version: string | null;
  /** What the shot file said then: it holds until that changes. */
  readonly over: string | null;
  /** Where its finished frames are of another Blender; `null`: what the batch says counts. */
  readonly otherBlender: OtherBlenderPolicy | null;
}

/** How often a job was tried again for one cause. Its size does not grow with the tries. */
export interface RetryTally {
  readonly cause: Cause;
  /** Of frames and of openings. */
  readonly count: number;
  /** Those of openings among them. */
  readonly openings: number;
  /** Frames among them, each once, in the order of their first retry; at most `MOST_RETRIED`. */
  readonly frames: readonly number[];
}

/** How long Blender may be silent in the next frame of a job, and where that comes from. */
export type StallLimit =
  /** Ten times the slowest frame of this shot, at least two minutes. */
  | { readonly from: 'slowest-frame'; readonly ms: number; readonly slowestSeconds: number }
  /** No frame of the shot is known. */
  | { readonly from: 'first-frame'; readonly ms: number }
  /** The shot file's own time limit of a frame decides alone. */
  | { readonly from: 'frame-timeout'; readonly ms: null; readonly seconds: number };

/** What the open scene renders with, the shot file's overrides applied. `null`: its engine has no such thing. */
export const sceneSettingsSchema = z.object({
  scene: z.string(),
  camera: z.string().nullable(),
  /** Markers switch to other cameras from their frames on, ascending; the first is there before, too. Not there: none does. */
  cameras: z.array(z.object({ from: z.int(), camera: z.string() })).optional(),
  viewLayers: z.array(z.string()),
  samples: z.number().nullable(),
  percentage: z.number(),
  denoise: z.boolean().nullable(),
  /** Bits a channel. */
  colorDepth: z.number(),
});

/** What a scene of a file is instead of a shot of its own: what another scene shows, or nothing to be seen. */
export const SCENE_PARTS = ['no-camera', 'linked', 'background', 'strip', 'compositor'] as const;

/** One scene of a .blend that has several. */
export const fileSceneSchema = z.object({
  name: z.string(),
  /** Its own range. */
  first: z.int(),
  last: z.int(),
  /** Not there: it can be a shot. */
  part: z.enum(SCENE_PARTS).optional(),
  /** The scene that shows it, or the file that it is linked from. */
  of: z.string().optional(),
});
export type FileScene = Frozen<z.infer<typeof fileSceneSchema>>;

/** A file that a scene uses, beside its .blend and script. */
export const inputSchema = z.object({
  /** Absolute. */
  file: z.string(),
  /** `null`: it was missing. */
  bytes: z.number().nullable(),
  mtimeMs: z.number(),
  /** First 32 hex digits; `null` for a missing and for a very large file. */
  sha256: z.string().nullable(),
});
export type InputFile = Frozen<z.infer<typeof inputSchema>>;

/** Simulations of a shot that no bake of the artist's covers. */
const simulationSchema = z.object({
  /** The frame that they start from. */
  first: z.int(),
  /** Such as `"Cloth" of the object "Flag"`; the first of them where there are many. */
  names: z.array(z.string()),
  /** `in-order`: by one worker, all frames in order. `baked`: into a folder of ours before the first frame. */
  rendered: z.enum(['in-order', 'baked']),
});
export type PlannedSimulation = Frozen<z.infer<typeof simulationSchema>>;

/** Which files a job will make. Known once the scene was opened, and from then on journaled. */
export const framePlanSchema = z.object({
  /** Ascending, without repeats: a frame is found by halving. */
  frames: z.array(z.int()).refine(ascends, 'frames must ascend without repeats'),
  /** Absolute. */
  directory: z.string().min(1),
  /** `hero_####`. */
  pattern: z.string(),
  /** Other patterns from a frame on, ascending: the name has the camera in it, and markers switch cameras (5.x). */
  patterns: z.array(z.object({ from: z.int(), pattern: z.string() })).optional(),
  /** With the dot. */
  extension: z.string(),
  format: z.enum(OUTPUT_FORMATS),
  /** Pixels of the finished picture. */
  width: z.int().positive(),
  height: z.int().positive(),
  /** Blender's identifier, such as `CYCLES`. */
  engine: z.string(),
  fps: z.number(),
  /** What the frames are encoded into afterwards, because the scene's saved output is a movie: its absolute path. */
  movie: z.object({ file: z.string().min(1) }).nullable(),
  /** The frames are the scene's own range, and no list of the shot file. */
  fromScene: z.boolean().default(false),
  /** Missing in old journals. */
  settings: sceneSettingsSchema.optional(),
  /** All scenes of its .blend, where that has several. Missing in old journals. */
  scenes: z.array(fileSceneSchema).optional(),
  /** Libraries, textures and other files that the scene used when it was opened; missing in old journals. */
  inputs: z.array(inputSchema).optional(),
  /** Not there: every frame stands for itself. Missing in old journals. */
  simulation: simulationSchema.optional(),
});
/** What the default stands for may be left out. */
export type FramePlan = Frozen<z.input<typeof framePlanSchema>>;

function ascends(frames: readonly number[]): boolean {
  return frames.every((frame, index) => index === 0 || frame > (frames[index - 1] as number));
}

/** Files that frames of a job were made from, and that were saved since. */
export interface OlderFiles {
  /** Frames that were proved until then, and after those of the older files before it, are of these; ms since 1970. */
  readonly until: number;
  /** As they were: see `BatchJob.source`. */
  readonly source: string;
  readonly inputs?: readonly InputFile[];
  /** When they were saved, ms since 1970; `null`: nobody knows. */
  readonly saved: number | null;
  /** What was saved, at most `MOST_SAVED` names of files; empty where nobody knows. */
  readonly files: readonly string[];
  /** The artist keeps what was made of them. */
  readonly kept?: true;
}

/** One shot to render, and how far it is. */
export interface BatchJob {
  /** Stable across restarts: made from the shot file's path relative to the folder. */
  readonly id: string;
  /** Unique in the batch. */
  readonly name: string;
  /** The shot file relative to the folder, with `/`. */
  readonly shotFile: string;
  /** `null` only for a shot file that could not be read; such a job is `failed` from the start. */
  readonly shotConfig: ShotConfig | null;
  /** Where the frames go: absolute folder; the scene's own file where the shot says `output.path: scene`. */
  readonly outputPath: string;
  /** Fingerprint of everything that decides the pixels: shot settings, script, .blend. */
  readonly source: string;
  readonly status: JobStatus;
  readonly error: Failure | null;
  /** ms since 1970; of this job's newest start. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  /** Frames and openings that were tried again. */
  readonly retryCount: number;
  /** The same by cause. */
  readonly retries: readonly RetryTally[];
  /** Found when its scene was opened last; at most `MOST_WARNINGS`. */
  readonly warnings: readonly ShotWarning[];
  /** What the artist chose over the shot file; see `priorityOf`. */
  readonly chosenPriority: ChosenPriority | null;
  /** What the artist chose over the shot file; see `blenderSaidOf`. */
  readonly chosenBlender: ChosenBlender | null;
  readonly plan: FramePlan | null;
  /** Parallel to `plan.frames`; empty while there is no plan. */
  readonly frames: FrameList;
  readonly counts: FrameCounts;
  /** The run renders only these of its frames, ascending; `null`: all that are left. */
  readonly picked?: readonly number[] | null;
  /** Frames that were asked for again while nobody knew which it has; `null`: none. */
  readonly askedAgain?: readonly number[] | 'all' | null;
  /** What it was made from before its files were saved, oldest first; not there: they never were. See `older-files.ts`. */
  readonly older?: readonly OlderFiles[];
  /** What is known of keeping its scene from frame to frame; not there: nothing yet. */
  readonly keptScene?: KeptScene;
  /** Sum of the seconds of the frames that are done. */
  readonly renderSeconds: number;
}

/** Frames of a job that were picked, ascending; `null`: all of them. */
export interface PickedFrames {
  readonly job: string;
  readonly frames: readonly number[] | null;
}

/** Names of the shots that a waiting job needs and that are not complete; empty for every other job. */
export function waitsFor(
  { status, shotConfig }: BatchJob,
  jobOf: (jobId: string) => BatchJob | undefined,
): readonly string[] {
  if (status !== 'waiting') return [];
  const needed = shotConfig?.dependsOn ?? [];
  return needed.flatMap(({ job, name }) => (jobOf(job)?.status === 'completed' ? [] : [name]));
}

/** `waits for comp_bg`, `waits for a, b and 3 more`; `null`: for none. */
export function waitsForText(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  if (names.length <= 3) return `waits for ${names.map(isolated).join(', ')}`;
  return `waits for ${names.slice(0, 2).map(isolated).join(', ')} and ${names.length - 2} more`;
}
