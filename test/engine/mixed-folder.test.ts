import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { events, makeCli, ofType } from '../cli/rig.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { pixels } from './rig.ts';

/** What each shot must end with: its own cause, and words that only its own sentence has. */
const ENDS = {
  broken: ['failed', 'unreadable-shot', /broken\.yaml/],
  crash: ['failed', 'crashed', /crashed/],
  cut: ['failed', 'unreadable-scene', /cut\.blend/],
  denoise: ['failed', 'denoiser-not-available', /denois/i],
  'good-1': ['completed', null, null],
  'good-2': ['completed', null, null],
  hang: ['failed', 'timed-out', /time limit of 5 s/],
  'no-camera': ['failed', 'no-camera', /camera/],
} as const;

test('a folder of every disaster: the good shots complete, each other fails with its own cause and sentence', {
  timeout: 120_000,
}, async () => {
  const cli = await makeCli();
  const scene = await makeBlend(join(cli.folder, 'scenes/scene.blend'));
  await makeBlend(
    join(cli.folder, 'scenes/blind.blend'),
    'scene.camera = None\nbpy.data.objects.remove(camera)\n',
  );
  const shot = (name: string, yaml: string, blend = 'scene') =>
    cli.file(`shots/${name}.yaml`, `blend: ../scenes/${blend}.blend\nframes: 1-2\n${yaml}\n`);
  await shot('good-1', '');
  await shot('good-2', 'render: {percentage: 50}');
  await shot('no-camera', '', 'blind');
  await shot('denoise', 'render: {denoise: true}');
  await shot('crash', 'script: crash.py\nretries: 0');
  await shot('hang', 'script: hang.py\nretries: 0\ntimeout: 5s');
  await cli.file('shots/crash.py', 'import ctypes\nctypes.string_at(0)\n');
  await cli.file('shots/hang.py', 'while True: pass\n');
  await cli.file('shots/broken.yaml', 'blend: [unclosed\n  frames: : 1\n');
  await makeBlend(join(cli.shots, 'cut.blend'), 'cube.location.x = 2\n');
  await truncate(join(cli.shots, 'cut.blend'), 20_000);

  const report = join(cli.folder, 'night.md');
  const options = ['--json', '--trust', '--workers', '2', '--factory-startup'];
  const { code, out } = await cli.run(
    ...['render', cli.shots, '-o', cli.out, '--blender', BLENDER, '--report', report],
    ...options,
  );
  expect(code).toBe(1);
  const told = events(out);
  const ends = ofType(told, 'job-finished');
  expect(ends.map(({ name }) => name).sort()).toEqual(Object.keys(ENDS));
  const text = await readFile(report, 'utf8');
  const sentences = new Set<unknown>();
  for (const [name, [status, cause, words]] of Object.entries(ENDS)) {
    const end = ends.find((event) => event.name === name);
    expect(end, name).toMatchObject({ status, cause });
    if (words === null) continue;
    expect(end?.message, name).toMatch(words);
    expect(String(end?.nextStep).length, name).toBeGreaterThan(10);
    sentences.add(end?.message);
    expect(text).toContain(`### ${name}`);
    expect(text.replaceAll('\\', '')).toContain(String(end?.message).slice(0, 30));
  }
  expect(sentences.size).toBe(6);
  expect(told.at(-1)).toMatchObject({ totalJobs: 8, completed: 2, failed: 6, outcome: 'failed' });
  expect(ofType(told, 'frame-done')).toHaveLength(4);
  for (const { file } of ofType(told, 'frame-done')) await pixels(String(file));
  expect(scene).toContain('scene.blend');
});
