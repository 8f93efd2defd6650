import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Batch, BatchConfig } from '../../shared/batch.ts';
import { HeadStart } from '../blender/head-start.ts';
import type { Replayed } from './checkpoint/replay.ts';
import { likelyBlender } from './choose-blender.ts';
import { makeFolder } from './frame/make-folder.ts';
import { decoder } from './proof/sharp-decode.ts';

/**
 * Starts the first Blender of a run before it is known what exactly is left to render: it needs half
 * a second to come up, in which the checkpoint is joined with the folder. `null` where that is too early.
 * @param temporary folder of the run's temporary files
 */
export async function earlyBlender(
  { blenderPath: asked, trusted, factoryStartup }: BatchConfig,
  temporary: string,
): Promise<HeadStart | null> {
  try {
    const blenderPath = await likelyBlender({ blenderPath: asked });
    if (blenderPath === null) return null;
    const own = join(temporary, 'first');
    await makeFolder(own);
    const token = randomUUID();
    const head = new HeadStart({
      lane: 1,
      blenderPath,
      trusted,
      factoryStartup,
      temporary: own,
      token,
    });
    // Whatever is wrong with it is told by the first frame that needs it.
    void decoder().catch(() => {});
    return head;
  } catch {
    // What is in its way is told when a lane starts one.
    return null;
  }
}

/** Whether there is probably something to render; what lies on disk was not looked at yet. */
export function expectsWork(
  { jobs }: Batch,
  only: readonly string[] | null,
  known: Replayed,
): boolean {
  return jobs.some(
    ({ id, shotConfig }) =>
      shotConfig !== null &&
      (only === null || only.includes(id)) &&
      known.jobs.get(id)?.status !== 'completed',
  );
}
