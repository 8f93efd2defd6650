import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { shutOut } from './axe.ts';
import { scriptedFilm } from './film.ts';
import { app, place, shown, startApp, test } from './story.ts';

/** The files that are kept of all nights, without the numbers of their folders. */
async function kept(): Promise<readonly string[]> {
  const names = await readdir(join(place.data, 'batches'), { recursive: true });
  return names
    .filter((name) => /nights.*report/.test(name))
    .map((name) => name.split('/').at(-1) ?? '');
}

/** A folder of one shot whose two frames are done, in the window. */
async function renderedShots() {
  const rules = { facts: { width: 64, height: 36 } };
  const shots = { hero: 'frames: 1-2\n' };
  const { folder, env } = await scriptedFilm(place.root, shots, rules, 'shots');
  await startApp([], env);
  await app.dropFolder(folder);
  await app.render();
  await app.expectEnd();
  return { folder, env };
}

test('the folder was moved: the report of its night still opens, and Locate goes on with it there', async () => {
  const { folder, env } = await renderedShots();
  await expect.poll(kept).toContain('report.html');
  await app.close();
  const now = join(place.root, 'archive');
  await rename(folder, now);

  await startApp([], env);
  const entry = app.window.getByRole('button', { name: /^shots/ });
  await expect(entry).toContainText('Its folder is gone');
  await entry.click();
  const dialog = app.window.getByRole('dialog', { name: 'The folder of shots is gone' });
  await expect(dialog).toContainText(folder);
  await expect(dialog.getByRole('listitem')).toContainText(/Done · 2 frames in/);
  expect(await shutOut(app.window)).toEqual([]);
  await shown('folder-gone');
  const opened = await app.catchOpenedFile();
  await dialog.getByRole('button', { name: /^Report of/ }).click();
  await expect.poll(opened).toMatch(/report\.html$/);
  const page = await readFile((await opened()) ?? '', 'utf8');
  expect(page).toContain('hero');
  expect(page).toContain('data:image/jpeg');

  await app.answerOpenDialog(now);
  await dialog.getByRole('button', { name: 'Locate…' }).click();
  await app.expectStatus('hero', 'Done');
  await expect(dialog).toBeHidden();
  await expect(app.window.getByRole('button', { name: /^archive/ })).toBeVisible();
  await expect(app.window.getByRole('button', { name: /^shots/ })).toBeHidden();
  await app.window.getByRole('button', { name: /^archive/ }).click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Nights…' }).click();
  const nights = app.window.getByRole('dialog', { name: 'Nights of archive' });
  await expect(nights.getByRole('listitem')).toHaveCount(1);
  expect(await shutOut(app.window)).toEqual([]);
  await shown('nights');
});

test('where frames go to another folder now, the batch is asked about, and no second one is made', async () => {
  const { folder } = await renderedShots();
  const frames = join(place.root, 'frames');
  await app.answerOpenDialog(frames);
  await app.press('Settings');
  const settings = app.window.getByRole('dialog', { name: 'Settings' });
  const output = settings.locator('.field', { hasText: 'Frames go to' });
  await output.getByRole('button', { name: 'Choose…' }).click();
  await expect(output.getByRole('combobox')).toContainText('frames');
  await settings.getByRole('button', { name: 'Save' }).click();

  await app.dropFolder(folder);
  const dialog = app.window.getByRole('dialog', { name: 'What becomes of the frames of shots?' });
  await expect(dialog).toContainText(`2 frames of it are in ${join(folder, 'renders')}`);
  expect(await shutOut(app.window)).toEqual([]);
  await shown('frames-to');
  await dialog.getByRole('button', { name: /^Move them/ }).click();
  await expect(dialog).toBeHidden();
  await app.expectStatus('hero', 'Done');
  await expect(app.window.getByRole('button', { name: /^shots/ })).toHaveCount(1);
  expect(await readdir(join(frames, 'shots', 'hero'))).toHaveLength(2);
  expect(await readdir(folder)).not.toContain('renders');
});
