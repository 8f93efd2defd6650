import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { BlenderWorker, SceneRequest } from '../../electron/blender/types.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { makeRig, pixels, type Rig, sceneRequest, value, within } from './rig.ts';

const NODES = `
import bpy
made = bpy.data.materials.new('Made')
made.use_nodes = True
tree = made.node_tree
info = tree.nodes.new('ShaderNodeObjectInfo')
tree.links.new(info.outputs['Color'], tree.nodes['Principled BSDF'].inputs['Base Color'])
cube = bpy.data.objects['Cube']
cube.color = params['colour']
cube.data.materials.append(made)
cube.keyframe_insert('location', frame=1)
`;

const REGISTERS = `
import bpy, sys, addon_utils, gpu.types
class Inner(bpy.types.PropertyGroup):
    size: bpy.props.FloatProperty()
class Outer(bpy.types.PropertyGroup):
    inner: bpy.props.PointerProperty(type=Inner)
    many: bpy.props.CollectionProperty(type=Inner)
class SHOT_OT_again(bpy.types.Operator):
    bl_idname, bl_label = 'shot.again', 'Registered twice'
FIRST = SHOT_OT_again
bpy.utils.register_class(FIRST)
class SHOT_OT_again(bpy.types.Operator):
    bl_idname, bl_label = 'shot.again', 'Registered twice'
class ShotTree(bpy.types.NodeTree):
    bl_idname, bl_label, bl_icon = 'ShotTree', 'Shot', 'NONE'
class ShotNode(bpy.types.Node):
    bl_idname, bl_label = 'ShotNode', 'Shot'
for cls in (Inner, Outer, SHOT_OT_again, ShotTree, ShotNode):
    bpy.utils.register_class(cls)
bpy.types.Scene.shot = bpy.props.PointerProperty(type=Outer)
bpy.types.WindowManager.shot = bpy.props.PointerProperty(type=Outer)
bpy.types.ID.shot_number = bpy.props.IntProperty(default=7)
bpy.types.TimelineMarker.shot = bpy.props.PointerProperty(type=Inner)
bpy.context.scene.shot.many.add().size = 2
bpy.context.window_manager.shot.inner.size = 3
bpy.data.node_groups.new('Shot', 'ShotTree').nodes.new('ShotNode')
bpy.app.driver_namespace['shot'] = lambda: bpy.context.scene.shot
addon_utils.enable('node_wrangler', default_set=True)
addon_utils.disable('io_anim_bvh', default_set=True)
bpy.context.preferences.edit.keyframe_new_interpolation_type = 'CONSTANT'
bpy.app.handlers.load_post.append(lambda *_: bpy.context.scene.shot)
`;

const LOOKS = `
import bpy, addon_utils
from gpu.types import Buffer
from bmesh.types import BMesh
assert not hasattr(bpy.types, 'SHOT_OT_again') and not hasattr(bpy.types, 'ShotTree')
for kind in ('Scene', 'WindowManager', 'Object', 'TimelineMarker'):
    names = getattr(bpy.types, kind).bl_rna.properties.keys()
    assert 'shot' not in names and 'shot_number' not in names, kind
assert 'shot' not in bpy.context.window_manager
assert addon_utils.check('node_wrangler') == (False, False)
assert addon_utils.check('io_anim_bvh') == (True, True)
bpy.ops.import_anim.bvh.get_rna_type()
assert bpy.data.objects['Sun'].data.cycles.max_bounces > 0
assert bpy.context.preferences.edit.keyframe_new_interpolation_type == 'BEZIER'
bpy.context.scene.copy()
`;

/** A studio's own start-up script: a shot says which look it wants, and what it makes of that goes by the environment. */
const STUDIO = `
import bpy, os
@bpy.app.handlers.persistent
def looks(*_):
    scene = bpy.context.scene
    if 'look' in scene:
        os.environ['STUDIO_LOOK'] = scene['look']
    scene.view_settings.exposure = float(os.environ.get('STUDIO_LOOK', '0'))
def register():
    bpy.app.handlers.load_post.append(looks)
`;

