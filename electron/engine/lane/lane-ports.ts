import type { BatchConfig, ExistingPolicy } from '../../../shared/batch.ts';
import type { IdleReason } from '../../../shared/events.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { GpuDevice, GpuList } from '../../../shared/gpu.ts';
import type { BatchJob, FramePlan, ShotWarning } from '../../../shared/job.ts';
import type { BuiltAnew } from '../../../shared/kept-scene.ts';
import type { Device } from '../../../shared/shot.ts';
import type { StartWorker } from '../../blender/types.ts';
import type { BatchStore } from '../batch-store.ts';
import type { Blenders } from '../capacity/choose-blender.ts';
import type { Side } from '../capacity/gpus.ts';
import type { SameFiles } from '../capacity/same-files.ts';
import type { Seat } from '../capacity/seats.ts';
import type { WakeSignal } from '../lib/wake-signal.ts';
import type { JobLimits, StallBounds } from './limits.ts';

/** Which lane it is. */
export interface LanePlace {
  /** From 1; those of GPUs come after those of the CPU. */
  readonly number: number;
  /** The one that it renders on; `null`: the CPU. */
  readonly gpu: GpuDevice | null;
}

/** Something to do in an own Blender. */
export type Work =
  | { readonly kind: 'open'; readonly job: BatchJob }
  | { readonly kind: 'render'; readonly job: BatchJob; readonly frame: number }
  /** A frame of a kept scene is rendered once more with the scene built anew, and compared. */
  | {
      readonly kind: 'check';
      readonly job: BatchJob;
      readonly frame: number;
      readonly session: string;
    }
  | { readonly kind: 'encode'; readonly job: BatchJob };

/** What a free lane does next. */
export type Task =
  | Work
  /** Nothing now; look again when something changes, or at this time at the latest. */
  | { readonly kind: 'wait'; readonly until: number | null; readonly why?: IdleReason }
  /** Its place would be taken back before the next frame is done: it gives it back now. */
  | { readonly kind: 'move' }
  /** Nothing will come any more. */
  | { readonly kind: 'end' };

/** A lane that asks what to do next. */
export interface FreeLane extends LanePlace {
  /** The job whose scene it has open. */
  readonly openJob: string | null;
  /** Which keeping of its scene it is at; `null`: it keeps none. */
  readonly session: string | null;
  /** Where the Blender is that it has up; `null`: it has none. */
  readonly blender: string | null;
  /** It has to ask a cluster for a place before it can do anything. */
  readonly needsPlace: boolean;
  /** Its place on a cluster came without a GPU: what must have one needs another place. */
  readonly lacksGpu: boolean;
  /** Frames that it has done in its place. */
  readonly framesHere: number;
  /** What its Blender uses, and the most that any of its Blenders did, MiB. */
  readonly memory: { readonly usedMb: number; readonly largestMb: number };
}

/** Which keeping of a scene is checked, by which of its frames, and in which lane. */
export interface SceneCheck {
  readonly session: string;
  readonly frame: number;
  readonly lane: LanePlace;
}

/** What comparing a kept frame with one whose scene was built anew has come to. */
export type CheckResult =
  | { readonly kind: 'compared'; readonly same: boolean; readonly seconds: number }
  /** `gpu`: what it was on. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly gpu: GpuDevice | null };

/** The run as the Blender of one of its lanes sees it. */
export interface BlenderRun {
  readonly config: BatchConfig;
  readonly store: BatchStore;
  readonly startWorker: StartWorker;
  /** Folder for the temporary files of all lanes. */
  readonly temporary: string;
  /** See `WorkerOptions`. */
  readonly runners: string | undefined;
  /** Where the Blender is of shots that say nothing. */
  readonly blenderPath: string;
  /** Aborted when everything is to stop now. */
  readonly signal: AbortSignal;
  /** Where a lane has its Blender. */
  seatOf(lane: number): Seat;
  /** The job that a lane is at work on. */
  jobOf(lane: number): string | null;
  /** How often a job has started over: nobody waits for what it was made of before. */
  startsOver(jobId: string): number;
  /** Counts up when what a job is made from became something else: a scene that was opened before is another shot now. */
  sceneOf(jobId: string): number;
  /** How a job is opened in a lane. */
  opening(job: BatchJob, gpu: GpuDevice | null): Opening;
  /** Takes what a Blender tells of the GPUs; `null`: it could not tell. */
  learnGpus(list: GpuList | null): void;
}

/** What decides how a job's scene is opened, besides the job. */
export interface Opening {
  readonly existing: ExistingPolicy;
  /** Instead of what the shot file says. */
  readonly device?: Device;
  /** Claims the files of a plan; resolves with why they can't be had. */
  readonly claim: (plan: FramePlan) => Promise<Failure | null>;
  /** Whether a scene that wants this side may stay in the lane. */
  readonly fits: (wants: Side) => boolean;
}

