import type { SavedPolicy } from '../../../shared/batch.ts';
import type { JobEvent } from '../../../shared/events.ts';
import { FORMATS, type OutputFormat } from '../../../shared/formats.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob, PickedFrames } from '../../../shared/job.ts';
import {
  askedAgainOf,
  FRESH_JOB,
  frameState,
  jobAfter,
  stopped,
  withoutFrames,
} from '../../../shared/job-state.ts';
import { numbersOf, undecidedFrames } from '../../../shared/older-files.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import { FileLooks } from '../folder/file-cache.ts';
import { fingerprint } from '../folder/fingerprint.ts';
import { piecesOf } from '../folder/more-shots.ts';
import { publishFrame } from '../proof/staging.ts';
import { inputsChanged, type JobSaved, jobSaved, planWithMore } from './sources.ts';
import { checkRecorded, movieIsGone } from './verify-frames.ts';

/** A job as it is now, and what became of the frames that the journal tells of. */
export interface ResumedJob {
  readonly job: BatchJob;
  /** The journal knew nothing of it, or it has changed since: it has to be added (again). */
  readonly fresh: boolean;
  /** Frames that count no more because the shot has changed in such a way that they are none of its any more. */
  readonly stale: number;
  /** Its files were saved after its frames were made, which the journal does not know yet; not there: they were not. */
  readonly saved?: JobSaved;
  /** Frames of another Blender that the artist wants rendered again; not there: none. */
  readonly again?: number;
  /** Frames that were recorded, but whose files are gone or are others now. */
  readonly lost: readonly number[];
  /** Proved frames that a crash kept from getting their name: they only have to be renamed. */
  readonly unnamed: readonly number[];
  /** What the journal is told of frames that are older than the files of the shot; not there: nothing is decided. */
  readonly decided?: JobEvent;
  /** What the journal is told of the frames that were picked of it; not there: it was not picked. */
  readonly picks?: readonly JobEvent[];
}

interface JoinWishes {
  /** Everything is rendered again, whatever is recorded. */
  readonly forget: boolean;
  /** Ends the look through the files early. */
  readonly isCancelled?: () => boolean;
  /** What is known of files that other jobs have, too. */
  readonly files?: FileLooks;
  /** Of the batch. */
  readonly folder: string;
}

/**
 * Joins a job of the folder with what the journal says of it. A frame counts as done only if it
 * is recorded, and its file is still the recorded one. One that was made before the files of the shot were saved stays.
 */
export async function joinJob(
  job: BatchJob,
  recorded: BatchJob | undefined,
  { forget, isCancelled = () => false, files = new FileLooks(), folder }: JoinWishes,
): Promise<ResumedJob> {
  const nothing = { fresh: true, stale: 0, lost: [], unnamed: [] };
  if (!recorded || job.status === 'failed') return { job, ...nothing };
  const isResaved = await inputsChanged(recorded.plan, files);
  const isOther = isResaved || recorded.source !== job.source;
  const isNothingLeft = forget || recorded.counts.done === 0;
  if (goesElsewhere(recorded, job) || (isOther && isNothingLeft)) {
    const asked = { ...job, askedAgain: askedAgainOf(recorded) };
    return { job: asked, ...nothing, stale: recorded.counts.done };
  }
  const { id, name, shotFile, shotConfig, outputPath } = job;
  const now = { id, name, shotFile, shotConfig, outputPath, picked: null };
  const before = stopped({ ...recorded, ...now });
  const isSame = isOther && !isResaved && (await saysWhatItsSceneSaid(job, recorded, files));
  const saved = isOther ? await jobSaved(before, job.source, { files, folder, isSame }) : null;
  const current = saved ? jobAfter(before, saved) : before;
  const planned = withFramesOf(current, shotConfig?.frames ?? null);
  if (forget) return { job: forgotten(planned), ...nothing, fresh: true };
  const checked = await checkFrames(planned, isCancelled);
  return { ...checked, fresh: false, stale: 0, ...(saved && { saved }) };
}

