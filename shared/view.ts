import type { BatchOutcome, BatchProgress, BlenderInfo } from './batch.ts';
import type { WorkerState } from './events.ts';
import type { Failure } from './failure.ts';
import type { FrameCounts, FrameState } from './frame-state.ts';
import type { ClusterHost } from './hosts.ts';
import type { FramePlan, JobStatus, RetryTally, StallLimit } from './job.ts';
import type { KeptScene } from './kept-scene.ts';
import type { FileParts, Offers, Split } from './more-shots.ts';
import type { ChosenWorkers, Incident, PauseReason, PoolChange } from './night.ts';
import type { OlderNote } from './older-files.ts';
import type { LeftOutShot, ShotConfig, ShotProblem } from './shot.ts';
import type { TestPass } from './test-pass.ts';
import type { StandIn } from './thumbnail.ts';

/** What the window shows. Made by the main process, mirrored by the store, never changed there. */

/**
 * `unread`: found, never rendered. `interrupted`: it stopped without an end: crash or power cut. `partial`: what
 * was chosen is done, and other shots wait.
 */
export type BatchPhase = 'unread' | 'running' | 'pausing' | 'paused' | BatchOutcome;

/** One line of the sidebar. */
export interface BatchSummary {
  readonly id: string;
  readonly folder: string;
  /** Last part of the folder. */
  readonly name: string;
  /** Which test pass it is; not there: the finals. */
  readonly test?: TestPass | undefined;
  readonly phase: BatchPhase;
  readonly framesDone: number;
  readonly framesTotal: number;
  readonly jobs: Readonly<Record<JobStatus, number>>;
  /** ms since 1970 of the last thing that happened; `null`: nothing yet. */
  readonly lastAt: number | null;
  /** Why the batch can't be opened: folder gone, checkpoint unreadable. */
  readonly problem: string | null;
  /** Its folder is not where it was: it may be somewhere else now. */
  readonly isGone?: boolean;
}

/**
 * One letter for each cell of a frame strip: w waiting, r running, d done, k kept from before, f failed,
 * p poisoned: failed because it crashes Blender every time, x done and rejected.
 */
export type FrameStrip = string;

/** One row of the job table. */
export interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly shotFile: string;
  readonly status: JobStatus;
  readonly error: Failure | null;
  /** Number of warnings and errors found about this shot. */
  readonly problems: number;
  /** Of these the errors. */
  readonly errors: number;
  readonly counts: FrameCounts;
  /** At most 60 cells. */
  readonly strip: FrameStrip;
  /** Frame expression, such as `1-48`; `null` until the scene was opened. */
  readonly frames: string | null;
  readonly engine: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly renderSeconds: number;
  /** Seconds; `null` until it can be known. */
  readonly averageSeconds: number | null;
  readonly remainingSeconds: number | null;
  /** A frame as trying a few small ones has shown; `null`: it was not tried, or its own frames say it. */
  readonly triedSeconds: number | null;
  readonly retryCount: number;
  /** Found in the open scene: how many, and the first of them; they are among the `problems`. */
  readonly warnings: number;
  readonly warning: string | null;
  /** Frames that crash Blender every time; among the failed ones. */
  readonly poisoned: number;
  /** What pauses took between start and end. */
  readonly pausedMs: number;
  /** The frame whose picture stands for the shot; `null`: none is done. */
  readonly newest: NewestFrame | null;
  /** What is shown of it until then; `null`: there is nothing, or a frame. */
  readonly standIn: StandIn | null;
  /** Pictures that the artist has judged so. */
  readonly approved: number;
  readonly rejected: number;
  /** Frames that are older than the files of the shot, of which the artist has not said what becomes of them; `null`: none. */
  readonly older: OlderNote | null;
  /** What is known of keeping its scene from frame to frame; not there: nothing. */
  readonly keptScene?: KeptScene;
  /** Higher goes first; 0 is normal. */
  readonly priority: number;
  /** What keeps a shot that is still to be rendered from it, as a sentence; `null`: nothing that is known. */
  readonly blocked: string | null;
  /** Names of the shots that a waiting one needs and that are not complete yet. */
  readonly waitsFor: readonly string[];
  /** What shots can be made of besides; not there: nothing. */
  readonly more?: readonly Split[];
}

