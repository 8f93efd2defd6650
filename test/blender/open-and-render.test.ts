import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { makeRig, pixels, type Rig, sceneRequest, value, within } from './rig.ts';

const rendered = async (rig: Rig, wish: Parameters<typeof sceneRequest>[0], file: string) => {
  const worker = await rig.start({ trusted: true });
  value(await worker.open(sceneRequest(wish), within()));
  value(await worker.render({ frame: 2, threads: 2, file: rig.path(file) }, within()));
  await worker.close();
  return pixels(rig.path(file));
};

test('a warm worker that opens A, B, A, B makes the pixels of a fresh Blender, whatever scripts left behind', async () => {
  const rig = await makeRig();
  await writeFile(rig.path('helper.py'), 'COLOUR = (1, 0, 0, 1)');
  await writeFile(
    rig.path('messy.py'),
    `
import bpy, sys, os, helper
bpy.types.Object.is_messy = True
bpy.app.driver_namespace['messy'] = 1
bpy.context.scene.render.filepath = '/nowhere'
sys.path.append('/nowhere'); os.environ['MESSY'] = '1'
@bpy.app.handlers.persistent
def turn(scene, graph=None):
    for item in scene.objects:
        if item.type == 'MESH': item.location.x += 0.7
bpy.app.handlers.frame_change_pre.append(turn)
class MESSY_OT_op(bpy.types.Operator):
    bl_idname, bl_label = 'messy.op', 'Messy'
bpy.utils.register_class(MESSY_OT_op)
`,
  );
  await writeFile(
    rig.path('clean.py'),
    `
import bpy, sys, os
assert 'helper' not in sys.modules and '/nowhere' not in sys.path and 'MESSY' not in os.environ
assert 'messy' not in bpy.app.driver_namespace
assert not hasattr(bpy.types, 'MESSY_OT_op')
bpy.context.scene.objects['Cube'].scale.z = params['height']
`,
  );
  const blend = await makeBlend(rig.path('a.blend'));
  const a = { blend, script: rig.path('messy.py') };
  const b = { blend, script: rig.path('clean.py'), params: { height: 2 } };
  const fresh = { a: await rendered(rig, a, 'a.png'), b: await rendered(rig, b, 'b.png') };
  expect(fresh.a).not.toBe(fresh.b);

  const worker = await rig.start({ trusted: true });
  for (const [turn, name] of (['a', 'b', 'a', 'b'] as const).entries()) {
    value(await worker.open(sceneRequest(name === 'a' ? a : b), within()));
    const file = rig.path(`${turn}.png`);
    value(await worker.render({ frame: 2, threads: 1, file }, within()));
    expect(await pixels(file), `turn ${turn}`).toBe(fresh[name]);
  }
});

test('frames in any order, with any number of threads, are the frames that blender -f makes', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('a.blend'));
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend, render: { samples: 4 } }), within()));
  for (const [frame, threads] of [
    [3, 2],
    [1, 1],
    [2, 2],
  ] as const) {
    const answer = await worker.render({ frame, threads, file: rig.path(`${frame}.x`) }, within());
    const { seconds, cpuSeconds, memoryMb } = value(answer);
    expect(seconds).toBeGreaterThan(0);
    // Of all threads: the one that runs Python hardly computes while Cycles does.
    expect(cpuSeconds).toBeGreaterThan(0.005);
    expect(memoryMb).toBeGreaterThan(50);
  }
  const settings = 'import bpy; bpy.context.scene.cycles.samples = 4';
  const output = ['-o', rig.path('blender_#'), '-F', 'PNG', '-x', '1', '-f', '1..3'];
  await execa(BLENDER, [
    '-b',
    '-Y',
    '--factory-startup',
    blend,
    '--python-expr',
    settings,
    ...output,
  ]);
  for (const frame of [1, 2, 3]) {
    expect(await pixels(rig.path(`${frame}.x`))).toBe(
      await pixels(rig.path(`blender_${frame}.png`)),
    );
  }
  expect(rig.samples.at(-1)).toMatchObject({ frame: 2, done: 4, total: 4 });
});

test('opening tells what the frames will be, overrides and cropping applied', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(
    rig.path('a.blend'),
    `
render.fps, render.fps_base = 30, 1.001
scene.frame_step = 2
render.filepath = '//renders/look_####.png'
render.use_border = render.use_crop_to_border = True
render.border_min_x, render.border_max_x, render.border_min_y, render.border_max_y = 0.1, 0.73, 0.21, 0.9
bpy.ops.scene.new(type='LINK_COPY')
other = bpy.context.scene; other.name = 'Other'
other.view_layers.new('beauty')
`,
  );
  const worker = await rig.start();
  const render = { width: 101, height: 57, percentage: 75, samples: 3, engine: 'cycles' } as const;
  const wish = { blend, scene: 'Other', viewLayers: ['beauty'], camera: 'Camera', render };
  const facts = value(
    await worker.open(sceneRequest({ ...wish, format: 'OPEN_EXR', colorDepth: 32 }), within()),
  );
  expect(facts).toMatchObject({
    scene: 'Other',
    frameStart: 1,
    frameEnd: 3,
    frameStep: 2,
    engine: 'CYCLES',
    format: 'OPEN_EXR',
    extension: '.exr',
    samples: 3,
    camera: 'Camera',
    movie: null,
    savedOutput: { directory: rig.path('renders'), pattern: 'look_####' },
    settings: {
      ...{ scene: 'Other', camera: 'Camera', viewLayers: ['beauty'], samples: 3 },
      ...{ percentage: 75, denoise: false, colorDepth: 32 },
    },
  });
  expect(facts.fps).toBeCloseTo(29.97, 2);
  value(await worker.open(sceneRequest({ ...wish, format: 'PNG' }), within()));
  value(await worker.render({ frame: 1, threads: 1, file: rig.path('x.png') }, within()));
  const { width, height } = await sharp(rig.path('x.png')).metadata();
  expect({ width, height }).toEqual({ width: facts.width, height: facts.height });
});

