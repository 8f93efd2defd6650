import type { RunInfo, RunOutcome } from './batch.ts';
import type { Failure, LostPlace } from './failure.ts';
import type { FrameRecord } from './frame-state.ts';
import type { BatchJob, FramePlan, JobStatus, OtherBlenderPolicy, ShotWarning } from './job.ts';
import type { PauseReason, Recovery } from './night.ts';

/** What can happen to one job. The checkpoint's journal holds these, one a line. */
export type JobEvent =
  /** A job joins the batch, or its source changed: nothing of it counts as done. */
  | {
      readonly type: 'job-added';
      readonly job: string;
      readonly at: number;
      readonly name: string;
      readonly shotFile: string;
      readonly outputPath: string;
      readonly source: string;
    }
  | {
      readonly type: 'job-planned';
      readonly job: string;
      readonly at: number;
      readonly plan: FramePlan;
    }
  /** Its scene was looked through after opening: this is all that is wrong with it now. */
  | {
      readonly type: 'job-warned';
      readonly job: string;
      readonly at: number;
      readonly warnings: readonly ShotWarning[];
    }
  /** The artist chose its place in the order. `over`: what the shot file said then. */
  | {
      readonly type: 'job-prioritized';
      readonly job: string;
      readonly at: number;
      readonly priority: number;
      readonly over: number;
    }
  /** The artist chose its Blender, or what becomes of frames of another one; see `ChosenBlender`. */
  | {
      readonly type: 'job-blender';
      readonly job: string;
      readonly at: number;
      readonly version: string | null;
      readonly over: string | null;
      readonly otherBlender: OtherBlenderPolicy | null;
    }
  | { readonly type: 'job-started'; readonly job: string; readonly at: number }
  | {
      readonly type: 'job-retried';
      readonly job: string;
      readonly at: number;
      readonly failure: Failure;
    }
  | {
      readonly type: 'job-finished';
      readonly job: string;
      readonly at: number;
      readonly status: Exclude<JobStatus, 'waiting' | 'running'>;
      readonly error: Failure | null;
    }
  /** Back to waiting: asked for by the artist, or by a new run. Failed frames may be tried again. */
  | { readonly type: 'job-reset'; readonly job: string; readonly at: number }
  | {
      readonly type: 'frame-started';
      readonly job: string;
      readonly at: number;
      readonly frame: number;
      readonly worker: number;
      /** The computer of a cluster that it is rendered on; not there: this one. */
      readonly node?: string | undefined;
    }
  | {
      readonly type: 'frame-done';
      readonly job: string;
      readonly at: number;
      readonly frame: number;
      readonly record: FrameRecord;
    }
  /** Whole on disk from before this run. */
  | {
      readonly type: 'frame-kept';
      readonly job: string;
      readonly at: number;
      readonly frame: number;
      readonly record: FrameRecord;
    }
  /**
   * Recorded as done once, but its file is gone or no longer the same. `tries`: it never got its name, so its tries
   * count on; not there: it is a fresh frame again.
   */
  | {
      readonly type: 'frame-lost';
      readonly job: string;
      readonly at: number;
      readonly frame: number;
      readonly tries?: number | undefined;
    }
  | {
      readonly type: 'frame-failed';
      readonly job: string;
      readonly at: number;
      readonly frame: number;
      readonly failure: Failure;
      readonly willRetry: boolean;
    }
  /** Given back without blame: cancelled, or its worker was needed elsewhere. */
  | {
      readonly type: 'frame-released';
      readonly job: string;
      readonly at: number;
      readonly frame: number;
    };

/** What can happen to the batch as a whole. */
export type RunEvent =
  | { readonly type: 'batch-started'; readonly at: number; readonly run: RunInfo }
  | {
      readonly type: 'batch-paused';
      readonly at: number;
      readonly reason: PauseReason;
      readonly message: string;
    }
  | { readonly type: 'batch-unpaused'; readonly at: number }
  /** The pool goes on with another number of workers: memory ran out. */
  | {
      readonly type: 'pool-changed';
      readonly at: number;
      /** Workers that may be at work at once from now on. */
      readonly workers: number;
      /** Of so many that the run began with. */
      readonly of: number;
      readonly message: string;
    }
  /** A cluster took a place away in which Blender was at work: what it was at goes on elsewhere, without blame. */
  | {
      readonly type: 'place-lost';
      readonly at: number;
      readonly node: string;
      readonly cause: LostPlace;
      readonly message: string;
    }
  /** A node of a cluster can't do the work: it is asked for no more in this run. */
  | {
      readonly type: 'node-left-out';
      readonly at: number;
      readonly node: string;
      readonly message: string;
    }
  /** Found out of order, mostly by the start of a run, and set right. */
  | { readonly type: 'batch-recovered'; readonly at: number; readonly found: Recovery }
  /** All recorded jobs that are not in the folder any more. Their frames stay known: a folder may come back. */
  | { readonly type: 'jobs-gone'; readonly at: number; readonly jobs: readonly string[] }
  | { readonly type: 'batch-finished'; readonly at: number; readonly outcome: RunOutcome };

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
  /** It waits for a place on a cluster. `why`: in the words of its queue; `null`: not known yet. */
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
