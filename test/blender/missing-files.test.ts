import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeBlend } from '../helpers/make-blend.ts';
import { makeRig, pixels, sceneRequest, value, within } from './rig.ts';

/** One material for each image; pictures 1 to 6 of the plate are there, but for 3 and 4. */
const MADE = `
def file(name):
    path = os.path.join(OUT, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, 'wb').close()
    return path
def picture(name, colour=(0, 1, 0, 1)):
    made = bpy.data.images.new('made', 2, 2)
    made.pixels = colour * 4
    made.filepath_raw, made.file_format = os.path.join(OUT, name), 'PNG'
    made.save()
    bpy.data.images.remove(made)
def shown(name, path, source, on=cube):
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    node = material.node_tree.nodes.new('ShaderNodeTexImage')
    node.image = bpy.data.images.new(os.path.basename(path), 2, 2)
    node.image.source, node.image.filepath = source, os.path.join(OUT, path)
    on.data.materials.append(material)
    return node
def playing(node, count, **settings):
    user = node.image_user
    user.frame_duration, user.use_auto_refresh = count, True
    for key, setting in settings.items():
        setattr(user, key, setting)
scene.frame_start, scene.frame_end = 0, 8
`;

const EVERYTHING = `${MADE}
os.makedirs(os.path.join(OUT, 'plate'))
for number in (1, 2, 5, 6):
    picture(f'plate/plate_{number:04d}.png')
playing(shown('Wall', 'plate/plate_0001.png', 'SEQUENCE'), 6, frame_start=2)
other = shown('Window', 'plate/plate_0001.png', 'SEQUENCE'); playing(other, 2, use_cyclic=True)
moved = shown('Moved', 'plate/plate_0002.png', 'SEQUENCE'); playing(moved, 3)
moved.image_user.keyframe_insert('frame_offset', frame=1)
shown('Film', 'film.mp4', 'MOVIE')
picture('skin.1001.png')
skin = shown('Skin', 'skin.<UDIM>.png', 'TILED')
for number in (1002, 1003): skin.image.tiles.new(number)

behind = bpy.data.images.new('behind', 2, 2)
behind.source, behind.filepath = 'FILE', os.path.join(OUT, 'behind.png')
camera.data.background_images.new().image = behind
guide = bpy.data.objects.new('Guide', None)
guide.empty_display_type, guide.data = 'IMAGE', behind
scene.collection.objects.link(guide)

elsewhere = bpy.data.scenes.new('Elsewhere')
twin = bpy.data.objects.new('Twin', bpy.data.meshes.new('Twin'))
elsewhere.collection.objects.link(twin)
shown('Unseen', 'unseen.png', 'FILE', twin)

def volume(name, **settings):
    made = bpy.data.volumes.new(name)
    made.filepath, made.is_sequence = os.path.join(OUT, 'smoke', name + '_01.vdb'), True
    for key, setting in settings.items():
        setattr(made, key, setting)
    scene.collection.objects.link(bpy.data.objects.new(name, made))
for number in range(1, 5):
    file(f'smoke/there_{number:02d}.vdb')
    file(f'smoke/dense_{number:02d}.vdb')
volume('there', frame_start=1, frame_duration=4, sequence_mode='PING_PONG')
volume('dense', frame_start=1, frame_duration=6, sequence_mode='CLIP')

bpy.ops.cachefile.open(filepath=file('cloth/cloth_0001.abc'))
cloth = bpy.data.cache_files[0]
cloth.is_sequence = True
for number in range(0, 8): file(f'cloth/cloth_{number:04d}.abc')
reads = cube.modifiers.new('Reads', 'MESH_SEQUENCE_CACHE')
reads.cache_file = cloth
cube.modifiers.new('Wave', 'MESH_CACHE').filepath = os.path.join(OUT, 'wave.mdd')
off = cube.modifiers.new('Off', 'MESH_CACHE')
off.filepath, off.show_render = os.path.join(OUT, 'off.mdd'), False
wind = cube.modifiers.new('Wind', 'CLOTH').point_cache
wind.use_external, wind.filepath = True, os.path.join(OUT, 'wind')
`;

const CUT = `
editor = scene.sequence_editor_create()
strips = editor.strips if hasattr(editor, 'strips') else editor.sequences
strip = strips.new_image('Plate', os.path.join(OUT, 'plate/plate_0001.png'), 1, 2)
for number in range(2, 7): strip.elements.append(f'plate_{number:04d}.png')
`;

