import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import {
  createBatchFromDirectory,
  generateBatchReport,
  listCheckpoints,
  readingOf,
  repeatCommand,
} from '../../electron/engine/index.ts';
import type { TestPass } from '../../shared/test-pass.ts';
import { makeBlend } from '../helpers/make-blend.ts';
import { type EngineRig, event, makeEngine, REAL } from './rig.ts';

const SCENE = `
scene.frame_start, scene.frame_end = 1, 9
scene.cycles.samples = 8
tree = compositor(scene)
file_output(tree, os.path.join(OUT, 'passes'), items=('a',))
file_output(nested(tree), os.path.join(OUT, 'passes'), items=('b',))
render.filepath = '//saved/frame_####'
`;

const passOf = async (rig: EngineRig, pass?: TestPass) =>
  createBatchFromDirectory(rig.shots, { output: rig.out, test: pass });

/** Path in the folder, pixels and bytes of all pictures below it. */
async function pictures(folder: string): Promise<Record<string, string>> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = all.filter((entry) => entry.isFile() && !entry.parentPath.includes('/.'));
  const told = files.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    const { width, height } = await sharp(await readFile(file)).metadata();
    return [file.slice(folder.length + 1).replaceAll('\\', '/'), `${width}x${height}`];
  });
  return Object.fromEntries((await Promise.all(told)).sort());
}

test('a test pass at 25 %, every 8th frame and half the samples stands beside the finals, which render all of theirs', async () => {
  const rig = await makeEngine();
  await makeBlend(join(rig.folder, 'scenes/film.blend'), SCENE);
  const shot = (name: string, more: string) =>
    rig.file(`shots/${name}.yaml`, `blend: ../scenes/film.blend\n${more}`);
  await shot('listed', 'frames: 1-3\noutput: { path: ../out/chosen, name: "l_####" }\n');
  await shot('whole', '');
  await shot('saved', 'frames: 2\noutput: { path: scene }\n');
  const pass = { percentage: 25, step: 8, samples: { times: 0.5 } };
  const folder = 'test 25% step 8 samples x0.5';

  const trial = await rig.processor({ ...REAL, trusted: true }, {}, await passOf(rig, pass));
  expect(await trial.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const passed = {
    [`${folder}/saved/saved_0002.png`]: '16x9',
    [`${folder}/whole/whole_0001.png`]: '16x9',
    [`${folder}/whole/whole_0009.png`]: '16x9',
    [`chosen/${folder}/l_0001.png`]: '16x9',
  };
  expect(await pictures(rig.out)).toEqual(passed);
  expect(trial.job('whole').plan?.settings).toMatchObject({ samples: 4, percentage: 25 });
  // Neither the path that the scene has saved, nor what its compositor writes beside the frames.
  expect(await pictures(join(rig.folder, 'scenes/saved'))).toEqual({});
  expect(await pictures(join(rig.folder, 'scenes/passes'))).toEqual({});

  // A pass of half as many frames has a folder and a checkpoint of its own.
  const { id } = await passOf(rig, { ...pass, step: 4 });
  expect(id).not.toBe(trial.processor.batch.id);

  const finals = await rig.processor({ ...REAL, trusted: true }, {}, await passOf(rig));
  expect(await finals.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(finals.told('frame-done', 'whole')).toHaveLength(9);
  expect(finals.told('frame-kept')).toEqual([]);
  expect(finals.job('whole').plan?.settings).toMatchObject({ samples: 8, percentage: 100 });
  const beside = await pictures(rig.out);
  expect(beside).toMatchObject(passed);
  expect(Object.entries(beside).filter(([, size]) => size === '64x36')).toHaveLength(9 + 3);
  expect(await pictures(join(rig.folder, 'scenes/saved'))).toEqual({ 'frame_0002.png': '64x36' });
  expect(Object.keys(await pictures(join(rig.folder, 'scenes/passes')))).toHaveLength(2 * 9);

  // The pass is done, also when it is looked at anew after the finals.
  const again = await rig.processor(
    { ...REAL, trusted: true },
    {},
    await createBatchFromDirectory(rig.shots, readingOf(trial.processor.batch)),
  );
  expect((await again.processor.load()).outcome).toBe('completed');
  expect(again.processor.getProgress().frames).toMatchObject({ total: 4, done: 4 });
});

test('a test pass that was cut off goes on where it stopped, from what its record says of it', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-40\n');
  await rig.steer({ render: { frame: 13, tries: 1, hang: true } });
  const pass = { step: 4, percentage: 50 };
  const first = await rig.processor({ workers: 1 }, {}, await passOf(rig, pass));
  const third = first.until(event('frame-done', 'hero', 9));
  const running = first.processor.processBatch();
  await third;
  await first.processor.cancel();
  await running;
  // Where the cancel came first, the stand-in has not hung yet.
  await rig.steer({});

  const [known] = await listCheckpoints(rig.data);
  expect(known).toMatchObject({ id: first.processor.batch.id, test: pass });
  const place = { outputRoot: known?.outputRoot ?? '', test: known?.test };
  const batch = await createBatchFromDirectory(rig.shots, readingOf(place));
  expect(batch.id).toBe(known?.id);
  const second = await rig.processor({ workers: 1 }, {}, batch);
  const result = await second.processor.processBatch();
  expect(result).toMatchObject({ outcome: 'completed' });
  const done = [...first.told('frame-done'), ...second.told('frame-done')];
  expect(done).toEqual([1, 5, 9, 13, 17, 21, 25, 29, 33, 37]);
  expect(await readdir(rig.out)).toEqual(['test 50% step 4']);

  const job = second.job('hero');
  expect(repeatCommand(job, result.run)).toContain(
    `render ${rig.shots} -o ${rig.out} --test percentage=50 --test step=4 --only hero`,
  );
  const report = generateBatchReport(result);
  expect(report).toMatch(/^# Nightshift report: shots \(test 50 %, every 4th\)/);
  expect(report).toContain('every 4th');
});

test('frames of the finals are none of a test pass, whichever way existing frames are taken', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4\n');
  const finals = await rig.processor({ workers: 1 }, {}, await passOf(rig));
  await finals.processor.processBatch();
  await mkdir(join(rig.out, 'test step 2'), { recursive: true });
  const config = { workers: 1, existing: 'skip' as const };
  const pass = await rig.processor(config, {}, await passOf(rig, { step: 2 }));
  await pass.processor.processBatch();
  expect(pass.told('frame-done')).toEqual([1, 3]);
  expect(pass.told('frame-kept')).toEqual([]);
  const again = await rig.processor(config, {}, await passOf(rig));
  expect((await again.processor.load()).outcome).toBe('completed');
});
