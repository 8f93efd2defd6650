import { z } from 'zod';
import { EXISTING_POLICIES, MEMORY_LIMIT } from './batch.ts';
import type { BlenderInstalls, BlendersAdded } from './blender-install.ts';
import type { NightCharts } from './charts/night-charts.ts';
import type { LogLine } from './events.ts';
import type { GpuList } from './gpu.ts';
import type { CALL_NAMES, PUSHES } from './ipc-names.ts';
import { OTHER_BLENDER_POLICIES } from './job.ts';
import { PRIORITY_CHANGES } from './order.ts';
import { type PowerCountdown, type Schedule, TIME_OF_DAY, WHEN_DONE } from './schedule.ts';
import type { SettingPlaces } from './shot.ts';
import type { BegunElsewhere, ShotBlender } from './shot-blender.ts';
import type {
  AppInfo,
  BatchSnapshot,
  BatchSummary,
  BatchUpdate,
  JobDetail,
  Settings,
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
const limit = z.number().positive().max(31_536_000).nullable();

export const settingsSchema = z.strictObject({
  blenderPath: z.string().min(1).max(4096).nullable(),
  workers: z.int().min(0).max(256),
  maxRetries: z.int().min(0).max(100),
  timeoutSeconds: limit,
  frameTimeoutSeconds: limit,
  // These came later: settings of a version that did not know them are read too.
  memoryLimitMb: z.int().min(MEMORY_LIMIT.min).max(MEMORY_LIMIT.max).nullable().default(null),
  outputFolder: z.string().min(1).max(4096).nullable().default(null),
  continueOnError: z.boolean(),
  factoryStartup: z.boolean(),
  existing: z.enum(EXISTING_POLICIES),
  whenDone: z.enum(WHEN_DONE).default('notify'),
  theme: z.enum(['system', 'dark', 'light']),
}) satisfies z.ZodType<Settings>;

export const MENU_COMMANDS = [
  'open-folder',
  'open-samples',
  'render',
  'pause',
  'cancel',
  'retry',
  'render-first',
  'raise-priority',
  'lower-priority',
  'find',
  'export-report',
  'copy-report',
  'settings',
  'shortcuts',
] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];

/** Payload schemas of every call. */
export const CALLS = {
  'app:info': nothing,
  'batches:list': nothing,
  /** A dropped folder, or a file in it. Scans it, reads its checkpoint, renders nothing. */
  'folder:open': z.strictObject({ path: z.string().min(1).max(32_768) }),
  /** Shows the system's folder dialog. */
  'folder:choose': nothing,
  'samples:open': nothing,
  /** At a start: the interrupted batch that was shown last, as it was then. It still has to be opened. */
  'batch:last': nothing,
  /** Opens a batch of the history and follows it: updates are pushed for the followed batch. */
  'batch:open': batch,
  /** The followed batch as it is now, after a gap. */
  'batch:snapshot': batch,
  'batch:trust': z.strictObject({ batchId, trusted: z.boolean() }),
  /** Render, Resume: starts what is left. */
  'batch:render': batch,
  /** Finishes the running frames and starts no new ones. */
  'batch:pause': batch,
  'batch:unpause': batch,
  'batch:cancel': batch,
  /** Tries a few small frames, to say how long it will take; the view tells how far that has come. */
  'batch:estimate': batch,
  'batch:stop-estimate': batch,
  /** Forgets the checkpoint, so that all is rendered from nothing. Frames on disk stay. */
  'batch:clear': batch,
  /** Shows the shot folder in the file manager. */
  'batch:reveal': batch,
  /** Takes it out of the history, with its checkpoint. Frames and shot files stay. */
  'batch:forget': batch,
  /** Renders only these of what is left, while the batch is at rest. */
  'jobs:render': jobs,
  /** Of all open batches. */
  'schedules:list': nothing,
  /** When a batch starts by itself, and from when on it starts no new frames. Without times: nothing is planned. */
  'schedule:set': batch.extend({ startAt: timeOfDay, until: timeOfDay }),
  /** Ids of the open batches whose folders are watched. */
  'watch:list': nothing,
  /** Shots that come into the folder of the batch join it, changed ones are offered again; or not any more. */
  'watch:set': batch.extend({ on: z.boolean() }),
  /** The computer is left on after all. */
  'power:stay': nothing,
  'jobs:cancel': jobs,
  'jobs:retry': jobs,
  /** Another Blender for these jobs; `null`: whichever fits each of them. */
  'jobs:blender': jobs.extend({
    version: z
      .string()
      .regex(/^\d+\.\d+(?:\.\d+)?$/)
      .nullable(),
  }),
  /** What becomes of their frames, which are of a Blender that is not here. */
  'jobs:other-blender': jobs.extend({ otherBlender: z.enum(OTHER_BLENDER_POLICIES) }),
  /** Of a run of these jobs, or of all with `null`: the shots to ask the artist about before. */
  'batch:begun-elsewhere': batch.extend({ jobIds: jobs.shape.jobIds.nullable() }),
  'job:blender': job,
  /** Gives jobs another place in the order, at once. */
  'jobs:prioritize': jobs.extend({ change: z.enum(PRIORITY_CHANGES) }),
  /** Puts jobs before another one, `null`: at the end. They start in that order from now on. */
  'jobs:move': jobs.extend({ before: jobId.nullable() }),
  'job:detail': job,
  /** Where the settings of a shot are said. */
  'job:places': job,
  /** What the pointer is on in a frame strip. */
  'job:strip-cell': job.extend({ cell: z.int().min(0).max(59) }),
  /** The newest lines of a job's log; new lines are pushed from then on, for this job only. */
  'job:log': z.strictObject({ batchId, jobId: jobId.nullable() }),
  /** Shows the newest frames in the file manager, each folder once; of many folders the one that holds them all. */
  'jobs:reveal': jobs,
  /** The lines that render jobs in a terminal, in their order. */
  'jobs:commands': jobs,
  /** Shows the save dialog and writes Markdown, with a folder of pictures beside it. */
  'report:export': batch,
  'report:copy': batch,
  /** What the workers were at, and how long frames took; read anew from the journal. */
  'batch:charts': batch,
  'settings:get': nothing,
  'settings:set': settingsSchema,
  /** Again: those too that did not answer before. */
  'blender:list': z.strictObject({ again: z.boolean() }),
  /** Starts that Blender for a moment; `null`: the newest found. */
  'blender:gpus': z.strictObject({
    path: z.string().min(1).max(4096).nullable(),
    factoryStartup: z.boolean(),
  }),
  /** Shows the system's dialog and takes in the Blender, or the folder of some, that is shown. */
  'blender:add': z.strictObject({ what: z.enum(['program', 'folder']) }),
  /** Forgets what was added. */
  'blender:forget': z.strictObject({ place: z.string().min(1).max(4096) }),
  /** Shows the system's folder dialog; the path that was chosen can be the `outputFolder`. */
  'output:choose': nothing,
  /** What of the application menu makes sense now. */
  'menu:offer': z.strictObject({
    commands: z.array(z.enum(MENU_COMMANDS)).max(MENU_COMMANDS.length),
  }),
} as const satisfies Record<(typeof CALL_NAMES)[number], z.ZodType>;

