import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { withPicture } from '../helpers/saved-picture.ts';
import { shutOut } from './axe.ts';
import { app, place, shown, startApp, test } from './story.ts';

test('before the first frame a row shows the picture that was saved with its file, then its frames', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(join(folder, 'bare.blend'));
  const hero = await makeBlend(join(folder, 'hero.blend'));
  await writeFile(hero, withPicture(await readFile(hero), 128, 128));
  await startApp([folder]);

  const saved = app.row('hero').getByRole('img', { name: 'Saved with the file' });
  await expect(saved).toBeVisible({ timeout: 20_000 });
  await expect(app.row('hero').locator('.thumbnail')).toHaveAttribute(
    'title',
    'Saved with the file',
  );
  // What was saved without a window has none: nothing rather than something wrong.
  await expect(app.row('bare').locator('.thumbnail img')).toHaveCount(0);

  await app.row('hero').click();
  const player = app.window.getByRole('group', { name: 'Player' });
  await expect(player.getByText('Saved with the file')).toBeVisible({ timeout: 20_000 });
  await expect(player.getByText('Frame 1 · Waiting')).toBeVisible();
  await shown('saved-with-the-file');
  expect(await shutOut(app.window)).toEqual([]);

  await app.render();
  await app.expectEnd();
  await expect(app.row('hero').getByRole('img', { name: /^Frame \d$/ })).toBeVisible();
  await expect(saved).toHaveCount(0);
  await expect(player.getByText('Saved with the file')).toHaveCount(0);
});
