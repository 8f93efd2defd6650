import { expect, test } from 'vitest';
import { samePicture } from '../../electron/engine/proof/same-picture.ts';
import { makeRig, sceneRequest, value, within } from '../blender/rig.ts';
import { makeEngine, REAL } from '../engine/rig.ts';
import { makeBlends } from '../helpers/make-blend.ts';

const FRAMES = [1, 2, 3, 4];
const LONG = { timeout: 600_000 };

const WORDS = `
render.resolution_x, render.resolution_y = 32, 18
scene.cycles.samples = 2
def keyed(owner, path, values):
    for frame, given in values.items():
        setattr(owner, path, given)
        owner.keyframe_insert(path, frame=frame)
def smaller(place):
    bpy.ops.mesh.primitive_cube_add(size=1, location=place)
    return bpy.context.object
def material(item):
    made = bpy.data.materials.new('Material'); made.use_nodes = True
    item.data.materials.append(made)
    return made.node_tree
def geometry(name, item):
    tree = bpy.data.node_groups.new(name, 'GeometryNodeTree')
    for way in ('INPUT', 'OUTPUT'):
        tree.interface.new_socket('Geometry', in_out=way, socket_type='NodeSocketGeometry')
    item.modifiers.new(name, 'NODES').node_group = tree
    return tree, tree.nodes.new('NodeGroupInput'), tree.nodes.new('NodeGroupOutput')
def blurred():
    render.use_motion_blur = True
def other_scene():
    other = bpy.data.scenes.new('Other'); other.camera = camera
    return other
`;

const DRIVEN = `
levels = cube.modifiers.new('Levels', 'SUBSURF'); levels.levels = levels.render_levels = 1
levels.driver_add('render_levels').driver.expression = '1 + int(frame) % 3'
cube.modifiers.new('Cast', 'CAST').driver_add('factor').driver.expression = 'frame * 0.2'
`;
const GROWING = `
tree, begin, end = geometry('Growing', cube)
time, add, ball = (tree.nodes.new(kind) for kind in ('GeometryNodeInputSceneTime', 'ShaderNodeMath', 'GeometryNodeMeshUVSphere'))
add.inputs[1].default_value = 3
tree.links.new(time.outputs['Frame'], add.inputs[0]); tree.links.new(add.outputs[0], ball.inputs['Segments'])
tree.links.new(ball.outputs[0], end.inputs[0])
`;
const SEQUENCE = `
folder = os.path.join(OUT, 'sequence'); os.makedirs(folder, exist_ok=True)
for number in range(1, 9):
    made = bpy.data.images.new('one', 4, 4); made.pixels = [number / 8, 1 - number / 8, 0.2, 1] * 16
    made.filepath_raw = os.path.join(folder, f'one_{number:04d}.png'); made.file_format = 'PNG'; made.save(); bpy.data.images.remove(made)
shown = bpy.data.images.load(os.path.join(folder, 'one_0001.png')); shown.source = 'SEQUENCE'
tree = material(cube); node = tree.nodes.new('ShaderNodeTexImage'); node.image = shown
node.image_user.frame_duration, node.image_user.frame_start = 8, 1
tree.links.new(node.outputs[0], tree.nodes['Principled BSDF'].inputs['Base Color'])
`;

