import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type CliRig, events, makeCli, ofType } from './rig.ts';

const SCENES = ['Yard', 'Attic', 'Set'].map((name) => ({ name, first: 1, last: 3 }));

/** A bare scene that says what the stand-in is told to say of it. */
async function film(cameras?: readonly { from: number; camera: string }[]): Promise<CliRig> {
  const cli = await makeCli();
  const settings = {
    ...{ scene: 'Yard', camera: 'Cam', viewLayers: [], samples: 1, percentage: 100 },
    ...{ denoise: false, colorDepth: 8 },
    ...(cameras && { cameras }),
  };
  const scenes = SCENES.map((scene) =>
    scene.name === 'Set' ? { ...scene, part: 'background', of: 'Yard' } : scene,
  );
  await cli.steer({ facts: { settings, scenes } });
  await cli.file('shots/film.blend', 'BLENDER-v403RENDH');
  return cli;
}

it('check says which scenes have no shot, split makes one of each, and nothing is offered any more', async () => {
  const cli = await film();
  const before = await cli.run('check', cli.shots, '-o', cli.out);
  expect(before.out).toContain(
    'film.blend has 3 scenes: Yard (renders), Attic, Set (background of Yard).\nnightshift split makes a shot of each scene.\n',
  );
  const json = events((await cli.run('check', cli.shots, '-o', cli.out, '--json')).out);
  expect(ofType(json, 'more-shots')).toMatchObject([{ name: 'film', by: 'scenes', scene: 'Yard' }]);

  await cli.run('render', cli.shots, '-o', cli.out);
  const made = await cli.run('split', cli.shots, '-o', cli.out);
  expect(made).toMatchObject({ code: 0, out: 'Made film.yaml.\nMade film_Attic.yaml.', err: '' });
  expect(await readFile(join(cli.shots, 'film_Attic.yaml'), 'utf8')).toContain('scene: Attic\n');
  // What was rendered of the first stays, and nothing is asked about it.
  const night = await cli.run('render', cli.shots, '-o', cli.out, '--only', 'film', '--json');
  expect(ofType(events(night.out), 'frame-done')).toEqual([]);
  expect(night.out).not.toContain('job-saved');
  const again = await cli.run('split', cli.shots, '-o', cli.out);
  expect(again).toMatchObject({ code: 0, out: 'There is no scene to make a shot of.' });
});

it('makes shots of the cameras of one shot, and refuses where a file is in the way', async () => {
  const cli = await film([
    { from: 1, camera: 'Wide' },
    { from: 3, camera: 'Close' },
  ]);
  const { out } = await cli.run('check', cli.shots);
  expect(out).toContain('In film.blend 2 cameras are bound to markers: Wide (1, 2), Close (3).\n');
  expect(out).toContain('and with --cameras of each camera.');
  const split = ['split', cli.shots, '--cameras', '--only', 'film'];
  await cli.file('shots/film.yaml', 'no: shot\n');
  expect(await cli.run(...split)).toMatchObject({
    code: 2,
    err: expect.stringContaining('film.yaml is there already'),
  });
  expect((await readdir(cli.shots)).sort()).toEqual(['film.blend', 'film.yaml']);
});