/**
 * Its shot file names the scene or the camera now that its pictures are of: they are as they would be. The frames that are no
 * more of the shot don't count.
 */
async function saysWhatItsSceneSaid(
  { shotConfig }: BatchJob,
  { source, plan }: BatchJob,
  files: FileLooks,
): Promise<boolean> {
  const settings = plan?.settings;
  if (!shotConfig || !plan || !settings) return false;
  const { scene, camera, frames } = shotConfig;
  const own = new Set(frames ?? plan.frames);
  const seen = settings.cameras
    ? piecesOf(
        settings.cameras,
        plan.frames.filter((frame) => own.has(frame)),
      )
    : [settings];
  const isScene = scene !== null && scene === settings.scene;
  const isCamera = camera !== null && seen.every((each) => each.camera === camera);
  const before = [
    ...(isScene ? [{ scene: null }] : []),
    ...(isCamera ? [{ camera: null }] : []),
    ...(isScene && isCamera ? [{ scene: null, camera: null }] : []),
  ];
  for (const silent of before) {
    const hash = fingerprint({ ...shotConfig, ...silent }, (file) => files.contentHash(file));
    if ((await hash.catch(() => null)) === source) return true;
  }
  return false;
}

/** Its frames belong to another folder now, or have other names. */
function goesElsewhere({ outputPath, plan }: BatchJob, job: BatchJob): boolean {
  if (outputPath !== job.outputPath) return true;
  const output = job.shotConfig?.output;
  if (plan === null || !output) return false;
  if (output.format != null && !hasEnding(output.format, plan.extension)) return true;
  return output.directory != null && output.pattern !== plan.pattern;
}

function hasEnding(format: OutputFormat, extension: string): boolean {
  const endings: readonly string[] = FORMATS[format].endings;
  return endings.includes(extension.slice(1).toLowerCase());
}

/** The shot file may list other frames now; the ones in both lists keep what is known of them. */
function withFramesOf(job: BatchJob, frames: readonly number[] | null): BatchJob {
  if (!job.plan || !frames || sameNumbers(frames, job.plan.frames)) return job;
  return jobAfter(job, {
    type: 'job-planned',
    job: job.id,
    at: 0,
    plan: { ...job.plan, frames, fromScene: false },
  });
}

/** A job of which nothing counts as done; what the artist chose stays. */
function forgotten(job: BatchJob): BatchJob {
  const { keptScene: _, ...bare } = job;
  const { chosenPriority, chosenBlender } = job;
  return { ...bare, ...FRESH_JOB, chosenPriority, chosenBlender, askedAgain: askedAgainOf(job) };
}

async function checkFrames(
  job: BatchJob,
  isCancelled: () => boolean,
): Promise<Omit<ResumedJob, 'fresh' | 'stale'>> {
  const { plan } = job;
  // Complete, but the line that says of what is gone from the journal: nothing shows that it is true.
  if (!plan) return { job: reopened(job), lost: [], unnamed: [] };
  const { lost, unnamed } = await checkRecorded(job, isCancelled);
  const there = withoutFrames(job, lost);
  const more = await planWithMore(there);
  const about = { job: job.id, at: 0 };
  const left = more ? jobAfter(there, { type: 'job-planned', ...about, plan: more }) : there;
  // Its frames were listed before, and are not any more: only the scene knows which it has.
  const unknown = job.shotConfig?.frames === null && plan.fromScene !== true;
  const broken = unknown || left.counts.done < left.counts.total || (await movieIsGone(left));
  return { job: broken ? reopened(left) : left, lost, unnamed };
}

function reopened(job: BatchJob): BatchJob {
  return job.status === 'completed' ? { ...job, status: 'waiting' } : job;
}

/** Whether two lists of frames are the same. */
export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}

/** A job whose finished frames are of another Blender, and which the artist wants of this one. */
export function renderedAgain({ job, picks }: ResumedJob): ResumedJob {
  const again = job.counts.done;
  const asked = picks && { picks };
  return {
    ...asked,
    job: { ...forgotten(job), picked: job.picked ?? null },
    fresh: true,
    stale: 0,
    again,
    lost: [],
    unnamed: [],
  };
}

