import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import sharp from 'sharp';
import { makeBlend } from '../helpers/make-blend.ts';
import { shutOut } from './axe.ts';
import { scriptedFilm } from './film.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

const sidebar = () => app.window.getByRole('navigation', { name: 'Batches' });
/** The batch that is shown. */
const room = () => app.window.getByRole('main');

/** The entry of a batch, by what it shows beside its name. */
function entry(text: string | RegExp): Locator {
  return sidebar().locator('.batch-entry').filter({ hasText: text });
}

const names = async (folder: string) =>
  (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();

test('an artist renders a test pass at 25 %, every 8th frame, half the samples, then the finals, which have all of their frames', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(
    join(folder, 'scenes', 'knob.blend'),
    'scene.frame_start, scene.frame_end = 1, 9\nscene.cycles.samples = 4\n',
  );
  await writeFile(join(folder, 'hero.yaml'), 'blend: scenes/knob.blend\n');
  await startApp();
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');

  await app.press('Test pass…');
  const dialog = app.dialog('Test pass of shots');
  const choice = (name: string) => dialog.getByRole('button', { name, exact: true });
  await expect(choice('25 %')).toHaveAttribute('aria-pressed', 'true');
  await choice('Every 8th frame').click();
  await choice('Half the samples').click();
  await expect(dialog.getByRole('textbox', { name: 'Samples' })).toHaveValue('x0.5');
  await dialog.getByRole('textbox', { name: 'Percentage' }).fill('big');
  await expect(dialog.getByText('Expected a whole number from 1, such as 25.')).toBeVisible();
  await expect(choice('Render test pass')).toBeDisabled();
  expect(await shutOut(app.window)).toEqual([]);
  await choice('25 %').click();
  await dialog.getByText('More settings').click();
  await app.resize(1280, 800);
  expect(await misfits(app.window)).toEqual([]);
  expect(await shutOut(app.window)).toEqual([]);
  await shown('test-pass-dialog');
  await app.resize(1440, 900);
  await choice('Render test pass').click();

  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  for (const chip of ['Test', '25 %', 'every 8th', '½ samples']) {
    await expect(room().getByText(chip, { exact: true })).toBeVisible();
    await expect(entry('every 8th').getByText(chip, { exact: true })).toBeVisible();
  }
  const renders = join(folder, 'renders');
  const passed = join(renders, 'test 25% step 8 samples x0.5', 'hero');
  expect(await names(passed)).toEqual(['hero_0001.png', 'hero_0009.png']);
  expect(await names(renders)).toEqual(['test 25% step 8 samples x0.5']);
  const { width, height } = await sharp(join(passed, 'hero_0009.png')).metadata();
  expect([width, height]).toEqual([16, 9]);
  expect(await shutOut(app.window)).toEqual([]);
  await app.resize(1280, 800);
  expect(await misfits(app.window)).toEqual([]);
  await shown('test-pass-done');
  await app.resize(1440, 900);

  // The same pass once more has nothing to do, and says so.
  await app.window.keyboard.press('Control+t');
  await choice('Render test pass').click();
  await expect(app.window.getByText('This test pass is done already')).toBeVisible();

  await entry(/^shots(?!.*Test)/).click();
  await app.expectStatus('hero', 'Waiting');
  await expect(room().getByText('every 8th')).toBeHidden();
  await app.render();
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  expect(await names(join(renders, 'hero'))).toHaveLength(9);
  expect(await names(passed)).toHaveLength(2);
});

test('a test pass of one shot waits in tonight behind another batch, and outlives a crash as what it is', async () => {
  const stuck = {
    facts: { width: 64, height: 36 },
    render: { blend: 'wide', frame: [2, 3], hang: true },
  };
  const other = await scriptedFilm(place.root, { wide: 'frames: 1-3\n' }, stuck, 'titles');
  const film = await scriptedFilm(
    place.root,
    { hero: 'frames: 1-8\n', lamp: 'frames: 1-8\n' },
    stuck,
  );
  await startApp([], film.env);
  await app.dropFolder(other.folder);
  await app.expectStatus('wide', 'Waiting');
  await app.render();
  await app.expectStatus('wide', 'Rendering');
  await app.dropFolder(film.folder);
  await app.expectStatus('hero', 'Waiting');
  await app.row('hero').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Test pass…' }).click();
  const dialog = app.dialog('Test pass of hero');
  await dialog.getByRole('textbox', { name: 'Percentage' }).fill('');
  await dialog.getByRole('textbox', { name: 'Every … frame' }).fill('4');
  await dialog.getByRole('textbox', { name: 'Every … frame' }).press('Enter');
  await expect(
    app.window.getByText('“film (test every 4th)” is in tonight, after “titles”.'),
  ).toBeVisible();
  const tonight = () => sidebar().getByRole('region', { name: 'Tonight' });
  await expect(tonight().locator('.batch-entry')).toHaveCount(2);
  await expect(tonight().getByText('every 4th', { exact: true })).toBeVisible();
  await shown('test-pass-tonight');

  await app.kill();
  await startApp([], film.env);
  await expect(room().getByText(/^titles was interrupted/)).toBeVisible();
  await expect(tonight().getByText('every 4th', { exact: true })).toBeVisible();
  await tonight().getByText('every 4th', { exact: true }).click();
  await expect(room().getByText('every 4th', { exact: true })).toBeVisible();
  await tonight().getByText('titles', { exact: true }).click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Remove from tonight' }).click();
  await app.press('Start the night');
  await app.expectStatus('hero', 'Done');
  await app.expectStatus('lamp', 'Waiting');
  const passed = join(film.folder, 'renders', 'test step 4');
  expect(await names(join(passed, 'hero'))).toEqual(['hero_0001.png', 'hero_0005.png']);
  expect(await names(passed)).toEqual(['hero']);
});
