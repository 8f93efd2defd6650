import { execa } from 'execa';
import { expect, test } from 'vitest';
import { failed, makeRig, pixels, sceneRequest, value, within } from '../blender/rig.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';

/** Noisy: one sample of a light that is seldom hit, so that a denoiser has something to do. */
const NOISY = `
scene.cycles.samples = 2
scene.cycles.use_denoising = True
world = bpy.data.worlds.new('World')
scene.world = world
bpy.data.lights['Sun'].angle = 1.2
`;

test('denoised frames have the same pixels from a warm Blender and a fresh one; without a denoiser the shot is refused before it renders', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('noisy.blend'), NOISY);
  const other = await makeBlend(rig.path('other.blend'), `${NOISY}cube.scale.x = 3`);
  const worker = await rig.start();
  const opened = await worker.open(sceneRequest({ blend }), within());

  if (!(await hasDenoiser())) {
    const failure = failed(opened);
    expect(failure.cause).toBe('denoiser-not-available');
    expect(failure.nextStep).toMatch(/denoise: false/);
    // What it recommends helps, in the same Blender.
    const plain = sceneRequest({ blend, render: { denoise: false } });
    value(await worker.open(plain, within()));
    value(await worker.render({ frame: 1, threads: 2, file: rig.path('plain.png') }, within()));
    expect(await pixels(rig.path('plain.png'))).toMatch(/^64x36/);
    return;
  }

  value(opened);
  expect(value(await worker.inspect([1], within()))).toEqual([]);
  const fresh = await frame(worker, 'fresh.png');
  // Another scene between, and other threads: what the denoiser keeps must not show.
  value(await worker.open(sceneRequest({ blend: other }), within()));
  expect(await frame(worker, 'other.png')).not.toBe(fresh);
  value(await worker.open(sceneRequest({ blend }), within()));
  expect(await frame(worker, 'warm.png', 1)).toBe(fresh);
  const second = await rig.start();
  value(await second.open(sceneRequest({ blend }), within()));
  expect(await frame(second, 'second.png')).toBe(fresh);

  value(await worker.open(sceneRequest({ blend, render: { denoise: false } }), within()));
  expect(await frame(worker, 'noisy.png')).not.toBe(fresh);

  async function frame(by: typeof worker, name: string, threads = 2): Promise<string> {
    value(await by.render({ frame: 2, threads, file: rig.path(name) }, within()));
    return pixels(rig.path(name));
  }
});

/** Asked of Cycles itself, past all that is ours. */
async function hasDenoiser(): Promise<boolean> {
  const ask = 'import _cycles; print("denoiser:", _cycles.with_openimagedenoise)';
  const { stdout } = await execa(BLENDER, ['-b', '--factory-startup', '--python-expr', ask]);
  const said = /^denoiser: (True|False)$/m.exec(stdout)?.[1];
  expect(said, 'Cycles says whether it has a denoiser').toBeDefined();
  return said === 'True';
}