/**
 * A job as the run takes it whose finished frames are older than its files, where somebody has said what becomes of them.
 */
export function decidedOn(one: ResumedJob, policy: SavedPolicy): ResumedJob {
  const older = undecidedFrames(one.job);
  if (policy === 'ask' || older.length === 0) return one;
  const about = { job: one.job.id, at: Date.now() };
  const decided: JobEvent =
    policy === 'keep'
      ? { type: 'older-kept', ...about }
      : { type: 'frames-again', ...about, frames: formatFrames(numbersOf(older)) };
  return { ...one, job: jobAfter(one.job, decided), decided };
}

/**
 * A job of which only some frames are to be rendered.
 * @param again also those that are done
 */
export function pickedOf(one: ResumedJob, { frames }: PickedFrames, again: boolean): ResumedJob {
  const picks = pickEvents(one.job, frames, again);
  return { ...one, job: picks.reduce(jobAfter, one.job), picks };
}

/** @param picked `null`: all */
function pickEvents(
  job: BatchJob,
  picked: readonly number[] | null,
  again: boolean,
): readonly JobEvent[] {
  if (job.shotConfig === null) return [];
  const about = { job: job.id, at: Date.now() };
  const some = ownFrames(job, picked);
  const left = some?.filter((frame) => again || frameState(job, frame)?.status !== 'done');
  const frames = some && formatFrames(some);
  if (left?.length === 0) {
    if (job.status !== 'waiting') return [];
    // Nothing of what was picked is left: it is not even opened.
    const none = { type: 'job-picked' as const, ...about, frames: formatFrames(picked ?? []) };
    return [none, { type: 'job-rested', ...about }];
  }
  const picking = { type: 'job-picked' as const, ...about, frames };
  if (again) return [{ type: 'frames-again', ...about, frames }, picking];
  return job.status === 'completed' ? [] : [{ type: 'job-reset', ...about }, picking];
}

/** Those of some frames that a job has, as far as it is known which it has. @param picked `null`: all */
export function ownFrames(
  { plan, shotConfig }: BatchJob,
  picked: readonly number[] | null,
): readonly number[] | null {
  const frames = plan?.frames ?? shotConfig?.frames ?? null;
  if (frames === null || picked == null) return picked;
  const own = new Set(frames);
  return picked.filter((frame) => own.has(frame));
}

/**
 * Gives proved frames the name that a crash kept from them; the lock must be held. Done before
 * anything is told, because a frame without its name is not there yet for anybody else. Where somebody
 * else writes to their place now, they are lost.
 */
export async function nameFrames(resumed: ResumedJob, claims: OutputClaims): Promise<ResumedJob> {
  const { plan, id } = resumed.job;
  if (!plan || resumed.unnamed.length === 0) return resumed;
  const mayWrite = (await claims.claim(id, plan)) === null;
  const failed: number[] = [];
  for (const frame of resumed.unnamed) {
    // Whether it was asked for again is not known any more: what is in its place is kept in any case.
    const publishes = mayWrite && publishFrame(plan, id, frame, doneAt(resumed.job, frame));
    if (!publishes || !(await publishes).ok) failed.push(frame);
  }
  await claims.release(id);
  const lost = [...resumed.lost, ...failed];
  return { ...resumed, job: waitingFor(resumed.job, failed), lost, unnamed: [] };
}

function doneAt(job: BatchJob, frame: number): number | null {
  const state = frameState(job, frame);
  return state?.status === 'done' ? state.record.at : null;
}

/** The job as it may be shown while nobody holds the lock: frames without a name don't count yet. */
export function shownJob({ job, unnamed }: ResumedJob): BatchJob {
  return waitingFor(job, unnamed);
}

function waitingFor(job: BatchJob, frames: readonly number[]): BatchJob {
  return frames.length === 0 ? job : reopened(withoutFrames(job, frames));
}
