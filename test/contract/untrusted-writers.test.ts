import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';
import { BatchProcessor, createBatchFromDirectory } from '../../electron/engine/index.ts';
import { makeRig, sceneRequest, value, within } from '../blender/rig.ts';
import { makeEngine, REAL } from '../engine/rig.ts';
import { fromKit, makeBlend, makeBlends } from '../helpers/make-blend.ts';

/** Where none is known, what is in braces is a part of the name. */
const TEMPLATES = await fromKit<string[]>('templates()');

/** Each writes beside the folder of the shots if nobody stops it, or where nobody can say. */
const WRITERS: Readonly<Record<string, string>> = {
  'up-from-the-scene': node('//../elsewhere', ''),
  'the-whole-path': `file_output(compositor(scene), os.path.join(os.path.dirname(OUT), 'elsewhere'), [''])`,
  'in-an-item': node('//', '../elsewhere/x'),
  layers: `multilayer_output(compositor(scene), '//../elsewhere', 'all_')`,
  'in-a-group': `file_output(nested(compositor(scene)), '//../elsewhere', ['x_'])`,
};

const WITH_TEMPLATES: Readonly<Record<string, string>> = {
  'template-in-the-folder': node('{blend_dir}/../elsewhere', 'x_'),
  'template-after-slashes': node('//{blend_name}/../../elsewhere', 'x_'),
  'template-in-the-name': `file_output(compositor(scene), '//', ['x_'], file_name='../{scene_name}/../elsewhere/')`,
  'template-in-layers': `multilayer_output(compositor(scene), '{blend_dir}/..', '{blend_name}/../elsewhere/')`,
  'unknown-template': node('//{who}/../elsewhere', 'x_'),
  'unclosed-template': node('//{blend_dir', 'x_'),
};

/** As Python: the folder and the one item of a node. */
function node(folder: string, item: string): string {
  return `file_output(compositor(scene), ${JSON.stringify(folder)}, [${JSON.stringify(item)}])`;
}

const started = process.cwd();
afterEach(() => process.chdir(started));

test('no writer of an untrusted scene gets out of its folder, wherever Nightshift was started', async () => {
  const rig = await makeEngine();
  await rig.file('elsewhere/mine.txt', 'mine');
  await rig.file('shots/defaults.yaml', 'frames: 1');
  const writers = TEMPLATES.length > 0 ? { ...WRITERS, ...WITH_TEMPLATES } : WRITERS;
  await makeBlends(
    Object.entries(writers).map(([name, python]) => [join(rig.shots, `${name}.blend`), python]),
  );
  const inner = join(rig.folder, 'deep/er');
  await mkdir(inner, { recursive: true });
  const before = await everything(rig.folder);

  const seen = new Set<string>();
  for (const cwd of [rig.shots, inner, started]) {
    process.chdir(cwd);
    const worker = await (await makeRig()).start();
    const places = [];
    for (const name of Object.keys(writers)) {
      const opened = await worker.open(
        sceneRequest({ blend: join(rig.shots, `${name}.blend`) }),
        within(),
      );
      places.push([name, opened.ok ? opened.value.otherOutputs : opened.failure.message]);
    }
    seen.add(JSON.stringify(places));
  }
  expect(seen.size).toBe(1);

  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  const config = { ...REAL, workers: 1, maxRetries: 0 };
  const processor = new BatchProcessor(batch, { config, dataDirectory: rig.data });
  await processor.processBatch();
  await processor.close();
  for (const { name, error } of processor.jobs) {
    // Some Blenders make a way up in an item's name harmless themselves.
    if (name !== 'in-an-item' || error) expect([name, error?.cause]).toEqual([name, 'not-trusted']);
  }
  const unknown = processor.jobs.find(({ name }) => name === 'unknown-template');
  if (unknown) expect(unknown.error?.message).toContain("'{who}'");
  const outside = (names: readonly string[]) => names.filter((name) => !/^shots\/_\./.test(name));
  expect(outside(await everything(rig.folder))).toEqual(before);
}, 240_000);

test.runIf(TEMPLATES.includes('camera_name'))(
  'what is in braces is filled in as Blender does: such files are known, and go where they may without trust',
  async () => {
    const rig = await makeRig();
    const inside = `
scene.name = 'Day: one'
n = file_output(compositor(scene), '//passes/{scene_name}', ['{node_name}_', 'sub/x', '{{kept}}_##_'])
n.name = 'a/b'
if not hasattr(n, 'base_path'): n.file_name = '{blend_name}-{resolution_x:####}-{fps:.##}-'
multilayer_output(compositor(scene), '{blend_dir}/layers', '{camera_name}')
`;
    const blend = await makeBlend(rig.path('shots/my.shot.blend'), inside);
    const worker = await rig.start();
    const facts = value(await worker.open(sceneRequest({ blend }), within()));
    const file = rig.path('f.part');
    value(await worker.render({ frame: 2, threads: 1, file }, within()));
    const written = (await everything(rig.path('shots')))
      .filter((name) => /\.(png|exr)$/.test(name))
      .map((name) => rig.path('shots', name));
    expect(written).toHaveLength(4);
    const told = facts.otherFiles.map((stem) =>
      stem.includes('#') ? stem.replace('##', '02') : `${stem}0002`,
    );
    expect(written.map((name) => name.replace(/\.\w+$/, ''))).toEqual([...told].sort());
    expect(written.map((name) => name.slice(rig.path('shots').length))).toEqual([
      '/layers/Camera0002.exr',
      '/passes/Day_ one/my.shot-0064-24.00-a_b_0002.png',
      '/passes/Day_ one/my.shot-0064-24.00-sub/x0002.png',
      '/passes/Day_ one/my.shot-0064-24.00-{kept}_02_.png',
    ]);
    for (const name of written)
      expect(facts.otherOutputs.some((folder) => name.startsWith(folder))).toBe(true);
  },
);

