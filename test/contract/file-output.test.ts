import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { BlenderWorker } from '../../electron/blender/types.ts';
import { compareVersions } from '../../shared/blender-install.ts';
import { makeRig, pixels, type Rig, sceneRequest, value, within } from '../blender/rig.ts';
import { BLENDER, blenderVersion, makeBlends } from '../helpers/make-blend.ts';

/** Everything at once: both kinds, items that name folders, names that have `#`, a group in a group used twice, markers. */
const SCENE = `
tree = compositor(scene)
file_output(tree, '//passes', ['beauty_', 'sub/mask', 'with_##_x', 'v2'])
file_output(tree, '//passes', ['a', 'b'], file_name='pre_', format='OPEN_EXR', depth='16')
multilayer_output(tree, '//layers', 'all_')
multilayer_output(tree, '//layers', 'numbered_###_')
inner = nested(tree, 'Inner')
nested(tree, 'Inner')
file_output(inner, '//nested/', ['in_'])
file_output(nested(inner, 'Deep'), '//nested/deep', ['', 'x'])
other = bpy.data.objects.new('Other', camera.data)
other.location, other.rotation_euler = (0, -9, 2), (1.3, 0, 0)
scene.collection.objects.link(other)
for frame, bound in ((-2, camera), (2, other)):
    scene.timeline_markers.new(bound.name, frame=frame).camera = bound
scene.frame_start, scene.frame_end = 0, 3
render.filepath = '//frames/f_'
`;

/** Names without an ending, and nothing written over in the scene: neither changes anything of what is expected. */
const QUIRKS =
  'render.use_file_extension = False\nrender.use_overwrite = False\nrender.use_placeholder = True\n';

const FRAMES = [0, 1, 2, 3];
const OTHER = process.env.NIGHTSHIFT_OTHER_BLENDER ?? 'blender';
const LEFT_OUT = await whyNoOlder();

test('each item of a File Output node gets a file for each frame, with the names and the pictures of a whole animation', async () => {
  await expectLikeAnimation();
});

test.skipIf(LEFT_OUT !== '')(
  `so does a scene that an older Blender has saved${LEFT_OUT}`,
  async () => {
    await expectLikeAnimation(OTHER);
  },
);

test('where only the frames are wanted no node writes, and the pictures are the same', async () => {
  const rig = await makeRig();
  await makeBlends([[rig.path('theirs/a.blend'), SCENE]]);
  const worker = await rig.start();
  const rendered = async (name: string, framesOnly: boolean) => {
    const blend = rig.path(name, 'a.blend');
    await cp(rig.path('theirs/a.blend'), blend);
    const { otherFiles } = value(await worker.open(sceneRequest({ blend, framesOnly }), within()));
    const file = rig.path(name, 'frame.png');
    value(await worker.render({ frame: 1, threads: 2, file }, within()));
    return { otherFiles, names: (await readdir(rig.path(name))).sort(), shown: await pixels(file) };
  };
  const all = await rendered('all', false);
  expect(all.names).toContain('passes');
  const only = await rendered('only', true);
  expect(only).toEqual({ otherFiles: [], names: ['a.blend', 'frame.png'], shown: all.shown });
});

async function expectLikeAnimation(by = BLENDER): Promise<void> {
  const rig = await makeRig();
  const scenes = { plain: SCENE, quirks: SCENE + QUIRKS };
  await makeBlends(
    Object.entries(scenes).map(([name, python]) => [rig.path(name, 'theirs/a.blend'), python]),
    by,
  );
  const names = Object.keys(scenes);
  for (const name of names) {
    await mkdir(rig.path(name, 'ours'));
    await cp(rig.path(name, 'theirs/a.blend'), rig.path(name, 'ours/a.blend'));
  }
  const animations = names.flatMap((name) => [rig.path(name, 'theirs/a.blend'), '-a']);
  await execa(BLENDER, ['-b', '-Y', '--factory-startup', ...animations]);
  const worker = await rig.start();
  for (const name of names) await expectSameFiles(worker, (...parts) => rig.path(name, ...parts));
}

/** What lies in `theirs`, rendered frame by frame into `ours`. */
async function expectSameFiles(worker: BlenderWorker, path: Rig['path']): Promise<void> {
  value(await worker.open(sceneRequest({ blend: path('ours/a.blend') }), within()));
  await mkdir(path('staging'));
  // Not in order: lanes share a shot's frames.
  for (const frame of [...FRAMES].reverse()) {
    const file = path('staging', `f{0}#_${frame}.part`);
    value(await worker.render({ frame, threads: 1, file }, within()));
  }
  const theirs = await filesOf(path('theirs'));
  const frames = theirs.filter((file) => file.startsWith('frames/'));
  expect(frames).toHaveLength(FRAMES.length);
  const passes = theirs.filter((file) => !frames.includes(file));
  expect(passes).toHaveLength(FRAMES.length * 11 + 1);
  expect(await filesOf(path('ours'))).toEqual(passes);
  expect((await readdir(path('staging'))).sort()).toEqual(
    FRAMES.map((frame) => `f{0}#_${frame}.part`).sort(),
  );
  for (const file of passes.filter((name) => name !== 'a.blend')) {
    const ours = await picture(path('ours', file));
    expect(ours.equals(await picture(path('theirs', file))), file).toBe(true);
  }
  for (const frame of FRAMES) {
    const digits = String(Math.abs(frame)).padStart(4, '0');
    const name = frames.find((file) =>
      file.startsWith(`frames/f_${frame < 0 ? '-' : ''}${digits}`),
    );
    expect(await pixels(path('staging', `f{0}#_${frame}.part`))).toBe(
      await pixels(path('theirs', name ?? '')),
    );
  }
  // No scene's range may begin below zero; a shot file's may.
  const below = { frame: -2, threads: 1, file: path('staging/below.part') };
  value(await worker.render(below, within()));
  const news = (await filesOf(path('ours'))).filter((file) => !passes.includes(file));
  expect(news).toHaveLength(11);
  expect(news.every((file) => /-0*2/.test(file))).toBe(true);
}

/** Relative paths of all files of a folder, with `/`. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** What a file shows, without the hour at which it was written. */
async function picture(file: string): Promise<Buffer> {
  const data = await readFile(file);
  if (data.readUInt32LE(0) !== 0x01312f76) return Buffer.from(await pixels(file));
  return data.subarray(Number(data.readBigUInt64LE(headerLength(data))));
}

/** Of an OpenEXR: its attributes end with an empty name, then come the places of its chunks. */
function headerLength(data: Buffer): number {
  let at = 8;
  while (data[at] !== 0) {
    at = data.indexOf(0, data.indexOf(0, at) + 1) + 1;
    at += 4 + data.readInt32LE(at);
  }
  return at + 1;
}

/** For the title, since a test that is skipped says no more than that. */
async function whyNoOlder(): Promise<string> {
  const [other, now] = await Promise.all([
    blenderVersion(OTHER).catch(() => null),
    blenderVersion(),
  ]);
  if (other === null) return ' (left out: there is no second Blender)';
  const isOlder = compareVersions(other, now) < 0;
  return isOlder ? '' : ` (left out: ${other} is not older than ${now})`;
}