/** What changes from frame to frame, and comes out of a kept scene exactly as of one that is built anew. */
const RIGHT: Readonly<Record<string, string>> = {
  'a moving camera': "keyed(camera, 'location', {1: (0, -7, 3), 4: (2, -7, 4)})\n",
  'driven modifiers': DRIVEN,
  'topology that grows': GROWING,
  'motion blur of a driven modifier': `${DRIVEN}blurred()\n`,
  'motion blur of topology that grows': `${GROWING}blurred()\n`,
  'motion blur of what is not always there': `
keyed(smaller((1, 0, 1)), 'hide_render', {1: True, 2: False, 3: True})
keyed(cube, 'location', {1: (-1, 0, 0), 4: (1, 0, 0)})
blurred()
`,
  'visibility that changes': `
keyed(smaller((1.5, 0, 0)), 'hide_render', {1: False, 2: True, 3: False, 4: True})
keyed(smaller((-1.5, 0, 0)), 'hide_render', {1: True, 2: False, 4: True})
keyed(cube, 'visible_camera', {1: True, 3: False})
keyed(bpy.data.objects['Sun'], 'hide_render', {1: True, 3: False})
`,
  'a volume in a material': `
tree = material(cube); tree.nodes.clear()
end, fog = tree.nodes.new('ShaderNodeOutputMaterial'), tree.nodes.new('ShaderNodeVolumePrincipled')
tree.links.new(fog.outputs[0], end.inputs['Volume'])
keyed(fog.inputs['Density'], 'default_value', {1: 0.1, 4: 2})
`,
  'view layers with other things in them': `
more = bpy.data.collections.new('More'); scene.collection.children.link(more)
item = smaller((1.5, 0, 0)); item.users_collection[0].objects.unlink(item); more.objects.link(item)
scene.view_layers.new('Second').layer_collection.children['More'].exclude = True
`,
  'view layers with another material': `
scene.view_layers.new('Second').material_override = bpy.data.materials.new('Clay')
`,
  'cameras by marker': `
second = bpy.data.objects.new('Second', bpy.data.cameras.new('Second')); scene.collection.objects.link(second)
second.location, second.rotation_euler, second.data.type = (5, -5, 4), (1.1, 0, 0.8), 'ORTHO'
for frame, bound in ((1, camera), (2, second), (4, camera)):
    scene.timeline_markers.new(bound.name, frame=frame).camera = bound
`,
  'materials, lights and the world': `
tree = material(cube)
keyed(tree.nodes['Principled BSDF'].inputs['Roughness'], 'default_value', {1: 0.1, 4: 1})
keyed(bpy.data.lights['Sun'], 'energy', {1: 0.5, 4: 5})
scene.world = bpy.data.worlds.new('World'); scene.world.use_nodes = True
keyed(scene.world.node_tree.nodes['Background'].inputs['Strength'], 'default_value', {1: 0, 4: 2})
`,
  'displacement that changes': `
tree = material(cube); bpy.data.materials['Material'].displacement_method = 'BOTH'
cube.modifiers.new('Fine', 'SUBSURF').render_levels = 3
noise, move = tree.nodes.new('ShaderNodeTexNoise'), tree.nodes.new('ShaderNodeDisplacement'); noise.noise_dimensions = '4D'
tree.links.new(noise.outputs[0], move.inputs['Height']); tree.links.new(move.outputs[0], tree.nodes['Material Output'].inputs['Displacement'])
keyed(noise.inputs['W'], 'default_value', {1: 0, 4: 3})
`,
  'an image sequence that is refreshed': `${SEQUENCE}node.image_user.use_auto_refresh = True\n`,
  'render settings that change': `
keyed(scene.cycles, 'samples', {1: 1, 4: 8})
keyed(scene.view_settings, 'exposure', {1: 0, 4: 2})
keyed(camera.data, 'lens', {1: 30, 4: 70})
`,
  'all layers of an EXR': `
set_format(render.image_settings, 'OPEN_EXR_MULTILAYER', 32)
layer = scene.view_layers[0]
layer.use_pass_z = layer.use_pass_normal = layer.use_pass_vector = layer.use_pass_cryptomatte_object = True
`,
};

/** What stays off, by the words that say why. */
const OFF: Readonly<Record<string, readonly [words: string, python: string]>> = {
  hair: [
    'particles or hair',
    "cube.modifiers.new('Hair', 'PARTICLE_SYSTEM'); cube.particle_systems[0].settings.type = 'HAIR'\n",
  ],
  'a simulation': [
    'a simulation is not baked',
    "bpy.ops.mesh.primitive_grid_add(); bpy.context.object.modifiers.new('Sheet', 'CLOTH')\n",
  ],
  'an image sequence that nobody refreshes': [
    'an image sequence without Auto Refresh',
    `${SEQUENCE}node.image_user.use_auto_refresh = False\n`,
  ],
  'adaptive subdivision': [
    'adaptive subdivision',
    `
if hasattr(scene.cycles, 'feature_set'): scene.cycles.feature_set = 'EXPERIMENTAL'
fine = cube.modifiers.new('Fine', 'SUBSURF')
owner = fine if hasattr(fine, 'use_adaptive_subdivision') else cube.cycles
owner.use_adaptive_subdivision = True
`,
  ],
  'a volume from a file': [
    'volumes from files, or fluids',
    "scene.collection.objects.link(bpy.data.objects.new('Smoke', bpy.data.volumes.new('Smoke')))\n",
  ],
  'an Alembic file': [
    'Alembic or USD files',
    "os.makedirs(OUT, exist_ok=True); made = os.path.join(OUT, 'made.abc'); open(made, 'w').close(); bpy.ops.cachefile.open(filepath=made)\n",
  ],
  'Grease Pencil': [
    'Grease Pencil',
    "getattr(bpy.ops.object, 'grease_pencil_add' if bpy.app.version >= (4, 3, 0) else 'gpencil_add')(type='MONKEY')\n",
  ],
  Freestyle: ['Freestyle', 'render.use_freestyle = True\n'],
  'scripts of Open Shading Language': [
    'scripts of Open Shading Language',
    'scene.cycles.shading_system = True\n',
  ],
  'another scene in the sequencer': [
    'it shows other scenes',
    "strips(scene).new_scene(name='Other', scene=other_scene(), channel=1, frame_start=1)\n",
  ],
  'another scene in the compositor': [
    'it shows other scenes',
    'render_layers(compositor(scene)).scene = other_scene()\n',
  ],
  'files of the compositor': [
    'its compositor writes files of its own',
    "file_output(compositor(scene), '//passes')\n",
  ],
  Workbench: ['only Cycles can keep one', "render.engine = 'BLENDER_WORKBENCH'\n"],
};