/** The run as one of its lanes sees it: where work comes from, and who is told what became of it. */
export interface LaneRun extends BlenderRun, JobLimits {
  readonly stall: StallBounds;
  readonly blenders: Blenders;
  readonly files: SameFiles;
  /** Wakes lanes that wait for work. */
  readonly changed: WakeSignal;
  readonly cancelled: boolean;
  /** Memory has run out: who waits gives back what it holds. */
  readonly isShortOfMemory: boolean;
  /** A Blender has told which GPUs there are. */
  readonly knowsGpus: boolean;
  cancel(): void;
  /** Whether a lane has nothing to do any more: everything stops, or its GPU has gone. */
  isOver(lane: LanePlace): boolean;
  /** True once, for the lane that is to ask its Blender which GPUs there are. */
  takesAsking(lane: LanePlace): boolean;
  next(lane: FreeLane): Task;
  /** Has one lane at a time check a keeping of a job's scene; nothing where another one does. */
  checkAlone(jobId: string, session: string, check: () => Promise<void>): Promise<void>;
  /** What a check has come to: the failure of the frame that was built anew, or whether the pictures are the same. */
  checkedScene(jobId: string, check: SceneCheck, result: CheckResult): void;
  /**
   * Whether in this run a frame of a job came out of a kept scene as of one that was built anew: of the files as they are now, by
   * a Blender on the same computer and device as this lane's.
   */
  isSceneProved(jobId: string, lane: LanePlace): boolean;
  /** From now on each frame of a job builds its scene anew. Nothing where that is known. */
  buildsAnew(jobId: string, anew: BuiltAnew): void;
  /** Threads for the next frame of a lane, which it has from here on. */
  takeThreads(lane: LanePlace, job: BatchJob): number;

  /** A lane is on a job: nobody gives back what it has claimed. */
  takenBy(lane: number, jobId: string): void;
  /** A lane has let go of a job. */
  left(lane: number, jobId: string): void;
  /** A lane has ended. */
  gone(lane: number): void;
  lanesOn(jobId: string): number;
  /** A lane begins to ask for a place, with a GPU or without; `null`: it asks no more. */
  asksForPlace(lane: number, what: { readonly gpu: boolean } | null): void;
  /** Whether there is work for one more such place, if this lane asks for it. */
  isPlaceWanted(lane: number, withGpu: boolean): boolean;
  /** Whether a place for this job needs a GPU. */
  needsGpu(job: BatchJob): boolean;
  /** A node of a cluster has done a frame of a job. */
  nodeWorked(node: string, jobId: string): void;
  /** Blender has failed on a node of a cluster. @param what tells the work from others of the job */
  nodeFailed(node: string, jobId: string, what: string, failure: Failure): void;
  /** A node can't do the work of this batch, for a reason that is the end of a sentence. */
  leaveOut(node: string, why: string): void;

  started(job: BatchJob): void;
  /** Ends a job whose time is up. True if it was. */
  endIfLate(job: BatchJob): boolean;
  /** Its scene stands open after so many seconds. */
  opened(jobId: string, seconds: number): void;
  /** Whether a job's scene is to be looked through now: once, by the lane that asks first. */
  takesALook(jobId: string): boolean;
  /** What is to be told of a job besides what its scene shows. */
  sideWarnings(job: BatchJob): readonly ShotWarning[];
  isAborted(jobId: string): boolean;
  /** Its files were saved after frames of it were made. Resolves with those that are rendered again; `left`: others go on with it. */
  filesSaved(jobId: string, source: string): Promise<readonly number[] | 'left'>;
  /** Its files have changed before its first frame, or its frames are to be of another Blender. */
  startOver(jobId: string, source: string, why?: 'stale' | 'again'): void;
  /** There is no Blender for a job. */
  refuse(jobId: string, failure: Failure): void;
  /** A scene could not be opened, or a movie not be encoded. */
  jobFailed(jobId: string, failure: Failure): void;
  /** @param gpu what it was on */
  frameFailed(
    jobId: string,
    frame: number,
    tries: number,
    failure: Failure,
    gpu?: GpuDevice | null,
  ): void;
  /** A frame is proved and waits for its name, since a file is in use: its lane goes on, the run waits for it. */
  waitsForName(naming: Promise<void>): void;
  /** A frame is proved and has its name. @param before frames of its scene that its Blender had rendered; 0 where it built what others keep */
  frameDone(job: BatchJob, record: FrameRecord, before: number): void;
  /** A GPU is not there any more, which this job found out. */
  lostGpu(gpu: GpuDevice, jobId: string): void;
  /** Ends a job if its frames say so. Resolves with frames that are gone: they are rendered again. */
  endIfDone(jobId: string): Promise<readonly number[]>;
  /** A frame is gone, or its file is another one now, which is kept. Resolves with it if it is rendered again. */
  takenAway(jobId: string, frame: number): Promise<readonly number[]>;
  /** Its movie is there. */
  complete(jobId: string): void;
}
