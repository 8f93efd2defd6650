import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/index.ts';
import { olderFrames } from '../../shared/older-files.ts';
import { type EngineRig, event, makeEngine } from './rig.ts';

/** A bare .blend of which frames 1 to 3 were rendered, the second rejected since. */
async function rendered(): Promise<EngineRig> {
  const rig = await makeEngine();
  await rig.file('shots/hero.blend', 'BLENDER-v403RENDH hero');
  const first = await rig.processor();
  expect(await first.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(await rig.frames('hero')).toHaveLength(3);
  await first.processor.reviewFrames(first.job('hero').id, [2], 'rejected');
  await first.processor.close();
  return rig;
}

test('a .blend that gets a shot file keeps its frames, and renders those that are more', async () => {
  const rig = await rendered();
  await rig.file('shots/hero.yaml', 'blend: hero.blend\nframes: 1-5\n');
  const again = await rig.processor();
  expect(await again.processor.load()).toMatchObject({ framesWhole: 3, framesLeft: 2, stale: [] });
  expect(again.job('hero').shotFile).toBe('hero.yaml');

  expect(await again.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(again.told('frame-done')).toEqual([4, 5]);

  // The journal knows it by its own name from now on.
  const third = await rig.processor();
  expect(await third.processor.load()).toMatchObject({ framesWhole: 5, framesLeft: 0 });
  expect(third.job('hero')).toMatchObject({ status: 'completed', counts: { done: 5 } });
  expect((await third.processor.rejected()).map(({ frames }) => frames)).toEqual([[2]]);
});

test('one that is complete with fewer frames stays so', async () => {
  const rig = await rendered();
  await rig.file('shots/hero.yaml', 'blend: hero.blend\nframes: 1-2\n');
  const again = await rig.processor();
  await again.processor.load();
  expect(again.job('hero')).toMatchObject({ status: 'completed', counts: { done: 2 } });
  await again.processor.processBatch();
  expect(again.told('frame-done')).toEqual([]);
  const third = await rig.processor();
  await third.processor.load();
  expect(third.job('hero').status).toBe('completed');
});

/** The frames of the shot that were made before its files were changed, as a fresh reading of the batch knows them. */
async function olderNow(rig: EngineRig): Promise<readonly (readonly number[])[]> {
  const { processor, job } = await rig.processor();
  await processor.load();
  return olderFrames(job('hero')).map(({ frames }) => frames);
}

test('with other settings the frames from before stay, as those of the files before', async () => {
  const rig = await rendered();
  await rig.file('shots/hero.yaml', 'blend: hero.blend\nframes: 1-4\nrender: { samples: 8 }\n');
  expect(await olderNow(rig)).toEqual([[1, 2, 3]]);
  const again = await rig.processor();
  await again.processor.processBatch();
  expect(again.told('frame-done')).toEqual([4]);
  expect(await olderNow(rig)).toEqual([[1, 2, 3]]);
});

test('which frames are older than the .blend is still known', async () => {
  const rig = await rendered();
  await rig.file('shots/hero.blend', 'BLENDER-v403RENDH hero, saved once more');
  const saved = await rig.processor();
  await saved.processor.processBatch();
  await saved.processor.close();
  expect(await olderNow(rig)).toEqual([[1, 2, 3]]);
  await rig.file('shots/hero.yaml', 'blend: hero.blend\nframes: 1-4\n');
  expect(await olderNow(rig)).toEqual([[1, 2, 3]]);
  const again = await rig.processor();
  await again.processor.processBatch();
  expect(again.told('frame-done')).toEqual([4]);
  expect(await olderNow(rig)).toEqual([[1, 2, 3]]);
});

test('taken away again, the .blend has its own frames', async () => {
  const rig = await rendered();
  await rig.file('shots/hero.yaml', 'blend: hero.blend\nframes: 1-4\n');
  const second = await rig.processor();
  await second.processor.processBatch();
  await second.processor.close();
  await rm(join(rig.shots, 'hero.yaml'));
  const third = await rig.processor();
  expect(await third.processor.load()).toMatchObject({ framesWhole: 3, framesLeft: 0 });
});

/** What a scene says that markers cut at its third frame. */
const SETTINGS = {
  ...{ scene: 'Yard', camera: 'Wide', viewLayers: [], samples: 1, percentage: 100 },
  ...{ denoise: false, colorDepth: 8 },
  cameras: [
    { from: 1, camera: 'Wide' },
    { from: 3, camera: 'Close' },
  ],
};

test.each<[said: string, older: readonly (readonly number[])[]]>([
  ['scene: Yard\n', []],
  ['scene: Yard\ncamera: Wide\nframes: 1-2\n', []],
  ['camera: Close\nframes: 3\n', []],
  ['camera: Wide\n', [[1, 2, 3]]],
  ['scene: Attic\n', [[1, 2, 3]]],
  ['scene: Yard\nrender: { samples: 8 }\n', [[1, 2, 3]]],
])('a shot file that says %j makes these frames older: %j', async (said, older) => {
  const rig = await makeEngine();
  await rig.steer({ facts: { settings: SETTINGS } });
  await rig.file('shots/hero.blend', 'BLENDER-v403RENDH hero');
  const first = await rig.processor();
  await first.processor.processBatch();
  await first.processor.close();
  await rig.file('shots/hero.yaml', `blend: hero.blend\n${said}`);
  expect(await olderNow(rig)).toEqual(older);
  const night = await rig.processor();
  await night.processor.processBatch();
  await night.processor.close();
  expect(night.told('frame-done')).toEqual([]);
  expect(await olderNow(rig)).toEqual(older);
});

test('two that name the same .blend do not both go on with its frames', async () => {
  const rig = await rendered();
  await rig.file('shots/hero.yaml', 'blend: hero.blend\n');
  await rig.file('shots/other.yaml', 'blend: hero.blend\nframes: 1\n');
  const again = await rig.processor();
  expect(await again.processor.load()).toMatchObject({ framesWhole: 3 });
  expect(again.job('other').counts.done).toBe(0);
});

test('a shot file that comes while its .blend renders begins it no second time', async () => {
  const rig = await makeEngine();
  const go = `${rig.folder}/go`;
  await rig.steer({
    render: [{ frame: 2, until: go }],
  });
  await rig.file('shots/hero.blend', 'BLENDER-v403RENDH hero');
  const { processor, until } = await rig.processor();
  const second = until(event('frame-started', 'hero', 2));
  const running = processor.processBatch();
  await second;
  await rig.file('shots/hero.yaml', 'blend: hero.blend\nframes: 1-3\n');
  const now = await createBatchFromDirectory(rig.shots, { output: rig.out });
  expect(await processor.takeIn(now)).toEqual([]);
  await rig.file('go', '');
  expect(await running).toMatchObject({ outcome: 'completed', totalJobs: 1 });
  const journal = await readFile(join(processor.checkpointPath, 'journal.jsonl'), 'utf8');
  expect(journal).not.toContain('hero.yaml');
});
