import { type Stats, stat as statByCallback } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { frameFile } from '../../../shared/frame-file.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { fileHash } from '../folder/fingerprint.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import { withHandles } from '../lib/with-handles.ts';
import { finalPath, moveAside, stagedPath } from '../proof/staging.ts';

/** Frames that are looked at more closely side by side. */
const AT_ONCE = 16;

/** What became of the frames of a job that are recorded as done. */
interface FrameCheck {
  /** The file is gone, or another one now, or the record is that of another frame. */
  readonly lost: readonly number[];
  /** Proved, but a crash kept the name from them: still in staging. */
  readonly unnamed: readonly number[];
}

/**
 * Looks at the file of every frame of a job that counts as done. Ends early where `isCancelled` says
 * so: the frames that were not looked at are then taken for what is recorded.
 */
export async function checkRecorded(
  job: BatchJob,
  isCancelled: () => boolean = () => false,
): Promise<FrameCheck> {
  const { plan } = job;
  if (!plan) return { lost: [], unnamed: [] };
  const lost: number[] = [];
  const unnamed: number[] = [];
  const look = async ({ frame, record, isNamed }: DoneFrame) => {
    if (isCancelled()) return;
    if (isNamed && (await isRecorded(finalPath(plan, frame), record))) return;
    const isStaged = isNamed && (await isRecorded(stagedPath(plan, job.id, frame), record));
    if (isStaged) unnamed.push(frame);
    else lost.push(frame);
  };
  await sideBySide(await doubtful(plan, framesDone(job, plan), isCancelled), look, AT_ONCE);
  const ascending = (a: number, b: number) => a - b;
  return { lost: lost.sort(ascending), unnamed: unnamed.sort(ascending) };
}

interface DoneFrame {
  readonly frame: number;
  readonly record: FrameRecord;
  /** The record is that of this frame, and not of another one. */
  readonly isNamed: boolean;
}

function framesDone(job: BatchJob, plan: FramePlan): readonly DoneFrame[] {
  return framesIn(job, 'done').map(({ frame, state: { record } }) => {
    return { frame, record, isNamed: record.file === frameFile(plan, frame) };
  });
}

/** The frames that one quick look does not show to be as recorded; nearly always none. */
async function doubtful(
  plan: FramePlan,
  frames: readonly DoneFrame[],
  isCancelled: () => boolean,
): Promise<readonly DoneFrame[]> {
  const left: DoneFrame[] = [];
  await statAll(
    frames.length,
    (index) => join(plan.directory, (frames[index] as DoneFrame).record.file),
    (index, found) => {
      const one = frames[index] as DoneFrame;
      if (!one.isNamed || compared(found, one.record) !== 'same') left.push(one);
    },
    isCancelled,
  );
  return left;
}

/** Same size and time, or, where only the time differs, the same content. */
async function isRecorded(file: string, record: FrameRecord): Promise<boolean> {
  const found = compared(await stat(file).catch(() => null), record);
  return found === 'same' || (found === 'other-time' && (await hashOf(file)) === record.sha256);
}

function compared(found: Stats | null, record: FrameRecord): 'same' | 'other-time' | 'other' {
  if (!found?.isFile() || found.size !== record.bytes) return 'other';
  return found.mtimeMs === record.mtimeMs ? 'same' : 'other-time';
}

async function hashOf(file: string): Promise<string | null> {
  const hash = await withHandles(() => fileHash(file)).catch(() => null);
  return hash?.slice(0, 32) ?? null;
}

/**
 * The finished frames of a job whose files are gone or others now, as they are when somebody clears
 * up or paints over them in the night.
 */
export async function lostFrames(
  job: BatchJob,
  isCancelled: () => boolean,
): Promise<readonly number[]> {
  const { plan } = job;
  if (!plan) return [];
  const { lost, unnamed } = await checkRecorded(job, isCancelled);
  return [...lost, ...unnamed];
}

/** What stands in the place of lost frames is moved aside, never written over. The place must be claimed. */
export async function clearPlaces({ plan }: BatchJob, frames: readonly number[]): Promise<void> {
  for (const frame of plan ? frames : []) {
    const file = finalPath(plan as FramePlan, frame);
    const there = await lstat(file).catch(() => null);
    if (there) await moveAside(file, Date.now()).catch(() => null);
  }
}

/** The movie of a job that is complete has been taken away. */
export async function movieIsGone({ plan, status }: BatchJob): Promise<boolean> {
  if (!plan?.movie || status !== 'completed') return false;
  return (await stat(plan.movie.file).catch(() => null)) === null;
}

/** Looks on their way at once: enough to keep the system busy, and few enough that nobody waits behind them. */
const FILES_AT_ONCE = 32;

/**
 * Looks at many files, some of them side by side, and tells of each; `null`: it can't be looked at. Makes
 * no promise for each file, which with millions of them would be most of the time. Begins nothing new
 * once `isCancelled` says so.
 */
export function statAll(
  count: number,
  pathAt: (index: number) => string,
  seen: (index: number, found: Stats | null) => void,
  isCancelled: () => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let running = 0;
    const ended = (index: number, found: Stats | null) => {
      running -= 1;
      seen(index, found);
      begin();
    };
    const begin = () => {
      try {
        while (running < FILES_AT_ONCE && next < count && !isCancelled()) {
          const index = next;
          next += 1;
          running += 1;
          statByCallback(pathAt(index), (error, found) => ended(index, error ? null : found));
        }
        if (running === 0) resolve();
      } catch (error) {
        reject(error);
      }
    };
    begin();
  });
}
