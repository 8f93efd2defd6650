import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, readdir, realpath, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { frameFile } from '../../../shared/frame-file.ts';
import type { FramePlan } from '../../../shared/job.ts';
import type { Answer } from '../../blender/types.ts';
import { windowsCalls } from '../../blender/windows.ts';
import { cannotWrite, frameIncomplete } from '../failures.ts';
import { isFolder, makeFolder } from '../lib/make-folder.ts';
import { flushDirectory, flushFile, publish, renameFile } from '../lib/publish.ts';

/**
 * Frames are written here first: a hidden folder beside the finished frames, so that the last step
 * is a rename within one disk. The name has no picture's ending: nobody takes it for a frame. Each
 * shot has a folder of its own in there, so that batches that share a place don't meet.
 */
const STAGING = '.nightshift';
/** What stood in the place of a frame: beside the frames too, and never deleted by us. */
const ASIDE = '.nightshift-aside';
/** How the names there begin of pictures that a newer one has replaced; all else there was no whole picture. */
const BEFORE = 'before-';

/** The folder and the names of a job's files: all that its staging depends on. */
export type Place = Pick<FramePlan, 'directory' | 'pattern' | 'patterns' | 'extension'>;

/** Absolute path of a frame while it is being made. */
export function stagedPath(plan: Place, jobId: string, frame: number): string {
  return join(stagingOf(plan, jobId), `${frame}.part`);
}

/** Absolute path of the picture that a frame is compared with: rendered with its scene kept, or built anew. */
export function keptTwinPath(plan: Place, jobId: string, frame: number): string {
  return join(stagingOf(plan, jobId), `${frame}.twin`);
}

/** Absolute path of a movie while it is being made; Blender wants its ending. */
export function stagedMovie(plan: FramePlan, jobId: string, movie: string): string {
  return join(stagingOf(plan, jobId), `movie${extname(movie)}`);
}

/** Absolute folder of what is baked for a job, while it is rendered. */
export function bakeFolder(plan: Place, jobId: string): string {
  return join(stagingOf(plan, jobId), 'simulation');
}

/** Absolute path of a finished frame. */
export function finalPath(plan: FramePlan, frame: number): string {
  return join(plan.directory, frameFile(plan, frame));
}

/**
 * Makes the folder that a job's frames are written to first. Where it was made before, the disk is asked one thing: whether it
 * still lies where it did, which it does not where it is gone, or where somebody has put a link in its way.
 */
export async function makeStaging(plan: FramePlan, jobId: string): Promise<void> {
  const staging = stagingFor(plan, jobId);
  const there = await realOrNull(staging.folder);
  if (there !== null && there === staging.madeAt) return;
  await makeOwnFolder(join(plan.directory, STAGING));
  await makeOwnFolder(staging.folder);
  staging.madeAt = await realOrNull(staging.folder);
}

/** `null` also where a file system can't say it, as of long paths and some drives of Windows: the folder is made sure of each time. */
function realOrNull(folder: string): Promise<string | null> {
  return realpath(folder).catch(() => null);
}

/** Removes what an earlier try has left in a job's staging. */
export async function removeStaged(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    // A folder of that name.
    await rm(file, { force: true, recursive: true });
  }
}

/** Whether something of a job is there that `removeStaging` would remove. */
export async function hasStaging(plan: FramePlan): Promise<boolean> {
  return (await lstat(join(plan.directory, STAGING)).catch(() => null)) !== null;
}

/** Removes what a job left in staging; only when no frame of it is on its way. Never throws. */
export async function removeStaging(plan: FramePlan, jobId: string): Promise<void> {
  const staging = join(plan.directory, STAGING);
  if (await isLink(staging)) return;
  await rm(stagingOf(plan, jobId), { force: true, recursive: true }).catch(() => undefined);
  // Nothing happens to it while another shot has a folder in there.
  await rmdir(staging).catch(() => undefined);
}

/** Absolute folder of a job's own in staging. */
function stagingOf(place: Place, jobId: string): string {
  return stagingFor(place, jobId).folder;
}

/** A job's own folder in staging, and what the disk says its real path is, once it was made; `null`: not made yet, or it can't say. */
interface Staging {
  readonly jobId: string;
  readonly folder: string;
  madeAt: string | null;
}

/** That of each plan: it is asked for several times a frame. */
const known = new WeakMap<Place, Staging>();

function stagingFor(place: Place, jobId: string): Staging {
  const before = known.get(place);
  if (before?.jobId === jobId) return before;
  const { directory, pattern, extension } = place;
  const own = ownName(`${jobId} ${pattern}${extension}`);
  const staging = { jobId, folder: join(directory, STAGING, own), madeAt: null };
  known.set(place, staging);
  return staging;
}

