import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { frameNames, makeLab, told } from './lab.ts';

test('a night that is killed in the middle is resumed, and nothing is rendered twice', async () => {
  const lab = await makeLab();
  await lab.realShot('hero', { yaml: 'frames: 1-4\nrender: { samples: 64 }' });
  const night = lab.begin({ args: ['--workers', '1'] });
  await night.until(told('frame-done', 'hero', 2));
  night.kill('SIGKILL');
  expect((await night.end).code).toBeUndefined();
  await lab.expectTruth();
  await lab.expectResume({ hero: frameNames('hero', 4) });
});

test('the laboratory sees a broken picture, and a frame that was rendered twice', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', 'frames: 1-2');
  const { done } = await lab.night();
  expect(done).toHaveLength(2);
  await lab.expectTruth();
  await truncate(join(lab.out, 'hero/hero_0002.png'), 40);
  await expect(lab.expectTruth()).rejects.toThrow('hero_0002.png is a whole picture');
  await expect(lab.expectResume({ hero: frameNames('hero', 2) })).rejects.toThrow(
    'frames rendered again without need',
  );
  await writeFile(join(lab.out, 'hero/stray.png'), 'not a picture');
  await expect(lab.expectTruth()).rejects.toThrow('stray.png is a whole picture');
});
