import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Batch, BatchConfig, BlenderInfo } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { HeadStart } from '../../blender/head-start.ts';
import type { StartWorker } from '../../blender/types.ts';
import { startWorker } from '../../blender/worker.ts';
import type { Replayed } from '../journal/replay.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { decoder } from '../proof/decode.ts';

/** Blenders that come up before their lanes are there. */
export interface EarlyBlenders {
  /** Gives each of the first lanes its own one, and starts others as usual. */
  readonly startWorker: StartWorker;
  /** Which Blender they are; `null`: they can't be asked. */
  readonly info: () => Promise<BlenderInfo | null>;
  /** Ends those that nobody has taken. Idempotent. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the first Blenders of a run before it is known what exactly is left to render: they need half
 * a second to come up, in which the checkpoint is joined with the folder. `null` where that is too early.
 * @param likely the Blender that all shots will get; `null`: that is not clear yet
 * @param temporary folder of the run's temporary files
 * @param count one for each of the first lanes
 */
export async function earlyBlenders(
  likely: Promise<string | null>,
  { trusted, factoryStartup }: BatchConfig,
  temporary: string,
  count: number,
): Promise<EarlyBlenders | null> {
  try {
    const blenderPath = await likely;
    if (blenderPath === null) return null;
    const heads: HeadStart[] = [];
    for (let lane = 1; lane <= count; lane += 1) {
      const own = join(temporary, `early-${lane}`);
      await makeFolder(own);
      const token = randomUUID();
      const options = { lane, blenderPath, trusted, factoryStartup, temporary: own, token };
      heads.push(new HeadStart(options));
    }
    // Whatever is wrong with it is told by the first frame that needs it.
    void decoder().catch(() => {});
    return {
      startWorker: (options, limits) =>
        (heads[options.lane - 1]?.startWorker ?? startWorker)(options, limits),
      info: async () => (await heads[0]?.info()) ?? null,
      close: async () => void (await Promise.all(heads.map((head) => head.close()))),
    };
  } catch {
    // What is in its way is told when a lane starts one.
    return null;
  }
}

/** How many shots there are probably to render; what lies on disk was not looked at yet. */
export function expectedWork(
  { jobs }: Batch,
  only: readonly string[] | null,
  known: Replayed,
): number {
  const isExpected = ({ id, shotConfig }: BatchJob) =>
    shotConfig !== null &&
    (only === null || only.includes(id)) &&
    known.jobs.get(id)?.status !== 'completed';
  return jobs.filter(isExpected).length;
}