/**
 * Ids of jobs are the same in two batches with shot files of the same name; their frames are not. Short, since Blender
 * takes no more than 259 letters of a path on Windows.
 */
function ownName(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

/**
 * Gives a proved frame its name in the output folder.
 * @param keepsBefore the picture that is in its place is set aside, as of this time (ms since 1970); `null`: written over
 */
export async function publishFrame(
  plan: FramePlan,
  jobId: string,
  frame: number,
  keepsBefore: number | null = null,
): Promise<Answer<null>> {
  const final = finalPath(plan, frame);
  const staged = stagedPath(plan, jobId, frame);
  try {
    if (keepsBefore !== null) await keepBefore(final, keepsBefore);
    // A rename would replace a link, though not the folder that it leads to.
    if ((await isLink(final)) && (await isFolder(final))) await moveAside(final, Date.now());
    await publish(staged, final).catch(async (error: unknown) => {
      // A folder in its place can't be renamed over; it belongs to somebody.
      if (!(await isFolder(final))) throw error;
      await moveAside(final, Date.now());
      await publish(staged, final);
    });
    return { ok: true, value: null };
  } catch (error) {
    // Somebody took the folder away, with the frame in it; in a new one it can be rendered again.
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (gone) return { ok: false, failure: frameIncomplete('was taken away by somebody else') };
    return { ok: false, failure: await cannotWrite(dirname(final), error) };
  }
}

/** Moves something that is not a whole frame out of the way, without losing it. Returns where to. */
export async function moveAside(file: string, now: number): Promise<string> {
  const folder = join(dirname(file), ASIDE);
  await makeOwnFolder(folder);
  const aside = join(folder, asideName(basename(file), now));
  await renameFile(file, aside);
  return aside;
}

/**
 * Gives a picture a second name among what is set aside, so that its place is empty at no moment; where a file has one
 * name only, as on many memory cards, it is copied. Twice with one time is once. Throws what the disk says.
 */
async function keepBefore(file: string, at: number): Promise<void> {
  const there = await lstat(file).catch(() => null);
  if (!there?.isFile()) return;
  const folder = join(dirname(file), ASIDE);
  await makeOwnFolder(folder);
  const aside = join(folder, `${BEFORE}${asideName(basename(file), at)}`);
  try {
    await link(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    const copy = `${aside}.part`;
    await copyFile(file, copy, constants.COPYFILE_FICLONE);
    await flushFile(copy);
    await renameFile(copy, aside);
  }
  await flushDirectory(folder);
}

/** A picture of a frame that a newer one has replaced. */
export interface FrameVersion {
  /** Absolute. */
  readonly file: string;
  /** When the newer one replaced it, ms since 1970. */
  readonly at: number;
}

/**
 * The pictures of a frame that were there before the one in its place, the newest first: those that were set aside when it
 * was rendered again. Lists one folder; nothing where that can't be read.
 */
export async function frameVersions(plan: Place, frame: number): Promise<readonly FrameVersion[]> {
  const folder = join(plan.directory, ASIDE);
  if (await isLink(folder)) return [];
  const names = await readdir(folder).catch(() => []);
  const end = `-${asideEnd(frameFile(plan, frame))}`;
  const versions = names.flatMap((name): readonly FrameVersion[] => {
    if (!name.startsWith(BEFORE) || !name.endsWith(end)) return [];
    const time = name.slice(BEFORE.length, -end.length);
    return /^[0-9a-z]+$/.test(time) ? [{ file: join(folder, name), at: parseInt(time, 36) }] : [];
  });
  return versions.sort((a, b) => b.at - a.at);
}

function asideName(name: string, now: number): string {
  return `${now.toString(36)}-${asideEnd(name)}`;
}

/** Not longer than the 255 bytes that file systems take; the end says what it was. */
function asideEnd(name: string): string {
  const letters = [...name];
  while (Buffer.byteLength(letters.join('')) > 200) letters.shift();
  return letters.join('');
}

/** A link of that name came with the folder: what is written to it would land somewhere else. */
async function makeOwnFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  if (await isLink(folder)) throw new Error(`${folder} is a link; remove it`);
  if (isHidden(folder)) (await windowsCalls())?.hide(folder);
}

/** Windows shows also what has a dot before its name. */
function isHidden(folder: string): boolean {
  return basename(folder).startsWith('.');
}

async function isLink(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isSymbolicLink() === true;
}
