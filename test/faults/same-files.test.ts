import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ofType, type Told } from '../cli/rig.ts';
import { pixels } from '../engine/rig.ts';
import { BLENDER } from '../helpers/make-blend.ts';
import { type Lab, makeLab } from './lab.ts';

/** Saves its frames where the other scene does, too; it looks different. */
const savedTo = (path: string, scale = 1) =>
  `render.filepath = os.path.join(OUT, '..', 'out', '${path}')\ncube.scale.x = ${scale}\n`;
const AT_SCENE = 'output: { path: scene }\n';

const endOf = (told: readonly Told[], name: string) =>
  ofType(told, 'job-finished').find((event) => event.name === name);

/** Writes a mask beside each frame. */
const MASK = `
file_output(compositor(scene), os.path.join(OUT, '..', 'out', 'masks'), ['mask_'])
`;

async function twoOnOnePath(lab: Lab, frames: readonly [string, string]): Promise<void> {
  await lab.realShot('a', { python: savedTo('same/x_'), yaml: `${AT_SCENE}frames: ${frames[0]}` });
  await lab.realShot('b', {
    python: savedTo('same/x_', 3),
    yaml: `${AT_SCENE}frames: ${frames[1]}`,
  });
}

test('two scenes that are saved to the same files: the second one is refused, names the first, and nothing is lost, also in the next run', async () => {
  const lab = await makeLab();
  await twoOnOnePath(lab, ['1-2', '2-3']);
  const checked = await lab.run('check', lab.shots, '-o', lab.out, '--blender', BLENDER);
  expect(checked.out).toMatch(/b\.yaml.*would write the same files as the shot “a”/);
  const night = await lab.night({ args: ['--workers', '1'] });
  expect(night.code).toBe(1);
  expect(endOf(night.told, 'a')).toMatchObject({ status: 'completed' });
  const refused = {
    status: 'failed',
    cause: 'duplicate-output',
    message: expect.stringMatching(
      /^This shot would write the same files as the shot “a”: x_####\.png in .*same, frame 2\./,
    ),
  };
  expect(endOf(night.told, 'b')).toMatchObject(refused);
  expect(night.done.map((file) => file.replace(/.*\//, ''))).toEqual(['x_0001.png', 'x_0002.png']);
  const before = await pixels(join(lab.out, 'same/x_0002.png'));
  const next = await lab.night({ args: ['--workers', '1'] });
  expect(next.done).toEqual([]);
  expect(endOf(next.told, 'b')).toMatchObject(refused);
  expect(await pixels(join(lab.out, 'same/x_0002.png'))).toBe(before);
  await lab.expectTruth();
  await lab.file('shots/b.yaml', `blend: ../scenes/b.blend\n${AT_SCENE}frames: 3-4`);
  expect((await lab.night()).done).toHaveLength(2);
  await lab.expectTruth();
});

test('two scenes of one .blend, rendered side by side, and a shot file that says the path of a scene: one of them gets the files', async () => {
  const lab = await makeLab();
  const both = `${savedTo('same/x_')}twin = scene.copy()\ntwin.name, twin.use_fake_user = 'Twin', True\n`;
  await lab.realShot('a', { python: both, yaml: `${AT_SCENE}scene: Scene` });
  await lab.file('shots/b.yaml', `blend: ../scenes/a.blend\n${AT_SCENE}scene: Twin`);
  await lab.file(
    'shots/c.yaml',
    'blend: ../scenes/a.blend\noutput: { path: ../out/same, name: x_ }',
  );
  const night = await lab.night({ args: ['--workers', '3'] });
  expect(night.code).toBe(1);
  expect(night.done).toHaveLength(3);
  const ends = ['a', 'b', 'c'].map((name) => endOf(night.told, name));
  expect(ends.map((end) => end?.cause ?? end?.status).sort()).toEqual([
    'completed',
    'duplicate-output',
    'duplicate-output',
  ]);
  // Who has rendered them keeps them, whoever is asked first the next time.
  const winner = ends.find((end) => end?.status === 'completed')?.name;
  for (const name of ['a', 'b', 'c'].filter((each) => each !== winner)) {
    const next = await lab.night({ args: ['--only', name] });
    expect(endOf(next.told, name)).toMatchObject({ cause: 'duplicate-output' });
    expect(endOf(next.told, name)?.message).toContain(`the shot “${winner}”`);
  }
  await lab.expectTruth();
});

test('compositors of two shots that write the same files beside their frames are a warning, before and in the night', async () => {
  const lab = await makeLab();
  await lab.realShot('a', { python: MASK, yaml: 'frames: 1-3' });
  await lab.file('shots/b.yaml', 'blend: ../scenes/a.blend\nframes: 3-4');
  await lab.file('shots/c.yaml', 'blend: ../scenes/a.blend\nframes: 5');
  const told =
    /files that the compositor of the shot “a” writes too, such as .*mask_#### of frame 3:/;
  const checked = await lab.run('check', lab.shots, '-o', lab.out, '--blender', BLENDER);
  expect(checked.out.split('\n').filter((line) => told.test(line))).toHaveLength(1);
  const night = await lab.night({ args: ['--workers', '1'] });
  expect(night.code).toBe(0);
  const warned = ofType(night.told, 'job-warned').filter((event) =>
    told.test(JSON.stringify(event.warnings)),
  );
  expect(warned.map(({ name }) => name)).toEqual(['b']);
});

test('names that switch in the middle of a shot are told apart: where two shots meet the second one is refused', async () => {
  const lab = await makeLab('stand-in');
  const shot = async (name: string, frames: string) => {
    await lab.file(`scenes/${name}.blend`, `BLENDER-v403RENDH ${name}`);
    await lab.file(
      `shots/${name}.yaml`,
      `blend: ../scenes/${name}.blend\n${AT_SCENE}frames: ${frames}`,
    );
  };
  const savedOutput = {
    directory: join(lab.out, 'same'),
    pattern: 'A_####',
    patterns: [{ from: 3, pattern: 'B_####' }],
  };
  await lab.steer({ facts: { savedOutput } });
  await shot('a', '1-4');
  expect((await lab.night()).code).toBe(0);
  await lab.steer({ facts: { savedOutput: { ...savedOutput, pattern: 'B_####', patterns: [] } } });
  await shot('b', '3-5');
  await shot('c', '1-2');
  const night = await lab.night();
  expect(endOf(night.told, 'b')).toMatchObject({
    cause: 'duplicate-output',
    message: expect.stringMatching(/as the shot “a”: .*frames 3, 4\./),
  });
  expect(endOf(night.told, 'c')).toMatchObject({ status: 'completed' });
});

test('a shot whose file was given another name gets the files of the one that is no more', async () => {
  const lab = await makeLab('stand-in');
  const at = `${AT_SCENE}frames: 1-2`;
  await lab.steer({
    facts: { savedOutput: { directory: join(lab.out, 'same'), pattern: 'x_####' } },
  });
  await lab.shot('a', at);
  expect((await lab.night()).code).toBe(0);
  await rename(join(lab.shots, 'a.yaml'), join(lab.shots, 'z.yaml'));
  const night = await lab.night();
  expect(endOf(night.told, 'z')).toMatchObject({ status: 'completed' });
});