test(
  'what comes out of a kept scene is what comes out of one that another Blender builds anew',
  LONG,
  async () => {
    const rig = await makeRig();
    const names = Object.keys(RIGHT);
    const blend = (name: string) => rig.path('scenes', `${name}.blend`);
    await makeBlends(names.map((name) => [blend(name), `${WORDS}${RIGHT[name]}`]));
    const [keeps, builds] = await Promise.all([rig.start(), rig.start()]);
    const wrong: string[] = [];
    for (const name of names) {
      const request = sceneRequest({ blend: blend(name) });
      const [{ builtAnew, format }] = await Promise.all([
        keeps.open(request, within()).then(value),
        builds.open(request, within()).then(value),
      ]);
      expect(builtAnew, name).toBeNull();
      for (const frame of FRAMES) {
        const [kept, built] = [rig.path('kept'), rig.path('built')];
        const order = { frame, threads: 1 };
        const keep = frame === 1 ? 'begin' : 'go-on';
        value(await keeps.render({ ...order, file: kept, keep }, within()));
        value(await builds.render({ ...order, file: built, keep: 'off' }, within()));
        if (!(await samePicture(kept, built, format))) wrong.push(`${name}, frame ${frame}`);
      }
    }
    expect(wrong).toEqual([]);
  },
);

test('what is known to come out wrong says so when it is opened', LONG, async () => {
  const rig = await makeRig();
  const names = Object.keys(OFF);
  const blend = (name: string) => rig.path('scenes', `${name}.blend`);
  await makeBlends(names.map((name) => [blend(name), `${WORDS}${OFF[name]?.[1]}`]));
  const worker = await rig.start();
  const told: Record<string, unknown> = {};
  for (const name of names) {
    const request = sceneRequest({ blend: blend(name), framesOnly: false });
    told[name] = value(await worker.open(request, within())).builtAnew;
  }
  expect(told).toEqual(Object.fromEntries(names.map((name) => [name, OFF[name]?.[0]])));
});

/** Six balls of many faces: Cycles takes far longer to have them than to render them. */
const HEAVY = `
cube.hide_render = True
keyed(camera, 'location', {1: (0, -7, 3), 12: (2, -7, 4)})
for at in range(6):
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=7, location=(at - 2.5, 0, 0))
    bumps = bpy.context.object.modifiers.new('Bumps', 'DISPLACE')
    bumps.texture, bumps.strength = bpy.data.textures.new('Clouds', 'CLOUDS'), 0.3
`;

test(
  'letting go of a scene frees it: what is built then is built from nothing, and kept from there',
  LONG,
  async () => {
    const rig = await makeRig();
    // The artist's own setting counts for nothing where we say how it is to be.
    const saved = `${WORDS}${HEAVY}render.use_persistent_data = True\n`;
    await makeBlends([[rig.path('heavy.blend'), saved]]);
    const worker = await rig.start();
    value(await worker.open(sceneRequest({ blend: rig.path('heavy.blend') }), within()));
    const prepared = async (frame: number, keep: 'begin' | 'go-on' | 'off') => {
      const request = { frame, threads: 2, file: rig.path(`${keep}-${frame}.png`), keep };
      return value(await worker.render(request, within())).preparedSeconds ?? Number.NaN;
    };
    const built = [await prepared(1, 'off'), await prepared(2, 'off'), await prepared(1, 'begin')];
    const kept = [await prepared(2, 'go-on')];
    built.push(await prepared(3, 'begin'));
    kept.push(await prepared(4, 'go-on'));
    built.push(await prepared(4, 'off'));
    expect(Math.max(...kept)).toBeLessThan(Math.min(...built));
    const again = samePicture(rig.path('go-on-4.png'), rig.path('off-4.png'), 'PNG');
    expect(await again).toBe(true);
  },
);

test(
  'a heavy shot keeps its scene by itself, and its pictures are those of a shot that never does',
  LONG,
  async () => {
    const rig = await makeEngine();
    await makeBlends([[`${rig.shots}/heavy.blend`, `${WORDS}${HEAVY}`]]);
    await rig.file('shots/kept.yaml', 'blend: heavy.blend\nframes: 1-12\n');
    await rig.file('shots/never.yaml', 'extends: kept.yaml\nrender: {keep_scene: off}\n');
    const watched = await rig.processor(REAL);
    expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
    expect(watched.job('never').keptScene).toBeUndefined();
    const { keptScene } = watched.job('kept');
    expect(keptScene).toMatchObject({ anew: null, unproved: [] });
    // Where few frames are left behind a comparison they are built anew, and there is none at the end.
    expect(keptScene?.checked).not.toEqual([]);
    expect(keptScene?.kept.frames).toBeGreaterThanOrEqual(4);
    const frames = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(4, '0'));
    const place = (shot: string, frame: string) => `${rig.out}/${shot}/${shot}_${frame}.png`;
    const same = frames.map((each) =>
      samePicture(place('kept', each), place('never', each), 'PNG'),
    );
    expect(await Promise.all(same)).toEqual(frames.map(() => true));
  },
);
