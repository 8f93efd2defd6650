import type { ShotWarning } from '../../../shared/job.ts';
import { MOST_WARNINGS } from '../../../shared/job-state.ts';
import type { Answer, BlenderWorker, Limits } from '../../blender/types.ts';

/**
 * What is wrong with the open scene and stops nothing: Blender renders a missing texture pink and a
 * missing library not at all, and says not a word.
 */
export async function lookThrough(
  worker: BlenderWorker,
  frames: readonly number[],
  limits: Limits,
): Promise<Answer<readonly ShotWarning[]>> {
  const found = await worker.inspect(frames, limits);
  if (!found.ok) return found;
  const all = found.value.map(({ cause, message }) => ({ cause, message }));
  if (all.length <= MOST_WARNINGS) return { ok: true, value: all };
  const told = all.slice(0, MOST_WARNINGS - 1);
  const message = `There are ${all.length - told.length} more warnings: nightshift check tells all.`;
  return { ok: true, value: [...told, { cause: 'missing-file', message }] };
}
