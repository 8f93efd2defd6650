import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { numbersOf, olderFrames } from '../../shared/older-files.ts';
import { type EngineRig, event, makeEngine, type Watched } from './rig.ts';

/** A night that was cancelled after its second frame of four, and the batch opened again. */
async function opened(): Promise<{ rig: EngineRig; again: Watched; made: readonly number[] }> {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4');
  const first = await rig.processor();
  const stopped = first.until(event('frame-done', 'hero', 2)).then(() => first.processor.cancel());
  await first.processor.processBatch();
  await stopped;
  const again = await rig.processor();
  const { framesWhole, framesLeft } = await again.processor.load();
  expect(framesWhole + framesLeft).toBe(4);
  expect(framesWhole).toBeGreaterThan(1);
  // The one that was at work when it was cancelled is there or not.
  const made = [1, 2, 3].slice(0, framesWhole);
  return { rig, again, made };
}

async function rendered(rig: EngineRig): Promise<readonly unknown[]> {
  return (await rig.noted('render')).map(({ frame }) => frame);
}

test('what somebody else rendered between opening and Render is not rendered a second time', async () => {
  const { rig, again } = await opened();
  const other = await rig.processor();
  expect(await other.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const before = await rendered(rig);

  expect(await again.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(again.told('frame-done')).toEqual([]);
  expect(await rendered(rig)).toEqual(before);
});

test('a frame that goes or is changed between opening and Render is missed, and rendered again', async () => {
  const { rig, again } = await opened();
  await rm(join(rig.out, 'hero', 'hero_0001.png'));
  await writeFile(join(rig.out, 'hero', 'hero_0002.png'), 'painted over');

  expect(await again.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(again.told('frame-done')).toEqual(expect.arrayContaining([1, 2, 4]));
  const [incident] = again.processor.night.incidents;
  expect(incident).toMatchObject({ found: { lost: [{ name: 'hero', frames: 2 }] } });
  expect(await rig.frames('hero')).toHaveLength(4);
});

test('a shot that is saved anew between opening and Render keeps its frames, and what is missing is rendered', async () => {
  const { rig, again, made } = await opened();
  await rig.file('scenes/hero.blend', 'BLENDER-v403RENDH another hero');
  expect(await again.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(again.told('frame-done')).toEqual([1, 2, 3, 4].slice(made.length));
  expect(numbersOf(olderFrames(again.job('hero')))).toEqual(made);
});

test('a checkpoint that is cleared between opening and Render is forgotten', async () => {
  const { rig, again } = await opened();
  await again.processor.clearCheckpoint();
  expect(await again.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(again.told('frame-done')).toHaveLength(4);
  expect(await rig.frames('hero')).toHaveLength(4);
});

test('a batch that is opened while Render begins is not said to be driven by somebody else', async () => {
  const { again } = await opened();
  const loaded = again.processor.load();
  const done = again.processor.processBatch();
  expect(await loaded).toMatchObject({ drivenBy: null });
  expect(await done).toMatchObject({ outcome: 'completed' });
});
