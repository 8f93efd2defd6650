import { z } from 'zod';
import type { BlenderInstalls, BlendersAdded } from './blender-install.ts';
import type { NightCharts } from './charts/night-charts.ts';
import type { Cluster } from './cluster.ts';
import type { LogLine } from './events.ts';
import { VERDICTS } from './frame-state.ts';
import type { GpuList } from './gpu.ts';
import { OTHER_BLENDER_POLICIES } from './job.ts';
import { type ShotsMade, SPLITS } from './more-shots.ts';
import { type KeptNight, NIGHT_ID } from './night-record.ts';
import { PRIORITY_CHANGES } from './order.ts';
import { type PowerCountdown, TIME_OF_DAY } from './schedule.ts';
import { allSettingsSchema, type Settings } from './settings.ts';
import { LEFT_OUT_REASONS, type SettingPlaces } from './shot.ts';
import type { BegunElsewhere, ShotBlender } from './shot-blender.ts';
import { SETTING_KEYS, type SetupChange, type ShotSetup } from './shot-setup.ts';
import {
  SERVICE_NAMES,
  stalledMinutesSchema,
  TELLING_EVENTS,
  type TellingPreview,
  type TellingView,
  tellingDraftSchema,
} from './telling.ts';
import { testPassSchema } from './test-pass.ts';
import type { Tonight } from './tonight.ts';
import type { UpdateView } from './update.ts';
import type {
  AppInfo,
  BatchSnapshot,
  BatchSummary,
  BatchUpdate,
  JobDetail,
  LeftOutView,
  StripCell,
} from './view.ts';

/**
 * The one contract between the window and the main process. A call is a name, the schema that its
 * payload must fit, and the type of its result. Main, preload and window derive from it.
 */

const nothing = z.undefined();
const batchId = z.string().regex(/^[A-Za-z0-9._-]{1,120}$/);
const jobId = z.string().regex(/^[0-9a-f]{12}$/);
const batch = z.strictObject({ batchId });
const jobs = z.strictObject({ batchId, jobIds: z.array(jobId).min(1).max(100_000) });
const job = z.strictObject({ batchId, jobId });
const timeOfDay = z.string().regex(TIME_OF_DAY).nullable();

/** They stay, and new ones go to them; all go to the new place; they stay, and all is rendered anew into the new place. */
export const FRAMES_TO = ['keep', 'move', 'anew'] as const;
export type FramesTo = (typeof FRAMES_TO)[number];

export const MENU_COMMANDS = [
  'open-folder',
  'open-samples',
  'open-in-blender',
  'render',
  'test-pass',
  'pause',
  'cancel',
  'retry',
  'render-again',
  'render-rejected',
  'leave-out',
  'left-out',
  'split-scenes',
  'split-cameras',
  'keep-older',
  'render-older',
  'render-first',
  'raise-priority',
  'lower-priority',
  'review',
  'show-frames',
  'find',
  'export-report',
  'copy-report',
  'nights',
  'settings',
  'shortcuts',
  'updates',
] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];

interface Call<Payload extends z.ZodType, Result> {
  readonly payload: Payload;
  /** In types only. */
  readonly result?: Result;
}

/** A call that is answered with nothing but that it was done, if it is not said what it gives. */
function call<Payload extends z.ZodType>(
  payload: Payload,
): Call<Payload, null> & { gives: <Result>() => Call<Payload, Result> } {
  return { payload, gives: () => ({ payload }) };
}

