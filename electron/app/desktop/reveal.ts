import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { Refusal } from '../refusal.ts';

/** More windows of the file manager than these nobody wants at once. */
const MOST_FOLDERS = 5;

/**
 * What to point at in the file manager to show the frames of jobs: in each folder the newest one that is on disk,
 * else the folder itself; where there are too many folders, the one that holds them all. It is only pointed at and
 * never opened, which may start a program. Refuses where nothing is on disk.
 */
export async function placesOf(jobs: readonly BatchJob[]): Promise<readonly string[]> {
  const folders = byFolder(jobs);
  const places: string[] = [];
  for (const [folder, sharing] of folders) {
    const place = await newestIn(folder, sharing);
    if (place === null) continue;
    if (folders.size > MOST_FOLDERS) return [holderOf([...folders.keys()])];
    places.push(place);
  }
  if (places.length > 0) return places;
  const [only] = jobs.length === 1 ? jobs : [];
  throw new Refusal(
    `No frame of ${only ? `“${only.name}”` : 'these shots'} is on disk yet.`,
    `Render ${only ? 'the shot' : 'them'} first; the frames then appear in the output folder.`,
  );
}

function byFolder(jobs: readonly BatchJob[]): ReadonlyMap<string, readonly BatchJob[]> {
  const folders = new Map<string, BatchJob[]>();
  for (const job of jobs) {
    const folder = job.plan?.directory ?? job.outputPath;
    const sharing = folders.get(folder);
    if (sharing) sharing.push(job);
    else folders.set(folder, [job]);
  }
  return folders;
}

/** `null`: not even the folder is there. */
async function newestIn(folder: string, jobs: readonly BatchJob[]): Promise<string | null> {
  const record = newestRecord(jobs);
  const candidates = record ? [join(folder, record.file), folder] : [folder];
  for (const path of candidates) {
    if (await stat(path).catch(() => null)) return path;
  }
  return null;
}

/** The nearest folder that holds all of them. Refuses where only a whole disk does, or nothing. */
function holderOf(folders: readonly string[]): string {
  let [holder = ''] = folders;
  for (const folder of folders) {
    while (!isIn(folder, holder) && dirname(holder) !== holder) holder = dirname(holder);
  }
  if (dirname(holder) !== holder) return holder;
  throw new Refusal(
    `These shots are in ${folders.length} folders that have none in common.`,
    `Choose shots of at most ${MOST_FOLDERS} folders.`,
  );
}

function isIn(folder: string, holder: string): boolean {
  const way = relative(holder, folder);
  return !isAbsolute(way) && way.split(/[\\/]/)[0] !== '..';
}

function newestRecord(jobs: readonly BatchJob[]): FrameRecord | null {
  let newest: FrameRecord | null = null;
  for (const { frames } of jobs) {
    for (const [, { record }] of frames.inState('done')) {
      if (record.at >= (newest?.at ?? 0)) newest = record;
    }
  }
  return newest;
}
