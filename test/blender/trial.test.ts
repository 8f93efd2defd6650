import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeBlend } from '../helpers/make-blend.ts';
import { makeRig, pixels, sceneRequest, value, within } from './rig.ts';

test('a trial renders fewer pixels, and the frame after it is as if there had been none', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('a.blend'));
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend, render: { percentage: 50 } }), within()));
  const order = { frame: 2, threads: 1 };
  value(await worker.render({ ...order, file: rig.path('before.png') }, within()));
  const tried = value(
    await worker.render({ ...order, file: rig.path('tried.png'), share: 0.5 }, within()),
  );
  expect(tried.pixels).toBe(16 * 9);
  expect(await pixels(rig.path('tried.png'))).toMatch(/^16x9x/);
  const after = value(await worker.render({ ...order, file: rig.path('after.png') }, within()));
  expect(after.pixels ?? null).toBeNull();
  expect(await pixels(rig.path('after.png'))).toBe(await pixels(rig.path('before.png')));
});

const OUTPUT_NODE = `
tree = compositor(scene)
file_output(tree, os.path.join(OUT, 'passes'))
`;

/** A switch may be animated with the rest of the tree, so that muting it would not hold. */
const ANIMATED = `
value = tree.nodes.new('CompositorNodeValue' if hasattr(bpy.types, 'CompositorNodeValue') else 'ShaderNodeValue')
value.outputs[0].keyframe_insert('default_value', frame=1)
`;

test.each([
  ['written by the compositor', ''],
  ['of a compositor that is animated', ANIMATED],
])('a trial writes none of the files %s beside the frame', async (_which, more) => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('scene/a.blend'), OUTPUT_NODE + more);
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend }), within()));
  const order = { frame: 2, threads: 1 };
  value(await worker.render({ ...order, file: rig.path('tried.png'), share: 0.5 }, within()));
  expect(await readdir(rig.path('scene'))).toEqual(['a.blend']);
  // It is the trial alone that leaves them out.
  value(await worker.render({ ...order, file: rig.path('whole.png') }, within()));
  expect(await readdir(rig.path('scene'))).toContain('passes');
});
