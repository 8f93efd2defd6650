import { expect, test } from 'vitest';
import { makeRig, sceneRequest, value, within } from '../blender/rig.ts';
import { fromKit, makeBlend } from '../helpers/make-blend.ts';

const PACKS = await fromKit<boolean>('packs_what_it_links()');
const TEMPLATES = await fromKit<string[]>('templates()');

test('packed libraries are not missing, and every node that writes files is found, in groups too', async () => {
  const rig = await makeRig();
  await makeBlend(rig.path('lib.blend'), `cube.name = 'Linked'`);
  const blend = await makeBlend(
    rig.path('a.blend'),
    `
with bpy.data.libraries.load(os.path.join(OUT, 'lib.blend'), link=True) as (there, here):
    here.objects = ['Linked']
scene.collection.objects.link(here.objects[0])
bpy.ops.wm.save_as_mainfile(filepath=os.path.join(OUT, 'a.blend'))
bpy.data.libraries[0].filepath = '//lib.blend'
bpy.ops.file.pack_libraries()
os.remove(os.path.join(OUT, 'lib.blend'))
tree = compositor(scene)
file_output(tree, '//passes', ['a_']).name = 'Outer'
file_output(nested(tree), '//passes', ['b_']).name = 'Inner'
`,
  );
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend }), within()));
  const found = value(await worker.inspect([1], within()));
  expect(found.filter(({ cause }) => cause === 'missing-file')).toEqual([]);
  expect(found.map(({ message }) => message).sort()).toEqual(
    ['Inner', 'Outer'].map((name) => expect.stringContaining(`"${name}" writes files of its own`)),
  );
});

test('a library that is linked, packed into the scene and gone from the disk is not missing', async () => {
  const rig = await makeRig();
  await makeBlend(rig.path('lib.blend'), `cube.name = 'Linked'`);
  const blend = await makeBlend(rig.path('a.blend'), LINKED);
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend }), within()));
  const gone = value(await worker.inspect([1], within())).filter(
    ({ cause }) => cause === 'missing-file',
  );
  // A Blender that can't pack what it links does miss it.
  expect(gone).toHaveLength(PACKS ? 0 : 1);
});

const LINKED = `
path = os.path.join(OUT, 'lib.blend')
scene.collection.objects.link(link_packed(path, 'Linked'))
os.remove(path)
`;

test('a library that is gone is missing, whatever is linked from it', async () => {
  const rig = await makeRig();
  await makeBlend(rig.path('lib.blend'), `bpy.data.volumes.new('Smoke').use_fake_user = True`);
  const blend = await makeBlend(
    rig.path('a.blend'),
    `
path = os.path.join(OUT, 'lib.blend')
with bpy.data.libraries.load(path, link=True) as (_, here):
    here.volumes = ['Smoke']
scene.collection.objects.link(bpy.data.objects.new('Smoke', here.volumes[0]))
os.remove(path)
`,
  );
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend }), within()));
  const found = value(await worker.inspect([1], within()));
  expect(found.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('lib.blend" is missing: what it holds will not be in the picture.'),
  );
});

test('two scenes that keep the templates of a new File Output node do not write the same files', async () => {
  const rig = await makeRig();
  const told: string[] = [];
  const worker = await rig.start();
  for (const name of ['one', 'two']) {
    const prefix = TEMPLATES.includes('blend_name') ? '{blend_name}_' : `${name}_`;
    const python = `file_output(compositor(scene), '//passes', [''], file_name='${prefix}')`;
    const blend = await makeBlend(rig.path(`${name}.blend`), python);
    told.push(...value(await worker.open(sceneRequest({ blend }), within())).otherFiles);
  }
  expect(told).toEqual(['one', 'two'].map((name) => rig.path(`passes/${name}_`)));
});
