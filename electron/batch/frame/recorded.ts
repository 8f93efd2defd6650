import { stat } from 'node:fs/promises';
import { frameFile } from '../../../shared/frame-file.ts';
import type { BatchJob, FrameRecord } from '../../../shared/job.ts';
import { fileHash } from '../proof/file-hash.ts';
import { withHandles } from '../proof/with-handles.ts';
import { finalPath, stagedPath } from './staging.ts';

/** Files that are looked at side by side. */
const AT_ONCE = 16;

/** What became of the frames of a job that are recorded as done. */
export interface FrameCheck {
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
  const look = async (index: number) => {
    const state = job.frames.get(index);
    const frame = plan.frames[index];
    if (state?.status !== 'done' || frame === undefined) return;
    const isNamed = state.record.file === frameFile(plan, frame);
    if (isNamed && (await isRecorded(finalPath(plan, frame), state.record))) return;
    const isStaged = isNamed && (await isRecorded(stagedPath(plan, job.id, frame), state.record));
    if (isStaged) unnamed.push(frame);
    else lost.push(frame);
  };
  for (let start = 0; start < plan.frames.length && !isCancelled(); start += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => look(start + index)));
  }
  const ascending = (a: number, b: number) => a - b;
  return { lost: lost.sort(ascending), unnamed: unnamed.sort(ascending) };
}

/** Same size and time, or, where only the time differs, the same content. */
async function isRecorded(file: string, record: FrameRecord): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile() || found.size !== record.bytes) return false;
  return found.mtimeMs === record.mtimeMs || (await hashOf(file)) === record.sha256;
}

async function hashOf(file: string): Promise<string | null> {
  const hash = await withHandles(() => fileHash(file)).catch(() => null);
  return hash?.slice(0, 32) ?? null;
}
