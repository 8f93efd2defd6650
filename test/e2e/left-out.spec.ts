import { copyFile, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { shutOut } from './axe.ts';
import { standIn } from './film.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

const LIGHTING = 'EP103_sq020_sh0040_lighting';

/** A folder of real scenes: versions, backups, and what Blender leaves beside a file. */
async function studioFolder(): Promise<string> {
  const folder = join(place.root, 'sq020');
  const first = await makeBlend(join(folder, `${LIGHTING}_v018.blend`));
  await mkdir(join(folder, '_backup'));
  for (const name of [
    ...[`${LIGHTING}_v019.blend`, `${LIGHTING}_v019.blend1`, 'EP103_sq020_sh0050_comp_v003.blend'],
    `_backup/${LIGHTING}_v017.blend`,
  ]) {
    await copyFile(first, join(folder, name));
  }
  return folder;
}

const line = () => app.window.locator('.left-out-line');
const list = () => app.dialog('What is left out');

test('a folder of versions and backups: the newest are rendered, the rest is told and taken in by one act, and what is left out by hand stays out', async () => {
  const folder = await studioFolder();
  await startApp();
  await app.dropFolder(folder);
  await app.expectStatus(`${LIGHTING}_v019`, 'Waiting');
  await expect(app.window.locator('.job-row')).toHaveCount(2);
  await expect(line()).toContainText('Left out: 1 older version, 1 backup');
  await shown('left-out-line');

  // By keyboard: the next shot is selected, and what was left out can be seen and taken in again.
  await app.row('EP103_sq020_sh0050_comp_v003').click();
  await app.window.keyboard.press('Control+L');
  await expect(app.row('EP103_sq020_sh0050_comp_v003')).toHaveCount(0);
  await expect(line()).toContainText('Left out: 1 older version, 1 backup, 1 shot by hand');
  await line().getByRole('button', { name: 'Show…' }).click();
  const older = list().getByRole('region', { name: 'Older versions' });
  await expect(older).toContainText(`older than ${LIGHTING}_v019`);
  await expect(list()).toContainText(
    '1 backup of Blender’s own (.blend1) in this folder is never a shot.',
  );
  await shown('left-out-list');
  expect(await shutOut(app.window)).toEqual([]);
  expect(await misfits(app.window)).toEqual([]);
  await older.getByRole('button', { name: `Take in: ${LIGHTING}_v018` }).click();
  await expect(list().getByRole('region', { name: 'Taken in' })).toContainText(`${LIGHTING}_v018`);
  await list().getByRole('button', { name: 'Leave them out again' }).click();
  await expect(older).toBeVisible();
  await app.window.keyboard.press('Escape');

  // Kept, also where the folder is dropped once more after a restart.
  await app.close();
  await startApp();
  await app.dropFolder(folder);
  await expect(line()).toContainText('1 shot by hand');
  await expect(app.window.locator('.job-row')).toHaveCount(1);
  await app.row(`${LIGHTING}_v019`).click({ button: 'right' });
  await expect(app.window.getByRole('menuitem', { name: 'Leave out' })).toBeEnabled();
  await app.window.keyboard.press('Escape');
  await line().getByRole('button', { name: 'Show…' }).click();
  await list()
    .getByRole('button', { name: /^Take in again: / })
    .click();
  await expect(list().getByRole('region', { name: 'Left out by hand' })).toHaveCount(0);
  await app.window.keyboard.press('Escape');
  await expect(app.row('EP103_sq020_sh0050_comp_v003')).toBeVisible();

  await line().getByRole('button', { name: 'Take all in' }).click();
  await expect(app.window.locator('.job-row')).toHaveCount(4);
  await expect(line()).toContainText('2 of these shots are older versions or backups');
});

test('a newer version that comes after the night: what was rendered of the one before stays, and is told', async () => {
  const folder = join(place.root, 'titles');
  const first = join(folder, 'card_v001.blend');
  await mkdir(folder);
  await writeFile(first, 'BLENDER-v403RENDH card');
  await startApp([], await standIn(place.root));
  await app.dropFolder(folder);
  await app.render();
  await app.expectStatus('card_v001', 'Done');
  await app.expectEnd();
  const frames = async () =>
    (await readdir(join(folder, 'renders', 'card_v001'))).filter((name) => !name.startsWith('.'));
  const before = await frames();
  expect(before).toHaveLength(3);

  await copyFile(first, join(folder, 'card_v002.blend'));
  await utimes(join(folder, 'card_v002.blend'), new Date(), new Date());
  await app.dropFolder(folder);
  await app.expectStatus('card_v002', 'Waiting');
  await expect(app.row('card_v001')).toHaveCount(0);
  await line().getByRole('button', { name: 'Show…' }).click();
  await expect(list()).toContainText('older than card_v002 · 3 frames of it done, kept on disk');
  await shown('left-out-rendered');
  await app.window.keyboard.press('Escape');
  await app.render();
  await app.expectStatus('card_v002', 'Done');
  expect(await frames()).toEqual(before);

  // Taken in again it is done, and nothing of it is rendered once more.
  await line().getByRole('button', { name: 'Take all versions in' }).click();
  await app.expectStatus('card_v001', 'Done');
});
