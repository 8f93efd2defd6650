import { z } from 'zod';
import type { Frozen } from './frozen.ts';
import { HOST_CONFIG } from './hosts.ts';
import { type BatchJob, type JobStatus, OTHER_BLENDER_POLICIES } from './job.ts';
import type { Night, PauseReason } from './night.ts';
import type { LeftOut, ShotProblem } from './shot.ts';
import { type TestPass, testPassSchema } from './test-pass.ts';

export const EXISTING_POLICIES = ['resume', 'skip', 'overwrite'] as const;
export type ExistingPolicy = (typeof EXISTING_POLICIES)[number];

/**
 * What becomes of finished frames whose files were saved since they were made. `ask`: they stay, and say so until the artist
 * has decided; `keep`: they stay; `again`: they are rendered again. What is missing is rendered from the files as they are.
 */
export const SAVED_POLICIES = ['ask', 'keep', 'again'] as const;
export type SavedPolicy = (typeof SAVED_POLICIES)[number];

/**
 * How to run a batch, with what each setting is where nobody says anything. What a journal of another version lacks, or
 * says in other words, falls back to that.
 */
const configSchema = z.object({
  /** Blenders at once; 0: as many as are best for what is left, one a core at most. */
  workers: z.number().catch(0),
  /** Go on from the checkpoint; false starts from nothing (frames on disk are treated by `existing`). */
  resumeOnFailure: z.boolean().catch(true),
  /** The folder of this batch's checkpoint; `null`: its place in the app data directory. */
  checkpointPath: z.string().nullable().catch(null),
  /** Tries after the first, for each frame. */
  maxRetries: z.number().catch(2),
  /** For one job, in seconds of work; `null`: no limit. The shot file's own value wins. */
  timeoutSeconds: z.number().nullable().catch(null),
  /** For one frame; `null`: only the stall limit. The shot file's own value wins. */
  frameTimeoutSeconds: z.number().nullable().catch(null),
  continueOnError: z.boolean().catch(true),
  existing: z.enum(EXISTING_POLICIES).catch('resume'),
  saved: z.enum(SAVED_POLICIES).catch('ask'),
  /** The folder is trusted: `.blend` files may auto-run Python and `script:` is run. */
  trusted: z.boolean().catch(false),
  /** For all shots that don't say otherwise; `null`: the one that fits each shot, of those that are found. */
  blenderPath: z.string().nullable().catch(null),
  ...HOST_CONFIG,
  otherBlender: z.enum(OTHER_BLENDER_POLICIES).catch('wait'),
  /** Ignore the user's Blender preferences and add-ons. */
  factoryStartup: z.boolean().catch(false),
  /** First pause before a frame is tried again, in ms; doubles with each try. */
  backoffMs: z.number().catch(1000),
  /** Memory that the workers together may use, in MiB; `null`: what the machine has free. */
  memoryLimitMb: z.number().nullable().catch(null),
  /** A worker is replaced after this many jobs. */
  jobsPerWorker: z.number().catch(50),
});
export type BatchConfig = Frozen<z.infer<typeof configSchema>>;

export const DEFAULT_CONFIG: BatchConfig = configSchema.parse({});

/** A shot folder that was read: the jobs in order, and everything wrong with them. */
export interface Batch {
  /** Stable for the same folder and output. Safe as a folder name. */
  readonly id: string;
  /** Absolute, links resolved. */
  readonly folder: string;
  /** Absolute; where shots without an `output.path` of their own go, one folder each. */
  readonly outputRoot: string;
  /** It is a test pass, whose `outputRoot` is a folder in that of the finals; not there: the finals. */
  readonly test?: TestPass | undefined;
  /** It is of these .blend files only, relative to the folder, with `/`; not there: of the whole folder. */
  readonly files?: readonly string[] | undefined;
  readonly jobs: readonly BatchJob[];
  readonly problems: readonly ShotProblem[];
  /** True if a shot wants to run a `script:` or to write elsewhere, so that trust has to be asked for. */
  readonly wantsTrust: boolean;
  /** What the folder holds beside its shots; not there: nothing. */
  readonly leftOut?: LeftOut;
  /** Some of the folder's shots only: says nothing about the others. */
  readonly partial?: boolean;
  /** Of those others, the ones that could be rendered too: they are recorded as waiting. */
  readonly others?: readonly BatchJob[];
}

