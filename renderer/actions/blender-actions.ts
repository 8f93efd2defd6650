import { assertNever } from '../../shared/assert-never.ts';
import type { OtherBlenderPolicy } from '../../shared/job.ts';
import type { BegunElsewhere, ShotBlender } from '../../shared/shot-blender.ts';
import type { RunWish } from '../store/ui-store.ts';
import { askOfBatch, askOrNotify, currentView, openDialog } from './ui-actions.ts';

/** Starts what was wished for; asks before where shots were begun by another Blender than would go on with them. */
export async function start(wish: RunWish): Promise<void> {
  const batchId = currentView()?.id;
  if (batchId === undefined) return;
  const jobIds = 'jobIds' in wish ? [...wish.jobIds] : null;
  const shots = await askOrNotify('batch:begun-elsewhere', { batchId, jobIds });
  if (!shots || shots.length === 0) return await startNow(batchId, wish);
  if (currentView()?.id === batchId) openDialog({ kind: 'other-blender', shots, wish });
}

/** The answer to that question, for all of these shots; then what was wished for. */
export async function decide(
  shots: readonly BegunElsewhere[],
  otherBlender: OtherBlenderPolicy,
  wish: RunWish,
): Promise<void> {
  const batchId = currentView()?.id;
  if (batchId === undefined) return;
  const jobIds = shots.map((shot) => shot.jobId);
  if (otherBlender !== 'wait') {
    const isKept = await askOrNotify('jobs:other-blender', { batchId, jobIds, otherBlender });
    if (isKept === undefined) return;
  }
  await startNow(batchId, wish);
}

/** The Blender of a shot and why; `null`: it could not be asked, which the window has told. */
export async function blenderOf(jobId: string): Promise<ShotBlender | null> {
  return (await askOfBatch('job:blender', { jobId })) ?? null;
}

/** @param version such as `4.3.2`; `null`: whichever fits each of them */
export async function chooseBlenderOf(
  jobIds: readonly string[],
  version: string | null,
): Promise<void> {
  if (jobIds.length > 0) await askOfBatch('jobs:blender', { jobIds: [...jobIds], version });
}

async function startNow(batchId: string, wish: RunWish): Promise<void> {
  switch (wish.do) {
    case 'render':
      await askOrNotify('batch:render', { batchId });
      return;
    case 'render-only':
      await askOrNotify('jobs:render', { batchId, jobIds: [...wish.jobIds] });
      return;
    case 'retry':
      await askOrNotify('jobs:retry', { batchId, jobIds: [...wish.jobIds] });
      return;
    case 'older':
      await askOrNotify('frames:older-again', { batchId, jobIds: [...wish.jobIds] });
      return;
    case 'again': {
      const { jobIds, frames } = wish;
      await askOrNotify('frames:again', { batchId, jobIds: [...jobIds], frames });
      return;
    }
    case 'rejected':
      await askOrNotify('frames:rejected-again', { batchId });
      return;
    default:
      assertNever(wish);
  }
}
