import { lstat, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { frameFile } from '../../../shared/frame-file.ts';
import type { FramePlan } from '../../../shared/job.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Frames are written here first: a hidden folder beside the finished frames, so that the last step
 * is a rename within one disk. The name has no picture's ending: nobody takes it for a frame.
 */
const STAGING = '.nightshift';
const ASIDE = '.nightshift-aside';

/** Absolute path of a frame while it is being made. */
export function stagedPath(plan: FramePlan, jobId: string, frame: number): string {
  return join(plan.directory, STAGING, `${jobId}-${frame}.part`);
}

/** Absolute path of a movie while it is being made; Blender wants its ending. */
export function stagedMovie(movie: string, jobId: string, extension: string): string {
  return join(dirname(movie), STAGING, `${jobId}-movie${extension}`);
}

/** Absolute path of a finished frame. */
export function finalPath(plan: FramePlan, frame: number): string {
  return join(plan.directory, frameFile(plan, frame));
}

export async function makeStaging(directory: string): Promise<void> {
  await makeOwnFolder(join(directory, STAGING));
}

/** Removes the staging folder if nobody uses it any more; only when no frame is on its way. */
export async function removeStaging(directory: string): Promise<void> {
  await rmdir(join(directory, STAGING)).catch(() => undefined);
}

/** Removes what a job left in the staging folder. */
export async function clearStaging(directory: string, jobId: string): Promise<void> {
  const staging = join(directory, STAGING);
  if (await isLink(staging)) return;
  const names = await readdir(staging).catch(() => []);
  const ours = names.filter((name) => name.startsWith(`${jobId}-`));
  await Promise.all(ours.map((name) => rm(join(staging, name), { force: true, recursive: true })));
}

/** Moves something that is not a whole frame out of the way, without losing it. Returns where to. */
export async function moveAside(file: string, now: number): Promise<string> {
  const folder = join(dirname(file), ASIDE);
  await makeOwnFolder(folder);
  const aside = join(folder, asideName(basename(file), now));
  await rename(file, aside);
  return aside;
}

/** Not longer than the 255 bytes that file systems take; the end says what it was. */
function asideName(name: string, now: number): string {
  const letters = [...name];
  while (Buffer.byteLength(letters.join('')) > 200) letters.shift();
  return `${now.toString(36)}-${letters.join('')}`;
}

/** A link of that name came with the folder: what is written to it would land somewhere else. */
async function makeOwnFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  if (await isLink(folder)) throw new Error(`${folder} is a link; remove it`);
}

async function isLink(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isSymbolicLink() === true;
}