test('caches of textures and of results are not written without trust, and are told with it', async () => {
  const rig = await makeRig();
  await mkdir(rig.path('textures'));
  const picture = rig.path('textures/wall.png');
  await sharp({ create: { width: 128, height: 128, channels: 3, background: 'red' } }).toFile(
    picture,
  );
  const blend = await makeBlend(
    rig.path('shots/a.blend'),
    `
image = bpy.data.images.load(os.path.join(OUT, '../textures/wall.png'))
material = bpy.data.materials.new('Wall')
material.use_nodes = True
texture = material.node_tree.nodes.new('ShaderNodeTexImage')
texture.image = image
shader = next(node for node in material.node_tree.nodes if node.type == 'BSDF_PRINCIPLED')
material.node_tree.links.new(texture.outputs[0], shader.inputs[0])
cube.data.materials.append(material)
for name in ('use_texture_cache', 'use_auto_generate_texture_cache', 'use_render_cache'):
    if hasattr(render, name): setattr(render, name, True)
`,
  );
  const before = await everything(rig.folder);
  const careful = await rig.start();
  const facts = value(await careful.open(sceneRequest({ blend }), within()));
  value(await careful.render({ frame: 1, threads: 1, file: rig.path('f.part') }, within()));
  await careful.close();
  const made = (await everything(rig.folder)).filter((name) => !before.includes(name));
  expect(made.filter((name) => !name.startsWith('worker-'))).toEqual(['f.part']);
  expect(made.filter((name) => /\.(tx|exr)$/.test(name))).toEqual([]);
  expect(facts.otherOutputs).toEqual([]);

  const trusting = await rig.start({ trusted: true });
  const told = value(await trusting.open(sceneRequest({ blend }), within()));
  value(await trusting.render({ frame: 1, threads: 1, file: rig.path('f.part') }, within()));
  const tiles = (await everything(rig.path('textures'))).filter((name) => name.endsWith('.tx'));
  expect(tiles.map((name) => rig.path('textures', name, '..'))).toEqual(told.otherOutputs);
});

/** Each keeps what it simulates on disk, in a folder beside the .blend, unless it is put elsewhere. */
const ON_DISK = {
  paint: `
bpy.ops.mesh.primitive_grid_add(size=6)
bpy.context.object.modifiers.new('Paint', 'DYNAMIC_PAINT').ui_type = 'CANVAS'
bpy.ops.dpaint.type_toggle(type='CANVAS')
`,
  cloth: `
sheet = cube.modifiers.new('Sheet', 'CLOTH')
# Only what is saved may be cached on disk.
bpy.ops.wm.save_as_mainfile(filepath=os.path.join(OUT, 'cloth.blend'))
sheet.point_cache.use_disk_cache = True
`,
  rigid: `
bpy.context.view_layer.objects.active = cube
bpy.ops.rigidbody.object_add()
bpy.ops.wm.save_as_mainfile(filepath=os.path.join(OUT, 'rigid.blend'))
# Without a name Blender itself crashes here.
scene.rigidbody_world.point_cache.name = 'world'
scene.rigidbody_world.point_cache.use_disk_cache = True
`,
};

test('what a scene simulates is not written beside it, neither when it is opened nor when a frame is rendered', async () => {
  const rig = await makeRig();
  const kinds = Object.entries(ON_DISK);
  await makeBlends(kinds.map(([kind, python]) => [rig.path(`scenes/${kind}.blend`), python]));
  const before = await everything(rig.path('scenes'));
  expect(before).toEqual(kinds.map(([kind]) => `${kind}.blend`).sort());
  const worker = await rig.start();
  for (const [kind] of kinds) {
    const blend = rig.path(`scenes/${kind}.blend`);
    const facts = value(await worker.open(sceneRequest({ blend }), within()));
    expect([kind, facts.simulation]).toMatchObject([kind, { first: 1 }]);
    expect([kind, facts.otherOutputs]).toEqual([kind, []]);
    value(await worker.runUp(2, within()));
    value(await worker.render({ frame: 2, threads: 1, file: rig.path('f.part') }, within()));
    expect(await everything(rig.path('scenes')), kind).toEqual(before);
  }
});

async function everything(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => !/^(data|out)(\/|$)/.test(name)).sort();
}
