import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JobEvent } from '../../../shared/events.ts';
import type { BatchJob, FramePlan, InputFile } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { newestDone, numbersOf, olderFrames } from '../../../shared/older-files.ts';
import { sceneRanges } from '../../blender/saved-by.ts';
import { FileLooks } from '../folder/file-cache.ts';
import { fingerprint } from '../folder/fingerprint.ts';

/** So often a shot starts over within one run because its files were changed. */
export const MOST_STARTS_OVER = 3;
/** Larger files are told apart by size and time alone: nobody waits for gigabytes to be read. */
const LARGEST_HASHED = 64 * 1024 * 1024;
/** Of all files of a shot together: Blender waits while they are read, and so does a cancel. */
const MOST_HASHED = 4 * LARGEST_HASHED;
/** More files than these are not looked at. */
const MOST_INPUTS = 2000;
/** A range of more frames is not believed before a Blender has said so. */
const MOST_FRAMES = 100_000;
/** Files that are looked at side by side: a network drive takes its time for each. */
const AT_ONCE = 16;

/**
 * The fingerprint of a job's settings, .blend and script as they lie on disk now; `null` where they
 * can't be read. Cheap while nothing has changed.
 * @param files what is known already, where many shots are looked at together
 */
export async function sourceNow(job: BatchJob, files = new FileLooks()): Promise<string | null> {
  const hashOf = (file: string) => files.contentHash(file);
  return job.shotConfig && fingerprint(job.shotConfig, hashOf).catch(() => null);
}

/**
 * What is known of the libraries, textures and other files that an open scene uses. What was written
 * after `since` (ms since 1970) was made by opening it, such as by the shot's own script: left out.
 */
export async function inputsOf(
  files: readonly string[],
  since: number,
): Promise<readonly InputFile[]> {
  const inputs: InputFile[] = [];
  let left = MOST_HASHED;
  for (const file of [...new Set(files)].sort().slice(0, MOST_INPUTS)) {
    const found = await stat(file).catch(() => null);
    if (!found) inputs.push({ file, bytes: null, mtimeMs: 0, sha256: null });
    else if (found.isFile() && found.mtimeMs < since) {
      const { size: bytes, mtimeMs } = found;
      const sha256 = bytes > left ? null : await hashOf(file, bytes);
      if (sha256 !== null) left -= bytes;
      inputs.push({ file, bytes, mtimeMs, sha256 });
    }
  }
  return inputs;
}

/** True if a file that the frames were rendered with is another one now, is gone, or has come. */
export async function inputsChanged(
  plan: FramePlan | null,
  files = new FileLooks(),
): Promise<boolean> {
  const inputs = plan?.inputs ?? [];
  const changed = (input: InputFile) => hasChanged(input, files);
  for (let start = 0; start < inputs.length; start += AT_ONCE) {
    const some = await Promise.all(inputs.slice(start, start + AT_ONCE).map(changed));
    if (some.includes(true)) return true;
  }
  return false;
}

/** What the journal is told of a job whose files were saved after frames of it were made. */
export type JobSaved = Extract<JobEvent, { type: 'job-saved' }>;

/**
 * Looks at what a job is made from as it lies on disk now; `null`: it is what its frames were made from, it has none, or its
 * files can't be read.
 */
export async function savedSinceMade(job: BatchJob): Promise<JobSaved | null> {
  if (job.counts.done === 0) return null;
  const source = await sourceNow(job);
  if (source === null) return null;
  if (source === job.source && !(await inputsChanged(job.plan))) return null;
  return jobSaved(job, source);
}

/**
 * What to tell of a job whose files are others than those that its finished frames were made from.
 * @param source of the shot as it is now
 * @param folder of the batch, where its shot file was read anew; not there: that is as it was
 * @param isSame they make the same pictures
 */