export interface CallResults {
  'app:info': AppInfo;
  'batches:list': readonly BatchSummary[];
  'folder:open': BatchSnapshot;
  'folder:choose': BatchSnapshot | null;
  'samples:open': BatchSnapshot;
  'batch:last': BatchSnapshot | null;
  'batch:open': BatchSnapshot;
  'batch:snapshot': BatchSnapshot;
  'batch:trust': BatchSnapshot;
  'batch:render': null;
  'batch:pause': null;
  'batch:unpause': null;
  'batch:cancel': null;
  'batch:estimate': null;
  'batch:stop-estimate': null;
  'batch:clear': BatchSnapshot;
  'batch:reveal': null;
  'batch:forget': null;
  'jobs:render': null;
  'schedules:list': readonly Schedule[];
  'schedule:set': null;
  'watch:list': readonly string[];
  'watch:set': null;
  'power:stay': null;
  'jobs:cancel': null;
  'jobs:retry': null;
  'jobs:blender': null;
  'jobs:other-blender': null;
  'batch:begun-elsewhere': readonly BegunElsewhere[];
  'job:blender': ShotBlender;
  'jobs:prioritize': null;
  /** The ids of all jobs in their new order. */
  'jobs:move': readonly string[];
  'job:detail': JobDetail;
  'job:places': SettingPlaces;
  /** `null`: the strip has no such cell. */
  'job:strip-cell': StripCell | null;
  'job:log': readonly LogLine[];
  'jobs:reveal': null;
  'jobs:commands': readonly string[];
  /** Where it was written; `null`: the dialog was closed. */
  'report:export': string | null;
  'report:copy': null;
  'batch:charts': NightCharts;
  'settings:get': Settings;
  'settings:set': Settings;
  'blender:list': BlenderInstalls;
  'blender:gpus': GpuList;
  /** `null`: the dialog was closed. */
  'blender:add': BlendersAdded | null;
  'blender:forget': BlenderInstalls;
  'output:choose': string | null;
  'menu:offer': null;
}

export type CallName = keyof typeof CALLS;
export type CallPayload<N extends CallName> = z.infer<(typeof CALLS)[N]>;
export type CallResult<N extends CallName> = CallResults[N];

/** What the main process tells by itself. */
export interface Pushes {
  'batch:update': BatchUpdate;
  'batches:changed': readonly BatchSummary[];
  'log:lines': {
    readonly batchId: string;
    readonly jobId: string;
    readonly lines: readonly LogLine[];
  };
  /** All that are planned now. */
  'schedules:changed': readonly Schedule[];
  /** Ids of the batches whose folders are watched. */
  'watch:changed': readonly string[];
  /** The computer is about to go to sleep or to shut down; `null`: not any more. */
  'power:changed': PowerCountdown | null;
  'menu:command': MenuCommand;
  /** A folder was opened from outside: command line, app icon, second instance. */
  'folder:opened': BatchSnapshot;
  /** Something that has no better place; one sentence. */
  notice: string;
}
export type PushName = keyof Pushes & (typeof PUSHES)[number];

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
