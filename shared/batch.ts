import type { BatchJob, JobStatus, OtherBlenderPolicy } from './job.ts';
import type { Night, PauseReason } from './night.ts';
import type { ShotProblem } from './shot.ts';

export const EXISTING_POLICIES = ['resume', 'skip', 'overwrite'] as const;
export type ExistingPolicy = (typeof EXISTING_POLICIES)[number];

/** What is asked of a cluster for each Blender; the names are those of Slurm's options. */
export interface SlurmWishes {
  /** Nodes at once, at most; 0: as many as the partition has. */
  readonly nodes: number;
  /** `null`: the cluster's default. */
  readonly partition: string | null;
  /** Cores for each Blender; `null`: all that a node has. */
  readonly cores: number | null;
  /** Memory for each Blender, MiB; `null`: what the cluster gives by default. */
  readonly memoryMb: number | null;
  /** GPUs for each Blender; a shot that must have one gets one without. */
  readonly gpus: number;
  /** The longest time that a place is asked for, minutes; `null`: what the cluster gives by default. */
  readonly minutes: number | null;
  /** Further options of `srun`, as they are typed. */
  readonly options: readonly string[];
}

/** How to run a batch. */
export interface BatchConfig {
  /** Blenders at once; 0: cores minus one, at least one. */
  readonly workers: number;
  /** Go on from the checkpoint; false starts from nothing (frames on disk are treated by `existing`). */
  readonly resumeOnFailure: boolean;
  /** The folder of this batch's checkpoint; `null`: its place in the app data directory. */
  readonly checkpointPath: string | null;
  /** Tries after the first, for each frame. */
  readonly maxRetries: number;
  /** For one job, in seconds of work; `null`: no limit. The shot file's own value wins. */
  readonly timeoutSeconds: number | null;
  /** For one frame; `null`: only the stall limit. The shot file's own value wins. */
  readonly frameTimeoutSeconds: number | null;
  readonly continueOnError: boolean;
  readonly existing: ExistingPolicy;
  /** The folder is trusted: `.blend` files may auto-run Python and `script:` is run. */
  readonly trusted: boolean;
  /** For all shots that don't say otherwise; `null`: the one that fits each shot, of those that are found. */
  readonly blenderPath: string | null;
  /** A command that is put before each Blender, as it is typed, such as `nice -n 10`; not there: none. */
  readonly launcher?: string | undefined;
  /** Blenders run on the nodes that Slurm gives; not there: on this computer. */
  readonly slurm?: SlurmWishes | undefined;
  readonly otherBlender: OtherBlenderPolicy;
  /** Ignore the user's Blender preferences and add-ons. */
  readonly factoryStartup: boolean;
  /** First pause before a frame is tried again, in ms; doubles with each try. */
  readonly backoffMs: number;
  /** Memory that the workers together may use, in MiB; `null`: what the machine has free. */
  readonly memoryLimitMb: number | null;
  /** A worker is replaced after this many jobs. */
  readonly jobsPerWorker: number;
}

/** Bounds of a memory limit, in MiB. */
export const MEMORY_LIMIT = { min: 512, max: 16 * 1024 * 1024 } as const;

export const DEFAULT_CONFIG: BatchConfig = {
  workers: 0,
  resumeOnFailure: true,
  checkpointPath: null,
  maxRetries: 2,
  timeoutSeconds: null,
  frameTimeoutSeconds: null,
  continueOnError: true,
  existing: 'resume',
  trusted: false,
  blenderPath: null,
  otherBlender: 'wait',
  factoryStartup: false,
  backoffMs: 1000,
  memoryLimitMb: null,
  jobsPerWorker: 50,
};

/** A shot folder that was read: the jobs in order, and everything wrong with them. */
export interface Batch {
  /** Stable for the same folder and output. Safe as a folder name. */
  readonly id: string;
  /** Absolute, links resolved. */
  readonly folder: string;
  /** Absolute; where shots without an `output.path` of their own go, one folder each. */
  readonly outputRoot: string;
  readonly jobs: readonly BatchJob[];
  readonly problems: readonly ShotProblem[];
  /** True if a shot wants to run a `script:` or to write elsewhere, so that trust has to be asked for. */
  readonly wantsTrust: boolean;
  /** Some of the folder's shots only: says nothing about the others. */
  readonly partial?: boolean;
  /** Of those others, the ones that could be rendered too: they are recorded as waiting. */
  readonly others?: readonly BatchJob[];
}

export interface BlenderInfo {
  readonly path: string;
  /** Such as `4.3.2`. */
  readonly version: string;
}

export interface MachineInfo {
  readonly platform: string;
  readonly cores: number;
  readonly memoryMb: number;
}

/** One run of a batch: what the report says about settings and machine. */
export interface RunInfo {
  readonly batchId: string;
  readonly folder: string;
  readonly outputRoot: string;
  readonly config: BatchConfig;
  /** What `workers: 0` came to. */
  readonly workers: number;
  /** The one of shots that say nothing; `null` where none was needed or found. */
  readonly blender: BlenderInfo | null;
  /** All that its shots were given when it began, newest first; not there: `blender` alone. */
  readonly blenders?: readonly BlenderInfo[] | undefined;
  readonly machine: MachineInfo;
  readonly nightshift: string;
  /** ms since 1970. */
  readonly startedAt: number;
  /** `null` while it runs, and after a crash. */
  readonly finishedAt: number | null;
}

/** How a run ended, judged by the shots that took part. */
export type RunOutcome = 'completed' | 'failed' | 'cancelled' | 'interrupted';

/** How a whole batch stands after its newest run. `partial`: the chosen shots are done, and others wait. */
export type BatchOutcome = RunOutcome | 'partial';

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
