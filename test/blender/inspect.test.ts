import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeBlend } from '../helpers/make-blend.ts';
import { makeRig, sceneRequest, value, within } from './rig.ts';

test('a scene with nothing wrong has no findings', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('a.blend'));
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend }), within()));
  expect(value(await worker.inspect([1], within()))).toEqual([]);
});

test('everything that is missing is found, with the names of what needs it', async () => {
  const rig = await makeRig();
  await makeBlend(rig.path('lib.blend'), "cube.name = 'Linked'");
  const blend = await makeBlend(
    rig.path('a.blend'),
    `
with bpy.data.libraries.load(os.path.join(OUT, 'lib.blend'), link=True) as (source, wanted):
    wanted.objects = ['Linked']
scene.collection.objects.link(bpy.data.objects['Linked'])

def material(name, path, source='FILE'):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    node = made.node_tree.nodes.new('ShaderNodeTexImage')
    image = bpy.data.images.new(os.path.basename(path), 4, 4)
    image.source = source
    image.filepath = os.path.join(OUT, path)
    node.image = image
    cube.data.materials.append(made)
    return image
material('Wood', 'wood.png')
material('Skin', 'skin.<UDIM>.png', 'TILED')
packed = material('Packed', '', 'GENERATED'); packed.pack(); packed.filepath = '//packed.png'

text = bpy.data.objects.new('Title', bpy.data.curves.new('Title', 'FONT'))
scene.collection.objects.link(text)

volume = bpy.data.volumes.new('Smoke'); volume.filepath = os.path.join(OUT, 'smoke.vdb')
scene.collection.objects.link(bpy.data.objects.new('Smoke', volume))
cube.modifiers.new('Wind', 'CLOTH')
bpy.context.view_layer.objects.active = cube
`,
  );
  await rm(rig.path('lib.blend'));
  const worker = await rig.start();
  const before = rig.log.length;
  const facts = value(await worker.open(sceneRequest({ blend }), within()));
  const findings = value(await worker.inspect([1], within()));
  expect(facts.simulation).toMatchObject({ first: 1, bakeable: true });
  const said = findings.map((one) => `${one.severity} ${one.cause}: ${one.message}`);
  const all = said.join('\n');
  expect(all).toMatch(/error missing-file: The linked library ".*lib\.blend" is missing/);
  expect(all).toMatch(/error missing-file: The image ".*wood\.png", used by "Wood", is missing/);
  expect(all).toMatch(/skin\.<UDIM>\.png", used by "Skin", is missing/);
  expect(all).toMatch(/The volume ".*smoke\.vdb" is missing/);
  expect(all).toMatch(
    /warning simulation-not-baked: "Wind" of the object "Cube" is not baked: the frames are rendered by one worker in order/,
  );
  expect(all).not.toMatch(/packed\.png/);
  expect(rig.log.slice(before).join('\n')).not.toMatch(/Traceback/);
  for (const { message } of findings) expect(message).toMatch(/\.$/);
});

test('Python that was not allowed to run is found', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(
    rig.path('a.blend'),
    "text = bpy.data.texts.new('auto.py'); text.use_module = True; text.write('x = 1')",
  );
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend }), within()));
  const findings = value(await worker.inspect([1], within()));
  expect(findings).toMatchObject([{ severity: 'warning', cause: 'not-trusted' }]);
});
