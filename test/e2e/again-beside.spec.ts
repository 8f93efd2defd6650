import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import { shutOut } from './axe.ts';
import { scriptedFilm } from './film.ts';
import { app, place, shown, startApp, test } from './story.ts';

function tonight(): Locator {
  const sidebar = app.window.getByRole('navigation', { name: 'Batches' });
  return sidebar.getByRole('region', { name: 'Tonight' });
}

test('frames are asked for again while another folder renders: they wait, outlive a crash, and are rendered after it', async () => {
  const gate = join(place.root, 'gate');
  const rules = { render: { blend: join('film', 'scenes'), frame: 2, until: gate } };
  const folderOf = (name: string, text: string) =>
    scriptedFilm(place.root, { hero: text }, rules, name);
  const { folder: titles, env } = await folderOf('titles', 'frames: 1-4\n');
  const { folder: film } = await folderOf('film', 'frames: 1-5\n');
  const made = async (number: number) =>
    (await stat(join(titles, 'renders', 'hero', `hero_000${number}.png`))).ino;
  await startApp([], env);
  await app.dropFolder(titles);
  await app.expectStatus('hero', 'Waiting');
  await app.render();
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  const before = await Promise.all([1, 2, 3, 4].map(made));

  await app.dropFolder(film);
  await app.expectStatus('hero', 'Waiting');
  await app.render();
  await app.expectStatus('hero', 'Rendering');
  // So that it is still at it when the artist has said what they want.
  await app.press('Pause');
  const earlier = app.window.getByRole('navigation', { name: 'Batches' });
  await earlier.getByRole('button', { name: /^titles/ }).click();
  await app.expectStatus('hero', 'Done');
  await app.row('hero').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Render again…' }).click();
  const dialog = app.window.getByRole('dialog', { name: 'Render hero again' });
  await dialog.getByRole('textbox', { name: 'Frames' }).fill('2, 4');
  await dialog.getByRole('button', { name: 'Render again' }).click();
  await expect(
    app.window.getByText('“titles”, 2 frames again, is in tonight, after “film”.'),
  ).toBeVisible();
  const waits = () => tonight().getByRole('button', { name: /^titles/ });
  await expect(waits()).toContainText('2 frames again');
  await shown('again-beside');
  expect(await shutOut(app.window)).toEqual([]);

  await app.kill();
  await writeFile(gate, '');
  await startApp([], env);
  await expect(waits()).toContainText('2 frames again');
  await app.resume();
  await expect.poll(() => made(2), { timeout: 120_000 }).not.toBe(before[1]);
  await expect.poll(() => made(4), { timeout: 60_000 }).not.toBe(before[3]);
  await expect(waits()).toBeHidden({ timeout: 30_000 });
  expect([await made(1), await made(3)]).toEqual([before[0], before[2]]);
});
