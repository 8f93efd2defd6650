import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { blenderVersion, makeBlend } from '../helpers/make-blend.ts';
import { makeRig, pixels, sceneRequest, value, within } from './rig.ts';

const WRITES_A_MASK = `
file_output(compositor(scene), os.path.join(OUT, 'passes'), ['mask_'])
`;

test.each([
  [true, 'mask_0002.png'],
  // Since 5.0 a node's files have theirs in any case.
  [false, Number.parseInt(await blenderVersion(), 10) < 5 ? 'mask_0002' : 'mask_0002.png'],
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
