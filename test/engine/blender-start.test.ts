import { expect, test } from 'vitest';
import { makeEngine } from './rig.ts';

test('where nothing is left to do no Blender is started', async () => {
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1-3');
  await (await rig.processor()).processor.processBatch();
  const again = (await rig.processor()).processor;
  expect(await again.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(await rig.noted('start')).toHaveLength(1);
});

test('what a Blender says while it comes up stands in the log of the shot that it was started for', async () => {
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1');
  await rig.steer({ start: { log: ['Warning: an add-on is older than this Blender'] } });
  const { processor, job } = await rig.processor();
  await processor.processBatch();
  const log = await processor.readLog(job('a').id, 50);
  expect(log.map(({ text }) => text)).toContain('Warning: an add-on is older than this Blender');
});
