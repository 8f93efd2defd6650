import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import {
  BatchProcessor,
  checkBatch,
  createBatchFromDirectory,
  runJobSubprocess,
} from '../../electron/engine/index.ts';
import { type EngineRig, makeEngine, REAL, STAND_IN } from '../engine/rig.ts';
import { BLENDER } from '../helpers/make-blend.ts';
import {
  ALL_HERE,
  linesBlend,
  linkedBlend,
  loadedBlend,
  makeCage,
  shaderBlend,
  sing,
} from './canaries.ts';

/** Renders the folder from nothing in one warm Blender: the cause or state of each shot, and what it says. */
async function rendered(rig: EngineRig, config: { trusted: boolean; factoryStartup?: boolean }) {
  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  const processor = new BatchProcessor(batch, {
    config: { ...REAL, workers: 1, maxRetries: 0, resumeOnFailure: false, ...config },
    dataDirectory: rig.data,
  });
  await processor.processBatch();
  await processor.close();
  const { jobs } = processor;
  return {
    states: Object.fromEntries(jobs.map((job) => [job.name, job.error?.cause ?? job.status])),
    says: jobs.map(({ error }) => error?.message ?? ''),
  };
}

test('nothing that a .blend carries runs in an untrusted folder, also after a trusted one', async () => {
  const rig = await makeEngine();
  const cage = await makeCage(rig.folder);
  const shot = (name: string) => join(rig.shots, name);
  await loadedBlend(shot('b_loaded.blend'));
  await linkedBlend(shot('c_linked.blend'));
  await linesBlend(shot('d_lines.blend'));
  await shaderBlend(shot('e_shader.blend'));
  await rig.file('shots/defaults.yaml', 'frames: 1-2\n');
  await rig.file('shots/a_scripted.yaml', 'blend: b_loaded.blend\nscript: build.py\n');
  await rig.file('shots/b_again.yaml', 'blend: b_loaded.blend\n');
  await rig.file('shots/build.py', sing('script'));

  // First that it means something: all of them sing where they may.
  expect((await rendered(rig, { trusted: true })).states).toEqual({
    a_scripted: 'completed',
    b_again: 'completed',
    c_linked: 'completed',
    d_lines: 'completed',
    e_shader: 'completed',
  });
  // Blender runs no text of a library, but its drivers.
  const all = [...ALL_HERE, 'linked-driver', 'freestyle', 'script'].sort();
  expect(await cage.sang()).toEqual(all);

  // The refused script comes first, so that the same warm Blender then opens the others.
  const { states, says } = await rendered(rig, { trusted: false });
  expect(await cage.sang()).toEqual([]);
  expect(states).toEqual({
    a_scripted: 'not-trusted',
    b_again: 'completed',
    c_linked: 'completed',
    d_lines: 'not-trusted',
    e_shader: 'not-trusted',
  });
  expect(says[3]).toContain('draws its lines with Python (Freestyle), which was not run');
  expect(says[4]).toContain('has a shader that is a program (OSL), which was not run');

  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  const config = { ...REAL, trusted: false, existing: 'overwrite' } as const;
  const problems = await checkBatch(batch, { config });
  const refused = problems.filter(({ needsTrust }) => needsTrust).map(({ file }) => file);
  expect(refused).toEqual(['a_scripted.yaml', 'd_lines.blend', 'e_shader.blend']);
  for (const job of batch.jobs.slice(1, 3)) {
    expect((await runJobSubprocess(job, { config })).status).toBe('completed');
  }
  expect(await cage.sang()).toEqual([]);
});

test('user preferences that switch auto-execution on, saved by a trusted shot, do not reach an untrusted one', async () => {
  const rig = await makeEngine();
  const cage = await makeCage(rig.folder);
  process.env.BLENDER_USER_CONFIG = join(rig.folder, 'config');
  onTestFinished(() => {
    delete process.env.BLENDER_USER_CONFIG;
  });
  await mkdir(process.env.BLENDER_USER_CONFIG);
  await loadedBlend(join(rig.folder, 'scenes/loaded.blend'));
  await rig.file('shots/hero.yaml', 'blend: ../scenes/loaded.blend\nscript: on.py\nframes: 1\n');
  await rig.file(
    'shots/on.py',
    'import bpy\nbpy.context.preferences.filepaths.use_scripts_auto_execute = True\nbpy.ops.wm.save_userpref()\n',
  );
  await rendered(rig, { trusted: true, factoryStartup: false });
  await cage.sang();
  await execa(BLENDER, ['-b', join(rig.folder, 'scenes/loaded.blend')]);
  expect(await cage.sang(), 'the preferences are in force').toContain('own-text');

  await rig.file('shots/hero.yaml', 'blend: ../scenes/loaded.blend\nframes: 1\n');
  const { states } = await rendered(rig, { trusted: false, factoryStartup: false });
  expect(states).toEqual({ hero: 'completed' });
  expect(await cage.sang()).toEqual([]);
});

test('no Blender is shared between a trusted and an untrusted run, and each is told which it is', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1');
  const config = { blenderPath: STAND_IN, existing: 'overwrite' } as const;
  for (const trusted of [true, false]) {
    const { processor } = await rig.processor({ trusted, existing: 'overwrite' });
    await processor.processBatch();
    processor.configure({ trusted: !trusted });
    await processor.processBatch();
    const [job] = processor.jobs;
    if (job) await runJobSubprocess(job, { config: { ...config, trusted } });
    await checkBatch(processor.batch, { config: { ...config, trusted } });
  }
  const starts = (await rig.noted('start')) as unknown as readonly {
    pid: number;
    argv: string[];
  }[];
  expect(starts.map(({ argv }) => argv.slice(0, 2).join(' '))).toEqual([
    ...['-b -y', '-b -Y', '-b -y', '-b -y'],
    ...['-b -Y', '-b -y', '-b -Y', '-b -Y'],
  ]);
  expect(new Set(starts.map(({ pid }) => pid)).size).toBe(starts.length);
});