const blenderSchema = z.object({
  path: z.string(),
  /** Such as `4.3.2`. */
  version: z.string(),
});
/** Which batch it is. */
export type BatchPlace = Pick<Batch, 'folder' | 'outputRoot' | 'test' | 'files'>;

export type BlenderInfo = Frozen<z.infer<typeof blenderSchema>>;

const machineSchema = z.object({
  platform: z.string(),
  cores: z.number(),
  memoryMb: z.number(),
});
export type MachineInfo = Frozen<z.infer<typeof machineSchema>>;

/** One run of a batch: what the report says about settings and machine. */
export const runInfoSchema = z.object({
  batchId: z.string(),
  folder: z.string(),
  outputRoot: z.string(),
  /** Not there: the finals. */
  test: testPassSchema.optional(),
  /** Relative to the folder: the batch is of these files only. Not there: of the whole folder. */
  files: z.array(z.string()).optional(),
  config: configSchema,
  /** Where `workers: 0` was asked for: as many as there may be. */
  workers: z.number(),
  /** The one of shots that say nothing; `null` where none was needed or found. */
  blender: blenderSchema.nullable(),
  /** All that its shots were given when it began, newest first; not there: `blender` alone. */
  blenders: z.array(blenderSchema).optional(),
  machine: machineSchema,
  nightshift: z.string(),
  /** ms since 1970. */
  startedAt: z.number(),
  /** `null` while it runs, and after a crash. */
  finishedAt: z.number().nullable(),
});
export type RunInfo = Frozen<z.infer<typeof runInfoSchema>>;

/** How a run ended, judged by the shots that took part. */
export const RUN_OUTCOMES = ['completed', 'failed', 'cancelled', 'interrupted'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** How a whole batch stands after its newest run. `partial`: the chosen shots are done, and others wait. */
export const BATCH_OUTCOMES = [...RUN_OUTCOMES, 'partial'] as const;
export type BatchOutcome = (typeof BATCH_OUTCOMES)[number];

/** What came of a batch. total = completed + failed + skipped + cancelled, once it has finished. */
export interface BatchResult {
  readonly outcome: BatchOutcome;
  readonly totalJobs: number;
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
  /** Time of the run without its pauses. */
  readonly durationSeconds: number;
  /** What the pauses took of its wall time. */
  readonly pausedSeconds: number;
  /** It is being rendered at this moment: everything here is as of now. */
  readonly live: boolean;
  readonly night: Night;
  readonly jobs: readonly BatchJob[];
  readonly problems: readonly ShotProblem[];
  readonly run: RunInfo;
}

/** How long something will take, in seconds: most likely, and between what in four of five cases. */
export interface Expectation {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
}

/** Where a batch stands. A frame counts as done only when its proved file is on disk. */
export interface BatchProgress {
  readonly totalJobs: number;
  readonly jobs: Readonly<Record<JobStatus, number>>;
  readonly frames: {
    /** Of the jobs whose frames are known: their shot file lists them, or their scene was opened. */
    readonly total: number;
    readonly done: number;
    /** Of those done: from before this run. */
    readonly kept: number;
    readonly running: number;
    readonly failed: number;
    readonly waiting: number;
  };
  /** Jobs whose number of frames is not known before their scene is opened. */
  readonly unplannedJobs: number;
  /** Without pauses. */
  readonly elapsedSeconds: number;
  /** `null` until it can be known. */
  readonly remainingSeconds: number | null;
  /** Four of five ends lie between these; `null` as above. */
  readonly remainingRange: Omit<Expectation, 'seconds'> | null;
  readonly paused: PauseReason | null;
}