/** The frames behind one cell of a strip. */
export interface StripCell {
  readonly first: number;
  /** The same as `first` where the cell is one frame. */
  readonly last: number;
  readonly counts: FrameCounts;
  /** Of those whose time is known; `null`: none is. */
  readonly averageSeconds: number | null;
  /** Where the cell is one frame. */
  readonly state: FrameState | null;
}

export interface NewestFrame {
  readonly frame: number;
  /** When it was proved whole, ms since 1970. */
  readonly at: number;
}

/** One Blender of the pool. */
export interface WorkerLane {
  readonly worker: number;
  readonly state: WorkerState;
  readonly jobName: string | null;
  /** The name of the GPU that it renders on; `null`: the CPU. */
  readonly gpu: string | null;
  /** The computer of a cluster that it has its place on; `null`: this one, or none yet. */
  readonly node: string | null;
  readonly samplesDone: number | null;
  readonly samplesTotal: number | null;
  readonly memoryMb: number | null;
  /** Seconds that its newest frames took, the oldest first; at most 40. */
  readonly times: readonly number[];
}

/** What an interrupted batch looks like before it is resumed. */
export interface ResumeCard {
  /** Who renders this batch right now, such as `the Nightshift app (process 7, since …)`; `null`: nobody else. */
  readonly drivenBy: string | null;
  readonly stoppedAt: number | null;
  /** Frames checked on disk: complete and unchanged since. */
  readonly framesWhole: number;
  /** Frames that were being rendered when it stopped. */
  readonly framesUnfinished: number;
  /** As far as they are known. */
  readonly framesLeft: number;
  /** Shots whose frames are known when their scene is opened only, which nobody has done yet. */
  readonly shotsUnopened: number;
  /** Shots whose frames are rendered again because the shot changed. */
  readonly stale: readonly { readonly name: string; readonly frames: number }[];
  /** Shots whose finished frames are older than their files, which stay: so many, and what was saved when. */
  readonly older: readonly (OlderNote & { readonly name: string })[];
  /** Recorded frames whose files are gone or were changed by someone else. */
  readonly framesLost: number;
  readonly orphansStopped: number;
  /** Lines of the checkpoint that could not be read and were kept aside. */
  readonly linesSetAside: number;
}

/** How much a folder holds that is not in its batch. */
export interface LeftOutCounts {
  readonly older: number;
  /** What lies in folders of backups, and what Blender saved by itself. */
  readonly backups: number;
  readonly byHand: number;
  /** In the batch although they are older versions or backups. */
  readonly takenIn: number;
}

/** What a folder holds that is not in its batch, to be looked through. */
export interface LeftOutView {
  readonly shots: readonly (LeftOutShot & {
    /** Recorded as done from when it was in the batch. */
    readonly framesDone: number;
  })[];
  /** Names of the shots that are in the batch although they are older versions or backups. */
  readonly takenIn: readonly string[];
  /** Blender's own backups (`.blend1`), which are never shots. */
  readonly blendBackups: number;
}

export type Trust = 'not-needed' | 'ask' | 'trusted' | 'untrusted';

