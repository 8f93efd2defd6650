import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FramePlan } from '../../../shared/job.ts';
import type { Answer, BlenderWorker, Limits } from '../../blender/types.ts';
import { cannotWrite, nothingRendered } from '../failures.ts';
import { flushFile, publish } from '../lib/publish.ts';
import { finalPath, makeStaging, stagedMovie } from '../proof/staging.ts';

/** Has Blender encode the finished frames into the movie that the scene asked for. */
export async function encodeMovie(
  worker: BlenderWorker,
  jobId: string,
  plan: FramePlan,
  limits: Limits,
): Promise<Answer<null>> {
  const movie = plan.movie?.file;
  if (movie === undefined) throw new Error('This shot makes no movie.');
  const staged = stagedMovie(plan, jobId, movie);
  try {
    await makeStaging(plan, jobId);
    await rm(staged, { force: true });
    const frames = plan.frames.map((frame) => finalPath(plan, frame));
    const encoded = await worker.encode({ frames, file: staged }, limits);
    if (!encoded.ok) return encoded;
    const size = await stat(staged).then(
      ({ size }) => size,
      () => 0,
    );
    if (size === 0) return { ok: false, failure: nothingRendered() };
    await flushFile(staged);
    await publish(staged, movie);
    return { ok: true, value: null };
  } catch (error) {
    return { ok: false, failure: await cannotWrite(dirname(movie), error) };
  }
}
