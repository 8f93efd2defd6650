import { expect, test, vi } from 'vitest';
import { makeEngine } from './rig.ts';

/** The folder of the frames is taken away each time between the proof of a frame and its name. */
vi.mock('../../electron/engine/lib/publish.ts', async (original) => ({
  ...(await original<object>()),
  publish: async () => {
    throw Object.assign(new Error('gone'), { code: 'ENOENT' });
  },
}));

test('a frame that never gets its name is tried as often as any other, and then given up', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1\nretries: 2');
  const watched = await rig.processor();
  const result = await watched.processor.processBatch();
  expect(result).toMatchObject({ outcome: 'failed', failed: 1 });
  expect(watched.told('frame-started')).toEqual([1, 1, 1]);
  expect([...watched.job('hero').frames]).toMatchObject([
    { status: 'failed', tries: 3, failure: { cause: 'frame-incomplete' } },
  ]);
});

test('its tries are the same when the journal is read again', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1\nretries: 1');
  const watched = await rig.processor();
  await watched.processor.processBatch();
  const again = await rig.processor();
  await again.processor.load();
  expect([...again.job('hero').frames]).toEqual([...watched.job('hero').frames]);
});
