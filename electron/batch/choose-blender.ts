import type { BatchConfig, BlenderInfo } from '../../shared/batch.ts';
import { blenderInfo, candidates, executableOf } from '../blender/find-blender.ts';
import type { Answer } from '../blender/types.ts';
import { blenderInstalls } from './blender-installs.ts';
import { noBlender } from './frame/failures.ts';

/** The Blender to render with: the one that was asked for, or the newest that is found. */
export async function chooseBlender(
  config: Pick<BatchConfig, 'blenderPath'>,
): Promise<Answer<BlenderInfo>> {
  const asked = config.blenderPath ?? process.env.NIGHTSHIFT_BLENDER;
  if (asked) return blenderInfo(asked);
  const [newest] = (await blenderInstalls()).found;
  return newest ? { ok: true, value: newest } : { ok: false, failure: noBlender() };
}

/** The Blender that `chooseBlender` will answer with, where that is clear without asking any of them. */
export async function likelyBlender(
  config: Pick<BatchConfig, 'blenderPath'>,
): Promise<string | null> {
  const asked = config.blenderPath ?? process.env.NIGHTSHIFT_BLENDER;
  if (asked) return executableOf(asked);
  const [only, another] = await candidates();
  return only !== undefined && another === undefined ? only : null;
}
