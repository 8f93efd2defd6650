import type { BatchJob } from '../../../shared/job.ts';
import { type BatchProcessor, openInBlender, shotBlender } from '../../engine/index.ts';
import { Refusal } from '../refusal.ts';
import type { BlenderShelf } from '../stores/blenders.ts';

/** Opens the scene of a shot in the Blender that renders it. Refuses with a sentence where that can't be. */
export async function openScene(
  job: BatchJob,
  { config }: Pick<BatchProcessor, 'config'>,
  blenders: Pick<BlenderShelf, 'found'>,
): Promise<void> {
  if (!job.shotConfig) {
    throw new Refusal(
      `The shot file of “${job.name}” can’t be read, so nobody knows its scene.`,
      'Correct the shot file first.',
    );
  }
  const { blend } = job.shotConfig;
  if (blend === null) {
    throw new Refusal(
      `“${job.name}” has no scene file: its script makes all of it.`,
      'Open the script instead.',
    );
  }
  const { uses, failure } = await shotBlender(job, config, { installs: () => blenders.found() });
  if (!uses)
    throw new Refusal(failure?.message ?? 'No Blender was found.', failure?.nextStep ?? null);
  try {
    await openInBlender(uses.path, blend, config.trusted);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(`Blender ${uses.version} could not be started: ${why}.`, 'Start it by hand.');
  }
}