test('every format that we can prove is written under exactly the staging name', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('a.blend'));
  const worker = await rig.start();
  const starts = {
    PNG: '89504e47',
    OPEN_EXR: '762f3101',
    OPEN_EXR_MULTILAYER: '762f3101',
    JPEG: 'ffd8ff',
    TIFF: '49492a00',
    WEBP: '52494646',
  } as const;
  for (const format of Object.keys(starts) as (keyof typeof starts)[]) {
    const facts = value(await worker.open(sceneRequest({ blend, format }), within()));
    expect(facts.format).toBe(format);
    // Blender must neither fill in the #, nor add its own extension, nor read {} as a template.
    const file = rig.path(`${format} {x} #1 ü.part`);
    value(await worker.render({ frame: 1, threads: 2, file }, within()));
    const head = (await readFile(file)).subarray(0, 4).toString('hex');
    expect(head.startsWith(starts[format]), format).toBe(true);
  }
});

test('a script builds a scene out of nothing, with its params as names and as arguments', async () => {
  const rig = await makeRig();
  await writeFile(
    rig.path('build.py'),
    `
import bpy, sys, argparse, os
parser = argparse.ArgumentParser()
parser.add_argument('--subject')
parser.add_argument('--size', type=float)
asked = parser.parse_args(sys.argv[sys.argv.index('--') + 1:])
assert (asked.subject, asked.size) == (params['subject'], params['size']) == ('knob_a', 1.5)
assert PARAMS is params and os.path.basename(__file__) == 'build.py' and __name__ == '__main__'
print('printed by the script')
scene = bpy.context.scene
assert len(scene.objects) == 0
scene.render.engine = 'BLENDER_WORKBENCH'
camera = bpy.data.objects.new(params['subject'], bpy.data.cameras.new('c'))
scene.collection.objects.link(camera)
scene.camera = camera
`,
  );
  const worker = await rig.start({ trusted: true });
  const params = { subject: 'knob_a', size: 1.5 };
  const wish = { script: rig.path('build.py'), params, render: { width: 32, height: 32 } };
  const facts = value(await worker.open(sceneRequest(wish), within()));
  expect(facts).toMatchObject({ camera: 'knob_a', width: 32, engine: 'BLENDER_WORKBENCH' });
  expect(rig.log).toContain('printed by the script');
});

test('a script that touches materials leaves a Blender that can still open the next shot', async () => {
  const rig = await makeRig();
  await writeFile(
    rig.path('shade.py'),
    `
import bpy
material = bpy.data.materials.new('Petal')
material.use_nodes = True
material.node_tree.nodes['Principled BSDF'].inputs['Roughness'].default_value = 0.5
material.node_tree.nodes.new('ShaderNodeObjectInfo')
bpy.context.scene.camera = bpy.data.objects.new('Cam', bpy.data.cameras.new('Cam'))
`,
  );
  const worker = await rig.start({ trusted: true });
  const wish = { script: rig.path('shade.py') };
  value(await worker.open(sceneRequest(wish), within()));
  value(await worker.open(sceneRequest(wish), within()));
});

test('cameras bound by markers and handlers of the scene act as in a Blender that renders the frame alone', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(
    rig.path('a.blend'),
    `
scene.camera = None
scene.timeline_markers.new('cut', frame=2).camera = camera
other = camera.copy(); scene.collection.objects.link(other); other.location.x = 1
scene.timeline_markers.new('cut', frame=3).camera = other
text = bpy.data.texts.new('handlers.py'); text.use_module = True
text.write('''
import bpy
seen = []
@bpy.app.handlers.persistent
def grow(scene, graph):
    seen.append(scene.frame_current)
    scene.objects['Cube'].scale.x += 0.2
bpy.app.handlers.frame_change_pre.append(grow)
''')
`,
  );
  for (const frame of [1, 3]) {
    const worker = await rig.start({ trusted: true });
    const facts = value(await worker.open(sceneRequest({ blend }), within()));
    expect(facts.camera).toBe('Camera');
    expect(facts.settings?.cameras).toEqual([
      { from: 2, camera: 'Camera' },
      { from: 3, camera: 'Camera.001' },
    ]);
    value(await worker.render({ frame, threads: 1, file: rig.path(`${frame}.x`) }, within()));
    await execa(BLENDER, [
      ...['-b', '-y', '--factory-startup', blend, '-o', rig.path('blender_#')],
      ...['-F', 'PNG', '-x', '1', '-f', String(frame)],
    ]);
    expect(await pixels(rig.path(`${frame}.x`)), `frame ${frame}`).toBe(
      await pixels(rig.path(`blender_${frame}.png`)),
    );
  }
});