/** Every call: the schema that its payload must fit, and the type of its result. */
export const CALLS = {
  'app:info': call(nothing).gives<AppInfo>(),
  'batches:list': call(nothing).gives<readonly BatchSummary[]>(),
  /** A dropped folder, or a file in it. Scans it, reads its checkpoint, renders nothing. */
  'folder:open': call(
    z.strictObject({ path: z.string().min(1).max(32_768) }),
  ).gives<BatchSnapshot>(),
  /** Dropped .blend files: a batch of just these. */
  'files:open': call(
    z.strictObject({ paths: z.array(z.string().min(1).max(32_768)).min(1).max(10_000) }),
  ).gives<BatchSnapshot>(),
  /** Shows the system's folder dialog. */
  'folder:choose': call(nothing).gives<BatchSnapshot | null>(),
  'samples:open': call(nothing).gives<BatchSnapshot>(),
  /** At a start: the interrupted batch that was shown last, as it was then. It still has to be opened. */
  'batch:last': call(nothing).gives<BatchSnapshot | null>(),
  /** Opens a batch of the history and follows it: updates are pushed for the followed batch. */
  'batch:open': call(batch).gives<BatchSnapshot>(),
  /** The followed batch as it is now, after a gap. */
  'batch:snapshot': call(batch).gives<BatchSnapshot>(),
  /** Of a batch of some files: opens the batch of all of their folder. */
  'batch:whole-folder': call(batch).gives<BatchSnapshot>(),
  /** Opens a test pass of the batch and follows it; shots keep their ids in it. Renders nothing. */
  'batch:test': call(batch.extend({ test: testPassSchema })).gives<BatchSnapshot>(),
  'batch:trust': call(z.strictObject({ batchId, trusted: z.boolean() })).gives<BatchSnapshot>(),
  /** Render, Resume: starts what is left; where another batch renders it comes after that. */
  'batch:render': call(batch),
  /** Finishes the running frames and starts no new ones. */
  'batch:pause': call(batch),
  'batch:unpause': call(batch),
  'batch:cancel': call(batch),
  /** Tries a few small frames, to say how long it will take; the view tells how far that has come. */
  'batch:estimate': call(batch),
  'batch:stop-estimate': call(batch),
  /** What its folder holds that is not in the batch. */
  'batch:left-out': call(batch).gives<LeftOutView>(),
  /** Takes shots out of a batch that is at rest, until they are taken in again. Their frames stay. */
  'shots:leave-out': call(jobs).gives<BatchSnapshot>(),
  /** By the ids of what is left out. */
  'shots:take-in': call(jobs).gives<BatchSnapshot>(),
  /** All that is left out for one of these, also what comes later. */
  'shots:take-all-in': call(
    batch.extend({
      reasons: z.array(z.enum(LEFT_OUT_REASONS)).min(1).max(LEFT_OUT_REASONS.length),
    }),
  ).gives<BatchSnapshot>(),
  /** The newest version of each shot again, and no backups. */
  'shots:rules-again': call(batch).gives<BatchSnapshot>(),
  /** Forgets the checkpoint, so that all is rendered from nothing. Frames on disk stay. */
  'batch:clear': call(batch).gives<BatchSnapshot>(),
  /** Shows the shot folder in the file manager. */
  'batch:reveal': call(batch),
  /** Takes it out of the history, with its checkpoint. Frames and shot files stay. */
  'batch:forget': call(batch),
  /**
   * Goes on with a batch where its folder is now: that of an open batch of which nothing was rendered, or asked for.
   * `null`: the dialog was closed.
   */
  'batch:locate': call(
    batch.extend({ openedAs: batch.shape.batchId.optional() }),
  ).gives<BatchSnapshot | null>(),
  /** What becomes of the frames of a batch where frames go somewhere else now: see `goesTo` of its view. */
  'batch:frames-to': call(batch.extend({ answer: z.enum(FRAMES_TO) })).gives<BatchSnapshot>(),
  /** What is kept of its nights, newest first; also where its folder is gone. */
  'nights:list': call(batch).gives<readonly KeptNight[]>(),
  /** Opens the report of a night in the program that the system has for it, or shows the folder of its logs. */
  'nights:open': call(
    batch.extend({ night: z.string().regex(NIGHT_ID), what: z.enum(['report', 'logs']) }),
  ),
  /** Renders only these of what is left, while the batch is at rest. */
  'jobs:render': call(jobs),
  /** The batches that are rendered one after another, and when. */
  'tonight:get': call(nothing).gives<Tonight>(),
  /** Puts a batch at the end of tonight. It begins by itself only where the night is on. */
  'tonight:add': call(batch),
  /** Takes a batch out of tonight that does not render. */
  'tonight:remove': call(batch),
  /** Puts a batch before another one, `null`: at the end. What renders stays the first. */
  'tonight:move': call(batch.extend({ before: batchId.nullable() })),
  /** Begins the night, or goes on with it, now. */
  'tonight:start': call(nothing),
  /** Cancels what renders and begins nothing any more; the order is kept. */
  'tonight:stop': call(nothing),
  /**
   * When the night starts by itself, which the batch joins, and from when on it starts no new frames. Without times:
   * nothing is planned.
   */
  'schedule:set': call(batch.extend({ startAt: timeOfDay, until: timeOfDay })),
  /** Ids of the open batches whose folders are watched. */
  'watch:list': call(nothing).gives<readonly string[]>(),
  /** Shots that come into the folder of the batch join it, changed ones are offered again; or not any more. */
  'watch:set': call(batch.extend({ on: z.boolean() })),
  /** The computer is left on after all. */
  'power:stay': call(nothing),
  'jobs:cancel': call(jobs),
  'jobs:retry': call(jobs),
  /** Renders frames again, also those that are done: such as `30-40, 77`, `null`: all. They join a run that is on. */
  'frames:again': call(jobs.extend({ frames: z.string().min(1).max(4096).nullable() })),
  /** The rejected frames of all shots again. */
  'frames:rejected-again': call(batch),
  /** What was made of these jobs before their files were saved: it is kept, or rendered again. */
  'frames:keep-older': call(jobs),
  'frames:older-again': call(jobs),
  /** What the artist says of pictures; `null` takes that back. */
  'frames:review': call(
    job.extend({
      frames: z.array(z.int()).min(1).max(100_000),
      review: z.enum(VERDICTS).nullable(),
    }),
  ),
  /** Another Blender for these jobs; `null`: whichever fits each of them. */
  'jobs:blender': call(
    jobs.extend({
      version: z
        .string()
        .regex(/^\d+\.\d+(?:\.\d+)?$/)
        .nullable(),
    }),
  ),
  /** What becomes of their frames, which are of a Blender that is not here. */
  'jobs:other-blender': call(jobs.extend({ otherBlender: z.enum(OTHER_BLENDER_POLICIES) })),
  /** Of a run of these jobs, or of all with `null`: the shots to ask the artist about before. */
  'batch:begun-elsewhere': call(batch.extend({ jobIds: jobs.shape.jobIds.nullable() })).gives<
    readonly BegunElsewhere[]
  >(),
  'job:blender': call(job).gives<ShotBlender>(),
  /** Gives jobs another priority, at once; `first` puts them before all that wait, too. The ids of all jobs in their order. */
  'jobs:prioritize': call(jobs.extend({ change: z.enum(PRIORITY_CHANGES) })).gives<
    readonly string[]
  >(),
  /** Puts jobs before another one, `null`: at the end. They start in that order from now on. The ids of all jobs in their new order. */
  'jobs:move': call(jobs.extend({ before: jobId.nullable() })).gives<readonly string[]>(),
  'job:detail': call(job).gives<JobDetail>(),
  /** When newer pictures of a frame have replaced others that are still there, ms since 1970, the newest first. */
  'frame:versions': call(job.extend({ frame: z.int().min(-1_048_574).max(1_048_574) })).gives<
    readonly number[]
  >(),
  /** Where the settings of a shot are said. */
  'job:places': call(job).gives<SettingPlaces>(),
  /** What the pointer is on in a frame strip. `null`: the strip has no such cell. */
  /** What the files of one or many shots say of each setting that can be changed. */
  'jobs:setup': call(jobs).gives<ShotSetup>(),
  /**
   * Writes a setting into the files of these shots, or takes it out (`null`). Refused, and nothing is written, where the
   * value can't be or the files say something else than was `seen`. The folder is read anew after it.
   */
  'jobs:change-setup': call(
    jobs.extend({
      key: z.enum(SETTING_KEYS),
      text: z.string().min(1).max(4096).nullable(),
      seen: z.string().regex(/^[0-9a-f]{32}$/),
    }),
  ).gives<SetupChange>(),
  /**
   * Makes shot files for the scenes of these shots' .blends that have none, or for the cameras of their markers, of a batch at rest.
   * The folder is read anew after it.
   */
  'jobs:split': call(jobs.extend({ by: z.enum(SPLITS) })).gives<ShotsMade>(),
  /** Takes the newest change back, or what was made. Names of the files in which somebody has written since: they stay. */
  'batch:undo-setup': call(batch).gives<readonly string[]>(),
  'job:strip-cell': call(job.extend({ cell: z.int().min(0).max(59) })).gives<StripCell | null>(),
  /** The newest lines of a job's log; new lines are pushed from then on, for this job only. */
  'job:log': call(z.strictObject({ batchId, jobId: jobId.nullable() })).gives<readonly LogLine[]>(),
  /** Shows the newest frames in the file manager, each folder once; of many folders the one that holds them all. */
  'jobs:reveal': call(jobs),
  /** Opens the scene of a shot in the Blender that renders it, with its window. */
  'job:open-in-blender': call(job),
  /** The lines that render jobs in a terminal, in their order. */
  'jobs:commands': call(jobs).gives<readonly string[]>(),
  /** Shows the save dialog and writes Markdown, with a folder of pictures beside it. Where it was written; `null`: the dialog was closed. */
  'report:export': call(batch).gives<string | null>(),
  'report:copy': call(batch),
  /** What the workers were at, and how long frames took; read anew from the journal. */
  'batch:charts': call(batch).gives<NightCharts>(),
  'settings:get': call(nothing).gives<Settings>(),
  'settings:set': call(allSettingsSchema).gives<Settings>(),
  /** Again: those too that did not answer before. */
  'blender:list': call(z.strictObject({ again: z.boolean() })).gives<BlenderInstalls>(),
  /** Starts that Blender for a moment; `null`: the newest found. */
  'blender:gpus': call(
    z.strictObject({
      path: z.string().min(1).max(4096).nullable(),
      factoryStartup: z.boolean(),
    }),
  ).gives<GpuList>(),
  /** Shows the system's dialog and takes in the Blender, or the folder of some, that is shown. `null`: the dialog was closed. */
  'blender:add': call(
    z.strictObject({ what: z.enum(['program', 'folder']) }),
  ).gives<BlendersAdded | null>(),
  /** Forgets what was added. */
  'blender:forget': call(
    z.strictObject({ place: z.string().min(1).max(4096) }),
  ).gives<BlenderInstalls>(),
  /** `null`: none answers here. Asked by the main process, at its start and again when that is wished. */
  'cluster:look': call(z.strictObject({ again: z.boolean() })).gives<Cluster | null>(),
  /** Shows the system's folder dialog; the path that was chosen can be the `outputFolder`. */
  'output:choose': call(nothing).gives<string | null>(),
  'updates:view': call(nothing).gives<UpdateView>(),
  /** Opens one connection, to the host that the view names. */
  'updates:check': call(nothing),
  /** Fetches the version that was found. Answered when it is there, was stopped or failed; the view says which. */
  'updates:download': call(nothing),
  'updates:stop': call(nothing),
  /** Closes Nightshift, installs what was fetched and starts it again; refused while that would end or miss a night. */
  'updates:restart': call(nothing),
  'telling:get': call(nothing).gives<TellingView>(),
  /** Keeps a place that is told of nights. */
  'telling:save': call(tellingDraftSchema).gives<TellingView>(),
  /** Nothing is sent to it any more, and its secrets are gone. */
  'telling:remove': call(z.strictObject({ service: z.enum(SERVICE_NAMES) })).gives<TellingView>(),
  'telling:stalled': call(
    z.strictObject({ minutes: stalledMinutesSchema.unwrap() }),
  ).gives<TellingView>(),
  /** Sends a test, kept or not. `why`: it could not be told. */
  'telling:test': call(tellingDraftSchema).gives<{ readonly why: string | null }>(),
  /** What it would be sent. Sends nothing. */
  'telling:preview': call(
    z.strictObject({ draft: tellingDraftSchema, event: z.enum(TELLING_EVENTS) }),
  ).gives<TellingPreview>(),
  /** What of the application menu makes sense now. */
  'menu:offer': call(
    z.strictObject({
      commands: z.array(z.enum(MENU_COMMANDS)).max(MENU_COMMANDS.length),
    }),
  ),
} as const satisfies Record<string, Call<z.ZodType, unknown>>;