/** Everything about one batch that is not a row. */
export interface BatchView {
  readonly id: string;
  readonly folder: string;
  readonly name: string;
  readonly outputRoot: string;
  /** Frames go somewhere else now, and it has some: what becomes of them is to be asked. Absolute. */
  readonly goesTo?: string;
  /** Which test pass it is; not there: the finals. */
  readonly test?: TestPass | undefined;
  /** It is of these .blend files only; not there: of the whole folder. */
  readonly files?: readonly string[] | undefined;
  readonly phase: BatchPhase;
  readonly trust: Trust;
  readonly progress: BatchProgress;
  readonly paused: { readonly reason: PauseReason; readonly message: string } | null;
  /** Who renders it, where that is another process: it can be cancelled, and no more. */
  readonly elsewhere?: string | undefined;
  /** ms since 1970: clocks of shots stand still from then on; `null`: they go. */
  readonly pausedSince: number | null;
  readonly problems: readonly ShotProblem[];
  readonly leftOut: LeftOutCounts;
  /** Scenes and cameras that have no shot; not there: none is known. */
  readonly more?: Offers | undefined;
  /** Shots that failed, or can't be rendered before somebody does something about them. */
  readonly needYou: number;
  /** Shots that nobody has opened yet and whose frames are not known; none that can't be opened: those need somebody. */
  readonly unopened: number;
  readonly lanes: readonly WorkerLane[];
  readonly resume: ResumeCard | null;
  /** Frames that were done, and were not in their place when the batch was opened, or others than they had been; not there: none. */
  readonly framesLost?: number;
  readonly workers: number;
  /** The host on whose nodes it renders now; `null`: it rests, or renders on this computer. */
  readonly onCluster: ClusterHost | null;
  readonly blender: BlenderInfo | null;
  /** Only while it runs; `null`: all workers are at work. */
  readonly pool: PoolChange | null;
  /** Only while it runs: with how many Blenders it goes on, and why; `null`: somebody said how many, or all are best. */
  readonly chosen: ChosenWorkers | null;
  /** What the night met; told when the run has ended. */
  readonly incidents: readonly Incident[];
  /** Frames are being tried, to say how long it will take; `null`: none is. */
  readonly trying: TryingShots | null;
}

/** How far trying has come. */
export interface TryingShots {
  /** Name of the shot; `null`: the shots are looked through first. */
  readonly shot: string | null;
  readonly tried: number;
  readonly of: number;
}

export interface BatchSnapshot {
  readonly seq: number;
  readonly view: BatchView;
  readonly rows: readonly JobRow[];
  /** As it was shown last, with its first rows only; its folder is still to be read. */
  readonly remembered?: true;
}

/** Pushed at most ten times a second. `seq` counts up by one; on a gap the window asks for a snapshot. */
export interface BatchUpdate {
  readonly seq: number;
  readonly batchId: string;
  readonly view: Omit<BatchView, 'problems'>;
  /** `null`: the same as before. There may be one for each shot, which is too much for ten times a second. */
  readonly problems: BatchView['problems'] | null;
  /** Only those that changed. */
  readonly rows: readonly JobRow[];
}

export interface FrameDetail {
  readonly frame: number;
  readonly state: FrameState;
}

/** Frames, such as `1-24`, and the files that they were made from. */
export interface MadeFrom {
  readonly frames: string;
  readonly count: number;
  /** When these were saved after that, ms since 1970; `null`: nobody knows. */
  readonly saved: number | null;
  readonly files: readonly string[];
  readonly kept: boolean;
  /** They may show what was saved already. */
  readonly mayShow: boolean;
}

/** What the inspector shows of one job. */
export interface JobDetail {
  readonly jobId: string;
  readonly shotConfig: ShotConfig | null;
  readonly outputPath: string;
  /** What its open scene has told; `null`: it was not opened yet. */
  readonly opened: Pick<FramePlan, 'settings' | 'format' | 'pattern' | 'simulation'> | null;
  readonly frames: readonly FrameDetail[];
  /** Of the scene; `null` until it was opened. */
  readonly fps: number | null;
  readonly problems: readonly ShotProblem[];
  /** What its .blend holds besides what it renders. */
  readonly more: readonly FileParts[];
  readonly retries: readonly RetryTally[];
  /** Which of its frames are of files as they were before they were saved, those that are kept among them. */
  readonly older: readonly MadeFrom[];
  /** Of its next frame. */
  readonly stall: StallLimit;
  /** How long Blender may be silent while it opens the scene. */
  readonly openStallMs: number;
  /** The line that renders this shot in a terminal. */
  readonly command: string;
}

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly platform: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly dataDirectory: string;
  readonly homeDirectory: string;
}
