import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { openjd } from '../../build/setup/openjd.mjs';
import { events, makeCli, ofType } from '../cli/rig.ts';
import { pixels } from '../engine/rig.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';

const SHOT = `blend: ../scenes/turn.blend
frames: 1-3
render: {resolution: [48, 32], samples: 2, engine: cycles}
output: {format: PNG, color_depth: 16}
`;

test('Open Job Description’s own program takes the template, and a task of it renders the frames that we do', async () => {
  const cli = await makeCli();
  await makeBlend(join(cli.folder, 'scenes/turn.blend'));
  await cli.file('shots/turn.yaml', SHOT);
  const bundle = join(cli.folder, 'bundle');
  const template = join(bundle, 'template.yaml');
  const exported = await cli.run(
    ...['export', 'shots', '--openjd', '--chunk', '2', '--out', template],
    ...['-o', join(cli.folder, 'farm'), '--blender', BLENDER],
  );
  expect(exported.code, exported.err).toBe(0);
  expect((await readdir(bundle)).sort()).toEqual([
    'asset_references.yaml',
    'parameter_values.yaml',
    'template.yaml',
  ]);

  const checked = await execa(openjd, ['check', template], { reject: false });
  expect(checked.exitCode, `${checked.stdout}${checked.stderr}`).toBe(0);
  const given = [`Project=${join(cli.folder, 'scenes')}`, `OutputDir=${join(cli.folder, 'farm')}`];
  const ran = await execa(
    openjd,
    [
      ...['run', template, '--step', 'turn', '--maximum-tasks', '1'],
      ...[...given, `Blender=${BLENDER}`].flatMap((one) => ['-p', one]),
    ],
    { reject: false },
  );
  expect(ran.exitCode, ran.stdout).toBe(0);
  expect(ran.stdout).toContain('openjd_progress: 100');
  const frames = ['turn_0001.png', 'turn_0002.png'];
  expect(await readdir(join(cli.folder, 'farm/turn'))).toEqual(frames);

  // The same folder afterwards: what the farm has rendered is proved, and what is missing comes.
  const proved = await cli.run(
    ...['render', 'shots', '-o', 'farm', '--existing', 'skip', '--json', '--blender', BLENDER],
  );
  expect(proved.code, proved.err).toBe(0);
  expect(ofType(events(proved.out), 'frame-done').map(({ frame }) => frame)).toEqual([3]);
  expect(existsSync(join(cli.folder, 'farm/.nightshift-aside'))).toBe(false);
  const own = await cli.run('render', 'shots', '-o', 'own', '--blender', BLENDER);
  expect(own.code, own.err).toBe(0);
  for (const frame of frames) {
    const [theirs, ours] = ['farm', 'own'].map((place) =>
      pixels(join(cli.folder, place, 'turn', frame)),
    );
    expect(await theirs, frame).toBe(await ours);
  }
});
