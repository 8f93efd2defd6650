import { expect, test, vi } from 'vitest';
import { generateBatchReport } from '../../electron/engine/index.ts';
import { makeEngine, STAND_IN } from './rig.ts';

test('a scene whose own Blender is not here is rendered by the next newer one, and the row and the report say so', async () => {
  vi.stubEnv('NIGHTSHIFT_BLENDER', undefined);
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2\n');
  await rig.file('scenes/hero.blend', 'BLENDER-v402RENDH hero');
  const installs = async () => [{ path: STAND_IN, version: '4.3.2' }];
  const night = await rig.processor({ blenderPath: null }, { installs });
  const result = await night.processor.processBatch();
  expect(result.outcome).toBe('completed');
  expect([...night.job('hero').frames.blenders]).toEqual([['4.3.2', 2]]);
  const said = 'saved by Blender 4.2, which is not here; it is rendered by 4.3.2';
  expect(night.job('hero').warnings).toMatchObject([{ message: expect.stringContaining(said) }]);
  expect(generateBatchReport(result)).toContain(said);
});