export async function jobSaved(
  job: BatchJob,
  source: string,
  {
    files = new FileLooks(),
    folder,
    isSame = false,
  }: { files?: FileLooks; folder?: string; isSame?: boolean } = {},
): Promise<JobSaved> {
  const { plan, shotConfig } = job;
  const since = firstBegun(job);
  const looked: { readonly file: string; readonly at: number }[] = [];
  const look = async (file: string | null, hasOtherContent: boolean) => {
    const found = file === null ? null : await files.stat(file).catch(() => null);
    const at = found && savedAt(found, since, hasOtherContent);
    if (file !== null && at !== null) looked.push({ file, at });
  };
  if (source !== job.source) {
    await look(shotConfig?.blend ?? null, false);
    await look(shotConfig?.script ?? null, false);
    if (folder !== undefined) await look(join(folder, job.shotFile), false);
  }
  const inputs: InputFile[] = [];
  for (const input of plan?.inputs ?? []) {
    const isOther = await hasChanged(input, files);
    if (isOther) await look(input.file, true);
    inputs.push(isOther ? await inputNow(input.file, files) : input);
  }
  const newestFirst = looked.sort((a, b) => b.at - a.at);
  const names = newestFirst.map(({ file }) => basename(file));
  return {
    type: 'job-saved',
    job: job.id,
    // Later than every frame that there is, also where a clock was put back.
    at: Math.max(Date.now(), newestDone(job)),
    source,
    ...(plan?.inputs && { inputs }),
    saved: newestFirst[0]?.at ?? null,
    files: [...new Set(names)],
    ...(isSame && { same: true as const }),
  };
}

/**
 * The plan of a job that is complete, whose `.blend` was saved since with more frames in its range; `null`: it has no more, or
 * who opens it will see. What stands before the first saved scene says so without a Blender.
 */
export async function planWithMore(job: BatchJob): Promise<FramePlan | null> {
  const { plan, status, shotConfig } = job;
  const blend = shotConfig?.blend;
  if (status !== 'completed' || plan?.fromScene !== true || !blend || shotConfig.script)
    return null;
  // It was opened since.
  if (numbersOf(olderFrames(job)).length < job.counts.done) return null;
  const scene = shotConfig.scene ?? plan.settings?.scene;
  const range = scene === undefined ? undefined : (await sceneRanges(blend))?.get(scene);
  if (!range) return null;
  const [first = range[0], second = first + 1] = plan.frames;
  const step = second - first;
  const frames: number[] = [];
  for (let frame = range[0]; frame <= range[1] && frames.length < MOST_FRAMES; frame += step) {
    frames.push(frame);
  }
  const known = new Set(plan.frames);
  return frames.some((frame) => !known.has(frame)) ? { ...plan, frames } : null;
}

/** The clock of a file system may tick so rarely, and its times be so much earlier than ours. */
const FILE_TICK_MS = 20;

/** When a file was saved since frames were made; `null`: it was not, or that can't be told. */
function savedAt(
  { mtimeMs, ctimeMs }: Stats,
  since: number,
  hasOtherContent: boolean,
): number | null {
  const from = since - FILE_TICK_MS;
  if (mtimeMs > from) return Math.round(mtimeMs);
  // One that was put in its place with its old time, as out of a backup.
  if (hasOtherContent && ctimeMs > from) return Math.round(ctimeMs);
  return null;
}

/** About when the first frame of a job was begun. */
function firstBegun(job: BatchJob): number {
  const begun = framesIn(job, 'done').map(
    ({ state: { record } }) => record.at - record.seconds * 1000,
  );
  return begun.reduce((first, at) => Math.min(first, at), Number.POSITIVE_INFINITY);
}

async function inputNow(file: string, files: FileLooks): Promise<InputFile> {
  const found = await files.stat(file).catch(() => null);
  if (!found?.isFile()) return { file, bytes: null, mtimeMs: 0, sha256: null };
  const { size: bytes, mtimeMs } = found;
  return { file, bytes, mtimeMs, sha256: await hashOf(file, bytes, files) };
}

async function hasChanged(
  { file, bytes, mtimeMs, sha256 }: InputFile,
  files: FileLooks,
): Promise<boolean> {
  const found = await files.stat(file).catch(() => null);
  if (!found?.isFile() || bytes === null) return found !== null || bytes !== null;
  if (found.size !== bytes) return true;
  if (found.mtimeMs === mtimeMs) return false;
  return sha256 === null || (await hashOf(file, bytes, files)) !== sha256;
}

async function hashOf(
  file: string,
  bytes: number,
  files = new FileLooks(),
): Promise<string | null> {
  if (bytes > LARGEST_HASHED) return null;
  const hash = await files.contentHash(file).catch(() => null);
  return hash?.slice(0, 32) ?? null;
}
