import type { BatchConfig, ExistingPolicy } from '../../../shared/batch.ts';
import type { BatchSignal } from '../../../shared/events.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { GpuDevice, GpuList } from '../../../shared/gpu.ts';
import type { BatchJob, FramePlan, ShotWarning, StallLimit } from '../../../shared/job.ts';
import type { Device } from '../../../shared/shot.ts';
import type { Answer, Limits, RenderedFrame, StartWorker } from '../../blender/types.ts';
import type { Blenders } from '../capacity/choose-blender.ts';
import type { Side } from '../capacity/gpus.ts';
import type { Seat } from '../capacity/seats.ts';
import type { Way } from './keep-scene.ts';
import type { StandsOpen } from './open-job.ts';
import type { Staged } from './render-frame.ts';

/** Identifies a worker and says where it renders. */
export interface WorkerPlace {
  /** From 1; workers of GPUs come after those of the CPU. */
  readonly number: number;
  /** The GPU that it renders on; `null`: the CPU. */
  readonly gpu: GpuDevice | null;
  readonly seat: Seat;
}

/** The state of a worker that asks for its next task. */
export interface FreeWorker {
  /** The job whose scene is open. */
  readonly openJob: string | null;
  /** Counts the versions of that job's files: see `OpenTask`. */
  readonly scene: number;
  /** Path of its running Blender; `null`: none runs. */
  readonly blender: string | null;
  /** It has to ask a cluster for an allocation before it can do anything. */
  readonly needsPlace: boolean;
  /** Frames rendered in its current allocation. */
  readonly framesHere: number;
  /** What its Blender uses, and the most that any of its Blenders used, MiB. */
  readonly memory: { readonly usedMb: number; readonly largestMb: number };
  /** A rendered frame whose report has not returned yet. */
  readonly finishing: { readonly jobId: string; readonly seconds: number } | null;
  /** True when the next scene needs a new Blender process of this path. */
  readonly isSpent: (path: string) => boolean;
}

interface JobTask {
  readonly job: BatchJob;
  /** Returns the limits for one request to Blender. `frame`: includes the limit of a frame. */
  readonly limits: (options: {
    readonly stallMs: number | null;
    readonly frame?: boolean;
  }) => Limits;
}

/** Opens a job's scene. */
export interface OpenTask extends JobTask {
  readonly kind: 'open';
  /** Counts the versions of the job's files: a scene of an older version is stale. */
  readonly scene: number;
  /** Other workers have the scene open already. */
  readonly helps: boolean;
  /** Inspect the scene for missing files and the like. */
  readonly inspects: boolean;
  /** A Blender has reported which GPUs exist. */
  readonly knowsGpus: boolean;
  readonly stallMs: number;
  readonly existing: ExistingPolicy;
  /** Overrides the device of the shot file. */
  readonly device?: Device;
  /** Claims the files of a plan; resolves with the failure if another process has them. */
  readonly claim: (plan: FramePlan) => Promise<Failure | null>;
  /** Whether a scene that wants this side may stay with this worker. */
  readonly fits: (wants: Side) => boolean;
}

/** Renders one frame of the open scene. */
export interface RenderTask extends JobTask {
  readonly kind: 'render';
  readonly plan: FramePlan;
  readonly frame: number;
  readonly tries: number;
  readonly threads: number;
  readonly way: Way;
  readonly stall: StallLimit;
  /** For a simulation that has to run up to the frame first. */
  readonly runUpStallMs: number;
}

/** Renders the reference render of a frame and compares both. */
export interface CheckTask extends JobTask {
  readonly kind: 'check';
  readonly plan: FramePlan;
  readonly frame: number;
  readonly session: string;
  readonly record: FrameRecord;
  readonly threads: number;
  readonly stall: StallLimit;
}

/** Encodes the movie of a job. */
export interface EncodeTask extends JobTask {
  readonly kind: 'encode';
  readonly plan: FramePlan;
  readonly stallMs: number;
}

