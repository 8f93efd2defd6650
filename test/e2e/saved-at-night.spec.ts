import { copyFile, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { shutOut } from './axe.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

test('an artist saves a file over itself at night: nothing is lost, the morning says what is of which file, and it is kept or rendered again', async () => {
  const folder = join(place.root, 'shots');
  const blend = join(folder, 'hero.blend');
  await makeBlend(blend, 'scene.frame_end = 4\nscene.cycles.samples = 400');
  const saved = await makeBlend(
    join(place.root, 'saved.blend'),
    'scene.frame_end = 4\nscene.cycles.samples = 8\ncube.location.x = 2',
  );
  /** As Blender saves: beside it, and then over it. */
  const save = async () => {
    await copyFile(saved, `${blend}@`);
    await rename(`${blend}@`, blend);
  };
  const made = async () => {
    const names = [1, 2, 3, 4].map((frame) => join(folder, 'renders/hero', `hero_000${frame}.png`));
    return Promise.all(names.map(async (name) => (await stat(name)).ino));
  };

  await startApp();
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');
  await app.render();
  await expect(app.row('hero')).toContainText(/[12] of 4/, { timeout: 120_000 });
  await save();
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  const before = await made();
  await expect(app.row('hero')).toContainText(/saved at \d\d:\d\d/);
  const card = app.window.getByRole('region', { name: 'hero was saved since' });
  await expect(card).toContainText(
    /hero\.blend.* was saved at \d\d:\d\d while it rendered; these 4 frames/,
  );
  await app.resize(1280, 800);
  expect(await misfits(app.window)).toEqual([]);
  expect(await shutOut(app.window)).toEqual([]);
  await shown('saved-at-night-morning');

  await app.row('hero').dblclick();
  const older = app.window.getByRole('region', { name: 'Frames older than the files' });
  await expect(older).toContainText(/1-4: .*hero\.blend.* before it was saved at/);
  expect(await misfits(app.window)).toEqual([]);
  expect(await shutOut(app.window)).toEqual([]);
  await shown('saved-at-night-inspector');
  await older.getByRole('button', { name: 'Render again' }).click();
  await expect(older).toBeHidden({ timeout: 120_000 });
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  const after = await made();
  expect(after.filter((ino, index) => ino === before[index])).toEqual([]);
  expect(await readdir(join(folder, 'renders/hero/.nightshift-aside'))).toHaveLength(4);

  // The next day it is saved once more, and the artist comes back to the window.
  await makeBlend(saved, 'scene.frame_end = 4\ncube.location.y = 2');
  await save();
  await app.main.evaluate(({ app: electron }) => electron.emit('browser-window-focus'));
  await expect(app.row('hero')).toContainText(/saved at \d\d:\d\d, after these 4 frames were made/);
  await app.expectStatus('hero', 'Done');
  await app.row('hero').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Keep 4 older frames' }).click();
  await expect(app.row('hero')).not.toContainText('saved at');
  await expect(older).toContainText(/1-4: .*, kept/);
  expect(await made()).toEqual(after);
});