test('a warm worker opens shots whose scripts make nodes, again and again, and loses nothing of Blender', async () => {
  const rig = await makeRig();
  await writeFile(rig.path('nodes.py'), NODES);
  const script = rig.path('nodes.py');
  const blend = await makeBlend(rig.path('a.blend'));
  const red = sceneRequest({ blend, script, params: { colour: [1, 0, 0, 1] } });
  const blue = sceneRequest({ blend, script, params: { colour: [0, 0, 1, 1] } });
  const plain = sceneRequest({ blend });
  const worker = await rig.start({ trusted: true });
  const seen = new Map<object, string>();
  for (let turn = 0; turn < 10; turn++) {
    for (const shot of [red, blue, plain]) {
      value(await worker.open(shot, within()));
      if (turn % 9 > 0) continue;
      value(await worker.render({ frame: 1, threads: 2, file: rig.path('x.png') }, within()));
      const now = await pixels(rig.path('x.png'));
      expect(now, `turn ${turn}`).toBe(seen.get(shot) ?? now);
      seen.set(shot, now);
    }
  }
  expect(new Set(seen.values()).size).toBe(3);
});

test('what a script registers is gone before the next file is loaded, and nothing that was there went with it', async () => {
  const rig = await makeRig();
  await writeFile(rig.path('registers.py'), REGISTERS);
  await writeFile(rig.path('looks.py'), LOOKS);
  const blend = await makeBlend(rig.path('a.blend'));
  const worker = await rig.start({ trusted: true });
  for (let turn = 0; turn < 10; turn++) {
    const script = rig.path('registers.py');
    value(await worker.open(sceneRequest({ blend, script }), within()));
    value(await worker.open(sceneRequest({ blend, script: rig.path('looks.py') }), within()));
  }
  expect(rig.log.filter((line) => line.includes('stays behind'))).toEqual([]);
  expect(worker.clean, 'a fresh Blender is not needed').toBe(true);
});

test.each(["an artist's own add-ons", 'scripts that a studio put among those of Blender'])(
  'what %s make of an untrusted shot is gone before the second one',
  async (whose) => {
    const rig = await makeRig();
    const startup = whose.startsWith('an artist') ? await usersStartup(rig) : await ownStartup(rig);
    await writeFile(join(startup, 'studio.py'), STUDIO);
    onTestFinished(() => void vi.unstubAllEnvs());
    const plain = sceneRequest({ blend: await makeBlend(rig.path('plain.blend')) });
    const look = "scene['look'] = '3'";
    const bright = sceneRequest({ blend: await makeBlend(rig.path('bright.blend'), look) });
    const shown = async (worker: BlenderWorker, shot: SceneRequest) => {
      value(await worker.open(shot, within()));
      value(await worker.render({ frame: 1, threads: 2, file: rig.path('x.png') }, within()));
      return pixels(rig.path('x.png'));
    };
    const alone = await shown(await rig.start({ factoryStartup: false }), plain);
    const worker = await rig.start({ factoryStartup: false });
    expect((await shown(worker, bright)) === alone, 'it looks as it was asked to').toBe(false);
    expect((await shown(worker, plain)) === alone, 'the same pixels as alone').toBe(true);
  },
);

test('a warm worker opens its second shot also where its runner was taken away meanwhile', async () => {
  const rig = await makeRig();
  const shot = sceneRequest({ blend: await makeBlend(rig.path('a.blend')) });
  const worker = await rig.start({ runners: rig.path('runner') });
  value(await worker.open(shot, within()));
  await rm(rig.path('runner'), { recursive: true });
  value(await worker.open(shot, within()));
});

async function usersStartup(rig: Rig): Promise<string> {
  vi.stubEnv('BLENDER_USER_SCRIPTS', rig.path('scripts'));
  await mkdir(rig.path('scripts/startup'), { recursive: true });
  return rig.path('scripts/startup');
}

/** The `scripts/startup` of an installed Blender, as links. */
async function ownStartup(rig: Rig): Promise<string> {
  const python = "import bpy; print('AT', bpy.utils.resource_path('SYSTEM'), sep='=')";
  const { stdout } = await execa(BLENDER, ['-b', '--factory-startup', '--python-expr', python]);
  const [, installed = ''] = /^AT=(.*)$/m.exec(stdout) ?? [];
  const startup = rig.path('resources/scripts/startup');
  await mkdir(startup, { recursive: true });
  for (const folder of ['', 'scripts', 'scripts/startup']) {
    for (const name of await readdir(join(installed, folder))) {
      const link = join(rig.path('resources'), folder, name);
      await symlink(join(installed, folder, name), link).catch(() => undefined);
    }
  }
  vi.stubEnv('BLENDER_SYSTEM_RESOURCES', rig.path('resources'));
  return startup;
}