/** Waits until a cluster grants an allocation and Blender is up there. */
export interface AllocateTask {
  readonly kind: 'allocate';
  readonly job: BatchJob;
  readonly gpu: boolean;
  /** Aborted when nobody needs the allocation any more. */
  readonly signal: AbortSignal;
  readonly stallMs: number;
}

/** What a worker does next. */
export type Task =
  | OpenTask
  | RenderTask
  | CheckTask
  | EncodeTask
  | AllocateTask
  /** Ask a Blender which GPUs exist. @property blenderPath used where none runs */
  | { readonly kind: 'list-gpus'; readonly blenderPath: string }
  /** Wait for the report of the last frame, then ask again. */
  | { readonly kind: 'settle' }
  /** End the Blender process and give back its allocation. */
  | { readonly kind: 'close' }
  /** The run is over for this worker. */
  | { readonly kind: 'end' };

/** What came of a task. */
export type Outcome =
  | { readonly kind: 'gpus'; readonly list: GpuList | null }
  | { readonly kind: 'allocated'; readonly task: AllocateTask; readonly result: Allocated }
  /** No Blender fits the job. */
  | {
      readonly kind: 'refused';
      readonly task: OpenTask | AllocateTask;
      readonly failure: Failure;
    }
  /** Another version of Blender rendered its finished frames, and the artist wants them rendered again. */
  | { readonly kind: 'other-blender'; readonly task: OpenTask; readonly version: string }
  /** Its files changed since it was read. */
  | { readonly kind: 'changed'; readonly task: OpenTask; readonly source: string }
  /** Another worker has to render it. `gpus`: what Blender reported, if it was asked. */
  | { readonly kind: 'elsewhere'; readonly task: OpenTask; readonly gpus?: GpuList | null }
  | {
      readonly kind: 'opened';
      readonly task: OpenTask;
      readonly opened: StandsOpen;
      readonly seconds: number;
    }
  /** The opened scene was inspected, if the task asked for that. */
  | {
      readonly kind: 'ready';
      readonly task: OpenTask;
      readonly opened: StandsOpen;
      readonly inspected: Answer<readonly ShotWarning[]> | null;
    }
  | {
      readonly kind: 'rendered';
      readonly task: RenderTask;
      readonly rendered: Staged;
      /** Version of Blender. */
      readonly blender: string | null;
      /** Frames of its scene that the same Blender process rendered before. */
      readonly before: number;
    }
  | {
      readonly kind: 'checked';
      readonly task: CheckTask;
      readonly rendered: RenderedFrame;
      readonly is: 'same' | 'other' | 'gone';
    }
  | { readonly kind: 'encoded'; readonly task: EncodeTask }
  | {
      readonly kind: 'failed';
      readonly task: OpenTask | RenderTask | CheckTask | EncodeTask;
      readonly failure: Failure;
      /** The node of a cluster that it failed on. */
      readonly node: string | undefined;
    };

type Allocated =
  | { readonly kind: 'up' }
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly starts: number }
  | { readonly kind: 'other-version'; readonly node: string; readonly message: string };

/** The run as a worker sees it. */
export interface WorkerRun {
  /** Aborted when everything has to stop now. */
  readonly signal: AbortSignal;
  /** Resolves with the next task as soon as there is one. */
  next(worker: WorkerPlace, free: () => FreeWorker): Promise<Task>;
  /** Resolves when the run has acted on an outcome: for a frame, when it is verified and committed. */
  report(worker: WorkerPlace, outcome: Outcome): Promise<void>;
  /** Passes on the state of a worker, a log line, or a sample count. */
  tell(signal: BatchSignal): void;
}

/** What every Blender process of a run is started with. */
export interface BlenderSetup {
  readonly config: BatchConfig;
  readonly startWorker: StartWorker;
  /** Folder for the temporary files of all workers. */
  readonly temporary: string;
  /** See `WorkerOptions`. */
  readonly runners: string | undefined;
}

/** The services that a worker uses. */
export interface WorkerSetup extends BlenderSetup {
  readonly blenders: Blenders;
}
