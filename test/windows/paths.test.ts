import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/index.ts';
import { makeEngine } from '../engine/rig.ts';

test('one output folder is one batch, however it is written', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1');
  await rig.file('out3/hero/old.txt', '');
  const out = join(rig.folder, 'out3');
  const ways = [out, out.toUpperCase(), out.toLowerCase(), out.replaceAll('\\', '/')];
  const batches = await Promise.all(
    ways.map((output) => createBatchFromDirectory(rig.shots, { output })),
  );
  expect(new Set(batches.map(({ id }) => id)).size, ways.join(' ')).toBe(1);
});

test('a folder that is not trusted has no computer of the network looked at', async () => {
  const rig = await makeEngine();
  await rig.shot('near', 'frames: 1');
  const thief = '//thief.invalid/share';
  await rig.file('shots/scene.yaml', `blend: ${thief}/a.blend`);
  await rig.file('shots/script.yaml', `blend: ../scenes/near.blend\nscript: ${thief}/a.py`);
  await rig.file('shots/base.yaml', `extends: ${thief}/base.yaml\nblend: ../scenes/near.blend`);
  await rig.file(
    'shots/place.yaml',
    `blend: ../scenes/near.blend\nframes: 1\noutput:\n  path: ${thief}/out`,
  );
  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  const causes = Object.fromEntries(batch.jobs.map(({ name, error }) => [name, error?.cause]));
  expect(causes).toEqual({
    base: 'not-trusted',
    near: undefined,
    place: undefined,
    scene: 'not-trusted',
    script: 'not-trusted',
  });
  expect(batch.wantsTrust).toBe(true);
  const { processor, job } = await rig.processor({}, {}, batch);
  await processor.processBatch();
  expect(job('place').error?.cause).toBe('not-trusted');
  expect(job('near').status).toBe('completed');
});

test('frames go into a folder whose path is longer than Windows once allowed', async () => {
  const rig = await makeEngine();
  const deep = Array.from({ length: 8 }, () => 'a folder with quite a long name').join('/');
  await rig.shot('hero', `frames: 1-2\noutput:\n  path: ../out/${deep}`);
  const { processor, told } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([1, 2]);
});
