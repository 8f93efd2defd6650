import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeBlend } from '../helpers/make-blend.ts';
import { makeRig, pixels, sceneRequest, value, within } from './rig.ts';

const WRITES_A_MASK = `
scene.use_nodes = True
tree = scene.node_tree
layers = next(node for node in tree.nodes if node.type == 'R_LAYERS')
out = tree.nodes.new('CompositorNodeOutputFile')
out.base_path = os.path.join(OUT, 'passes')
out.file_slots[0].path = 'mask_'
tree.links.new(layers.outputs['Image'], out.inputs[0])
`;

test.each([
  [true, 'mask_0002.png'],
  [false, 'mask_0002'],
] as const)(
  'files that the compositor writes have their ending if the scene says so (%s), and the frame lies where it was asked for',
  async (extension, name) => {
    const rig = await makeRig();
    const says = `render.use_file_extension = ${extension ? 'True' : 'False'}\n`;
    const blend = await makeBlend(rig.path('a.blend'), WRITES_A_MASK + says);
    const worker = await rig.start({ trusted: true });
    value(await worker.open(sceneRequest({ blend }), within()));
    const file = rig.path('hero-2.part');
    value(await worker.render({ frame: 2, threads: 1, file }, within()));
    expect(await pixels(file)).toMatch(/^64x36/);
    expect(await readdir(rig.path('passes'))).toEqual([name]);
    expect((await readdir(rig.folder)).filter((entry) => entry.startsWith('hero'))).toEqual([
      'hero-2.part',
    ]);
  },
);
