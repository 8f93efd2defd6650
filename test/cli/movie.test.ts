import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BLENDER } from '../helpers/make-blend.ts';
import { makeCli } from './rig.ts';

test('nightshift movie makes a movie of each shot beside its frames, once', async () => {
  const cli = await makeCli();
  await cli.steer({ facts: { width: 64, height: 36 } });
  await cli.shot('hero', 'frames: 1-3');
  await cli.file('shots/broken.yaml', 'blend: ../scenes/none.blend\n');
  await cli.run('render', 'shots', '-o', 'frames');
  const made = await cli.run('movie', 'shots', '--blender', BLENDER);
  const file = join(cli.folder, 'frames', 'hero', 'hero.mp4');
  expect(made.err).toBe('broken: no frame of it is there.');
  expect(made.out).toBe(`hero: ${file}, 3 frames at 24 fps.`);
  expect(made.code).toBe(0);
  const { size, mtimeMs } = await stat(file);
  expect(size).toBeGreaterThan(500);

  // Nobody's movie is written over unasked, and the night knows nothing of it.
  const again = await cli.run('movie', 'shots', '--only', 'hero', '--blender', BLENDER);
  expect(again).toMatchObject({ code: 0, out: '' });
  expect(again.err).toContain('is there already; --overwrite makes it again.');
  expect((await stat(file)).mtimeMs).toBe(mtimeMs);
  expect((await cli.run('render', 'shots', '-o', 'frames')).out).toContain('3 of 3 frames on disk');
  const unknown = await cli.run('movie', 'shots', '--only', 'heroine');
  expect(unknown).toMatchObject({ code: 2, err: 'There is no shot heroine.' });
});
