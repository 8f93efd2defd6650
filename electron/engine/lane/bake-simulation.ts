import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cause } from '../../../shared/failure.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { Answer, BlenderWorker, Limits } from '../../blender/types.ts';
import { readJson } from '../lib/atomic-file.ts';
import { bakeFolder } from '../proof/staging.ts';

/** Written last, so that a bake that broke off counts as none. Staging is removed when the shot has ended. */
const MARK = 'baked.json';

/** Baking may be what ends Blender: then the next one renders in order. */
const ENDED_BY_BAKING: readonly Cause[] = ['crashed', 'out-of-memory', 'stalled'];

const markSchema = z.object({
  source: z.string(),
  last: z.number(),
  /** Blender could not bake it: it is rendered in order. */
  failed: z.boolean(),
});

/** What baking a shot's simulation has come to: the folder that it is read from, or `failed`; `null`: nobody has tried. */
export async function bakeOf(job: BatchJob, plan: FramePlan): Promise<string | 'failed' | null> {
  const folder = bakeFolder(plan, job.id);
  const mark = await readJson(join(folder, MARK), markSchema);
  if (!mark || mark.source !== job.source || mark.last < lastOf(plan)) return null;
  return mark.failed ? 'failed' : folder;
}

/**
 * Bakes the simulation of the open scene. Afterwards the scene has to be opened anew. What Blender can't bake, or ended
 * over, is noted and not tried again; fails where Blender is gone, and with what baking is not to blame for.
 */
export async function bakeSimulation(
  worker: BlenderWorker,
  job: BatchJob,
  plan: FramePlan,
  limits: Limits,
): Promise<Answer<{ readonly why: string | null }>> {
  const folder = bakeFolder(plan, job.id);
  const last = lastOf(plan);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const baked = await worker.bake({ folder, last }, limits);
  const mark = { source: job.source, last, failed: !baked.ok };
  if (baked.ok) {
    await writeFile(join(folder, MARK), JSON.stringify(mark));
    return { ok: true, value: { why: null } };
  }
  // What was written so far is of use to nobody.
  await rm(folder, { recursive: true, force: true });
  const { cause, message } = baked.failure;
  const isOver = !worker.alive || cause === 'disk-full';
  if (isOver && (limits.signal.aborted || !ENDED_BY_BAKING.includes(cause))) return baked;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, MARK), JSON.stringify(mark));
  return isOver ? baked : { ok: true, value: { why: message } };
}

function lastOf({ frames }: FramePlan): number {
  return frames.at(-1) ?? 0;
}
