import { lstat } from 'node:fs/promises';
import type { ExistingPolicy } from '../../../shared/batch.ts';
import { frameFile } from '../../../shared/frame-file.ts';
import type { BatchJob, FramePlan, FrameRecord } from '../../../shared/job.ts';
import { proveImage } from '../proof/prove-image.ts';
import { finalPath, moveAside } from './staging.ts';

/** A frame that was there before, and is whole. */
export interface Kept {
  readonly frame: number;
  readonly record: FrameRecord;
}

/**
 * Looks at what already lies where the waiting frames of a job belong. What is not a whole frame is
 * moved aside, so that the folder holds whole frames only. With `skip`, whole ones are kept.
 * Ends early when the signal aborts.
 */
export async function surveyFrames(
  job: BatchJob,
  plan: FramePlan,
  policy: ExistingPolicy,
  signal: AbortSignal,
  onAside: (file: string, reason: string) => void,
): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  for (const [index, frame] of plan.frames.entries()) {
    if (signal.aborted) break;
    if (job.frames.statusOf(index) !== 'waiting') continue;
    const file = finalPath(plan, frame);
    const there = await lstat(file).catch(() => null);
    if (!there) continue;
    const proof = await proveImage(file, plan);
    if (!proof.whole) {
      onAside(await moveAside(file, Date.now()), proof.reason);
    } else if (policy === 'skip') {
      const { bytes, mtimeMs, sha256 } = proof;
      const record = {
        file: frameFile(plan, frame),
        bytes,
        mtimeMs,
        sha256,
        seconds: 0,
        memoryMb: 0,
        at: Date.now(),
      };
      kept.push({ frame, record });
    }
  }
  return kept;
}