test('what has a file for each frame is looked for in the frames that are rendered, and only in what the scene shows', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('a.blend'), EVERYTHING);
  const worker = await rig.start();
  const before = rig.log.length;
  const { inputs } = value(await worker.open(sceneRequest({ blend }), within()));
  expect(inputs.filter((file) => file.includes('skin'))).toEqual(
    [1001, 1002, 1003].map((tile) => rig.path(`skin.${tile}.png`)),
  );
  const said = async (...frames: number[]) =>
    value(await worker.inspect(frames, within())).flatMap(({ severity, cause, message }) => {
      // A cloth without its cache simulates: told as well, by another sentence.
      if (cause === 'simulation-not-baked') return [];
      expect([severity, cause]).toEqual(['error', 'missing-file']);
      return message.replaceAll(`${rig.folder}/`, '');
    });
  const always = [
    'The image "film.mp4", used by "Film", is missing: its surface renders pink.',
    'The tiles 1002, 1003 of the image "skin.<UDIM>.png", used by "Skin", are missing: the surface renders pink there.',
    'The mesh cache "wave.mdd" of "Wave" of the object "Cube" is missing: what it moves will stand still.',
    'The simulation cache "wind" of "Wind" of the object "Cube" is missing: bake it again.',
  ];
  expect((await said(2, 3)).sort()).toEqual([...always].sort());
  expect((await said(0, 1, 2, 3, 4, 5, 6, 7, 8)).sort()).toEqual(
    [
      ...always,
      '3 files of the image sequence "plate/plate_####.png", used by "Wall", are missing, such as "plate_0000.png", for the frames 0, 1, 4, 5: what shows it renders pink or empty.',
      '2 files of the volume sequence "smoke/dense_##.vdb" are missing, such as "dense_05.vdb", for the frames 5, 6: it will not be in the picture.',
      '"cloth_0008.abc" of the cache file sequence "cloth/cloth_####.abc" is missing for frame 8: what it moves will be wrong or not there.',
    ].sort(),
  );
  expect(rig.log.slice(before).join('\n')).not.toMatch(/Traceback/);
});

test('the frames that are told are the ones that Blender itself renders pink', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(
    rig.path('a.blend'),
    `${MADE}
for number in (1, 2, 4): picture(f'plate_{number:03d}.png')
node = shown('Wall', 'plate_001.png', 'SEQUENCE')
playing(node, 3, frame_start=3, frame_offset=1)
tree = bpy.data.materials['Wall'].node_tree
glow = tree.nodes.new('ShaderNodeEmission')
tree.links.new(node.outputs[0], glow.inputs[0])
tree.links.new(glow.outputs[0], tree.nodes['Material Output'].inputs[0])
scene.view_settings.view_transform = 'Standard'
cube.animation_data_clear()
camera.location, camera.rotation_euler = (0, 0, 1.5), (0, 0, 0)
`,
  );
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend }), within()));
  const frames = [0, 2, 3, 4, 5, 6, 8];
  const pink: number[] = [];
  for (const frame of frames) {
    const file = rig.path(`${frame}.part`);
    value(await worker.render({ frame, threads: 1, file }, within()));
    const data = Buffer.from((await pixels(file)).split(':')[1] ?? '', 'base64');
    if (data[0] === 255 && data[1] === 0 && data[2] === 255) pink.push(frame);
  }
  expect(pink).toEqual([4]);
  const [found] = value(await worker.inspect(frames, within()));
  expect(found?.message).toMatch(/"plate_003\.png" of .* is missing for frame 4:/);
});

test('strips are looked at where the sequencer takes part in the render, and the compositor like a surface', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(
    rig.path('a.blend'),
    `${MADE}
os.makedirs(os.path.join(OUT, 'plate'))
for number in (1, 2, 5, 6): picture(f'plate/plate_{number:04d}.png')
node = compositor(scene).nodes.new('CompositorNodeImage')
node.image = bpy.data.images.new('back', 2, 2)
node.image.source, node.image.filepath = 'SEQUENCE', os.path.join(OUT, 'back_1.png')
node.frame_duration = 2
picture('back_1.png')
${CUT}
end = {'length': 2} if bpy.app.version >= (5, 0, 0) else {'frame_end': 3}
film = strips.new_effect('Film', 'COLOR', 2, frame_start=1, **end)
sound = strips.new_sound('Music', os.path.join(OUT, 'music.wav'), 3, 1)
muted = strips.new_image('Muted', os.path.join(OUT, 'muted.png'), 4, 1)
muted.mute = True
plain = scene.copy()
plain.name, plain.render.use_sequencer, plain.use_fake_user = 'Plain', False, True
assert plain.sequence_editor
`,
  );
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend }), within()));
  const said = async (...frames: number[]) =>
    value(await worker.inspect(frames, within())).map(({ message }) =>
      // Before 5.0 the compositor's tree was the scene's own and had no name.
      message.replaceAll(`${rig.folder}/`, '').replace('"Compositing"', '"Scene"'),
    );
  const music = 'The sound "music.wav" is missing.';
  const back =
    '"back_2.png" of the image sequence "back_#.png", used by "Scene", is missing for the frames 2-7: what shows it renders pink or empty.';
  expect(await said(1, 3)).toContain(music);
  expect(await said(1, 2, 3, 4, 5, 6, 7)).toEqual([
    back,
    music,
    '2 files of the strip "Plate" in plate are missing, such as "plate_0003.png", for the frames 4, 5: it will not be in the picture.',
  ]);
  await rm(rig.path('plate'), { recursive: true });
  expect((await said(1, 2, 3)).at(-1)).toMatch(/^2 files of the strip "Plate"/);
  value(await worker.open(sceneRequest({ blend, scene: 'Plain' }), within()));
  expect((await said(1, 2, 3)).join()).not.toMatch(/strip/);
});