export type CallName = keyof typeof CALLS;
export type CallPayload<N extends CallName> = z.infer<(typeof CALLS)[N]['payload']>;
export type CallResult<N extends CallName> =
  (typeof CALLS)[N] extends Call<z.ZodType, infer Result> ? Result : never;

/** What the main process tells by itself. */
export interface Pushes {
  'batch:update': BatchUpdate;
  'batches:changed': readonly BatchSummary[];
  'log:lines': {
    readonly batchId: string;
    readonly jobId: string;
    readonly lines: readonly LogLine[];
  };
  'tonight:changed': Tonight;
  /** Ids of the batches whose folders are watched. */
  'watch:changed': readonly string[];
  /** The computer is about to go to sleep or to shut down; `null`: not any more. */
  'power:changed': PowerCountdown | null;
  'telling:changed': TellingView;
  'menu:command': MenuCommand;
  'updates:changed': UpdateView;
  /** A folder was opened from outside: command line, app icon, second instance. */
  'folder:opened': BatchSnapshot;
  /** Something that has no better place; one sentence. */
  notice: string;
}
export type PushName = keyof Pushes;
export type Push = <N extends PushName>(name: N, payload: Pushes[N]) => void;

/** A result crosses as an envelope, since of a thrown error only the message would survive. */
export type Envelope<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly error: { readonly message: string; readonly nextStep: string | null };
    };

/** What the preload gives to the window, as `window.nightshift`. */
export interface NightshiftApi {
  readonly call: <N extends CallName>(
    name: N,
    payload: CallPayload<N>,
  ) => Promise<Envelope<CallResult<N>>>;
  /** Returns the function that stops listening. */
  readonly on: <N extends PushName>(name: N, listener: (payload: Pushes[N]) => void) => () => void;
  /** The path of a dropped file or folder; empty if it has none. */
  readonly pathForFile: (file: File) => string;
}
