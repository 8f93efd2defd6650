import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { BatchJob } from '../../shared/job.ts';
import { olderFrames } from '../../shared/older-files.ts';
import { event, makeEngine } from '../engine/rig.ts';
import { makeBlend } from '../helpers/make-blend.ts';
import { frameNames, type Lab, makeLab, told } from './lab.ts';

const ONE = ['--workers', '1'];
const FRAMES = { hero: frameNames('hero', 3) };

const TEXTURED = `
material = bpy.data.materials.new('m')
material.use_nodes = True
nodes = material.node_tree.nodes
node = nodes.new('ShaderNodeTexImage')
node.image = bpy.data.images.load(os.path.join(OUT, 'wood.png'))
material.node_tree.links.new(node.outputs[0], nodes['Principled BSDF'].inputs[0])
cube.data.materials.append(material)
`;

async function texture(lab: Lab, colour: string): Promise<string> {
  const file = join(lab.folder, 'scenes/wood.png');
  const create = { width: 4, height: 4, channels: 3, background: colour } as const;
  await writeFile(file, await sharp({ create }).png().toBuffer());
  return file;
}

async function texturedLab(): Promise<Lab> {
  const lab = await makeLab();
  await lab.file('scenes/.keep', '');
  await texture(lab, 'red');
  await lab.realShot('hero', { python: TEXTURED, yaml: 'frames: 1-3\nrender: { samples: 64 }' });
  return lab;
}

async function killedAfterOne(lab: Lab): Promise<void> {
  const running = lab.begin({ args: ONE });
  await running.until(told('frame-done', 'hero', 1));
  running.kill('SIGKILL');
  await running.end;
}

test('a texture that is saved between crash and resume: the frame that is there stays, and says so; with --saved again it is rendered from the new one', async () => {
  const lab = await texturedLab();
  await killedAfterOne(lab);
  await texture(lab, 'blue');
  expect((await lab.expectResume(FRAMES, { args: ONE })).done).toHaveLength(2);
  expect(olderFrames((await lab.jobs())[0] as BatchJob)).toMatchObject([
    { files: { files: ['wood.png'] }, frames: [1] },
  ]);
  const first = join(lab.out, 'hero/hero_0001.png');
  const args = [...ONE, '--saved', 'again'];
  const night = await lab.expectResume(FRAMES, { args, again: [first] });
  expect(night.done).toEqual([first]);
});

test('a texture that only got another time on disk makes nothing stale', async () => {
  const lab = await texturedLab();
  await killedAfterOne(lab);
  await utimes(await texture(lab, 'red'), 1000, 1000);
  expect((await lab.expectResume(FRAMES, { args: ONE })).done).not.toContain(
    join(lab.out, 'hero/hero_0001.png'),
  );
});

test('a linked library that is saved makes the frames older than it; a texture that its script makes does not', async () => {
  const lab = await makeLab();
  const library = join(lab.folder, 'scenes/kit.blend');
  await makeBlend(library, 'cube.name = "Knob"');
  await lab.file('shots/paint.py', PAINT);
  await lab.realShot('hero', {
    python: LINKED,
    yaml: 'script: paint.py\nframes: 1-2\nrender: { samples: 200 }',
  });
  const trust = ['--trust', ...ONE];
  const running = lab.begin({ args: trust });
  await running.until(told('frame-done', 'hero', 1));
  running.kill('SIGKILL');
  const first = await running.end;
  const rest = await lab.expectResume({ hero: frameNames('hero', 2) }, { args: trust });
  await makeBlend(library, 'cube.name = "Knob"\ncube.scale.x = 2');
  const again = [...first.done, ...rest.done];
  const args = [...trust, '--saved', 'again'];
  const night = await lab.expectResume({ hero: frameNames('hero', 2) }, { args, again });
  expect(night.done).toEqual(again);
});

const LINKED = `
with bpy.data.libraries.load(os.path.join(OUT, 'kit.blend'), link=True) as (source, target):
    target.objects = ['Knob']
scene.collection.objects.link(bpy.data.objects['Knob', os.path.join(OUT, 'kit.blend')])
`;

/** Another picture each time that it runs, as a script does that paints the date. */
const PAINT = `
import bpy, os, time
path = os.path.join(os.path.dirname(bpy.data.filepath), 'painted.png')
image = bpy.data.images.new('painted', 2, 2)
image.pixels = [time.time() % 1] * 16
image.filepath_raw, image.file_format = path, 'PNG'
image.save()
`;

test('a shot whose .blend is saved again at each opening is given up with a sentence, and its last version is rendered by the next run', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const watched = await rig.processor();
  let saves = 0;
  watched.processor.subscribe((signal) => {
    if (signal.type !== 'worker' || signal.state.status !== 'opening') return;
    saves += 1;
    void rig.file('scenes/hero.blend', `BLENDER-v403RENDH ${saves}`);
  });
  const gone = watched.until(event('job-finished', 'hero'));
  await watched.processor.processBatch();
  await gone;
  expect(watched.job('hero')).toMatchObject({ status: 'failed' });
  expect(watched.job('hero').error?.message).toMatch(/was changed again and again/);
  expect(saves).toBeLessThan(6);
  const next = await rig.processor();
  expect(await next.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(next.told('frame-done')).toEqual([1, 2]);
});
