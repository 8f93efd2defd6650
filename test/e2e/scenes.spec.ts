import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { makeBlends } from '../helpers/make-blend.ts';
import { shutOut } from './axe.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

const FILM = `
scene.name = 'Yard'
for name, last in (('Attic', 2), ('Cellar', 1)):
    made = scene.copy()
    made.name, made.frame_end, made.use_fake_user = name, last, True
`;

const CUT = `
for frame, name in ((1, 'Wide'), (3, 'Close')):
    bound = bpy.data.objects.new(name, camera.data)
    bound.matrix_world = camera.matrix_world
    scene.collection.objects.link(bound)
    scene.timeline_markers.new(name, frame=frame).camera = bound
`;

test('a file of several scenes says so, one click makes a shot of each, and the frames of the first stay', async () => {
  const folder = join(place.root, 'ep103');
  await makeBlends([
    [join(folder, 'film.blend'), FILM],
    [join(folder, 'cut.blend'), CUT],
  ]);
  await startApp();
  const line = (text: string) => app.window.locator('.more-shots-line').filter({ hasText: text });
  const scenes = line('film.blend has 3 scenes: Yard (renders), Attic, Cellar.');
  const cameras = line('In cut.blend 2 cameras are bound to markers: Wide (1, 2), Close (3).');
  const rows = () => app.window.locator('.job-row');

  // Scenes that are picked stand for themselves: shots of them are made in their folder.
  await app.drop([join(folder, 'film.blend')]);
  await scenes.getByRole('button', { name: 'Open the folder' }).click();
  await expect(rows()).toHaveCount(2);
  await expect(scenes).toBeVisible();
  await expect(cameras).toBeVisible();
  await app.resize(1280, 800);
  expect(await misfits(app.window)).toEqual([]);
  expect(await shutOut(app.window)).toEqual([]);
  await shown('more-shots');
  await app.render();
  await app.expectEnd();
  const frame = join(folder, 'renders/film/film_0001.png');
  const { mtimeMs } = await stat(frame);

  await scenes.getByRole('button', { name: 'Make a shot for each scene' }).click();
  const said = app.window.locator('.setup-said');
  await expect(said).toContainText(
    'Each scene is a shot now: film.yaml, film_Attic.yaml, film_Cellar.yaml.',
  );
  await app.expectStatus('film', 'Done');
  await app.expectStatus('film_Attic', 'Waiting');
  await expect(scenes).toBeHidden();
  await expect(rows()).toHaveCount(4);
  expect(await misfits(app.window)).toEqual([]);
  expect(await shutOut(app.window)).toEqual([]);
  await shown('more-shots-made');

  // Taken back, and made once more by the keyboard.
  await said.getByRole('button', { name: 'Undo' }).click();
  await expect(rows()).toHaveCount(2);
  await app.expectStatus('film', 'Done');
  expect(await readdir(folder)).not.toContain('film.yaml');
  await expect(scenes).toBeVisible();
  await app.row('film').click();
  await app.window.keyboard.press('Control+d');
  await app.expectStatus('film_Cellar', 'Waiting');

  await app.render();
  await app.expectStatus('film_Attic', 'Done');
  await app.expectStatus('film_Cellar', 'Done');
  await app.expectEnd();
  expect((await stat(frame)).mtimeMs).toBe(mtimeMs);
  const rendered = async (name: string) =>
    (await readdir(join(folder, 'renders', name))).filter((file) => !file.startsWith('.')).sort();
  expect(await rendered('film')).toHaveLength(3);
  expect(await rendered('film_Attic')).toEqual(['film_Attic_0001.png', 'film_Attic_0002.png']);
  expect(await rendered('film_Cellar')).toEqual(['film_Cellar_0001.png']);

  await cameras.getByRole('button', { name: 'Hide' }).click();
  await expect(cameras).toBeHidden();
  // The cameras are one shot until the artist wants it otherwise.
  await app.expectStatus('cut', 'Done');
  await app.row('cut').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Make a shot for each camera' }).click();
  await expect(said).toContainText(
    'Each camera is a shot now: cut.yaml, cut_Close.yaml. One frame of the other cameras stays',
  );
  await app.expectStatus('cut_Close', 'Waiting');
  await app.window.evaluate(() => {
    document.documentElement.dataset.theme = 'light';
  });
  await shown('more-shots-cameras');
});
