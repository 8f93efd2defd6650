import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { shutOut } from './axe.ts';
import { installed } from './film.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

/** A home with these Blenders in it; those of this machine are found as well. */
async function homeWith(...versions: readonly string[]): Promise<Record<string, string>> {
  const home = join(place.root, 'home');
  for (const version of versions) await installed(home, version);
  return { HOME: home, NIGHTSHIFT_BLENDER: '' };
}

test('the settings list every Blender with version and source; one is added, kept over a restart, and removed', async () => {
  const env = await homeWith('95.2.1', '94.5.3');
  const broken = await installed(join(place.root, 'home'), '93.0.0');
  await writeFile(
    broken,
    '#!/bin/sh\necho "libGLU.so.1: cannot open shared object file"; exit 127\n',
  );
  const own = await installed(join(place.root, 'studio'), '96.0.0');
  await startApp([], env);
  await app.press('Settings');
  const settings = app.dialog('Settings');
  const list = settings.getByRole('list', { name: 'Blenders found' });
  await expect(list.getByRole('listitem').first()).toContainText('95.2.1');
  await expect(list.getByRole('listitem').nth(1)).toContainText('94.5.3');
  await expect(list.getByText('unpacked').first()).toBeVisible();
  const which = settings.getByLabel('Blender', { exact: true });
  await expect(which).toHaveValue('');
  await expect(which.getByRole('option').first()).toHaveText(
    'Each shot by the Blender that saved it',
  );
  await expect(list.getByRole('img', { name: 'Does not answer' })).toBeVisible();
  await app.answerOpenDialog(join(place.root, 'studio'));
  await settings.getByRole('button', { name: 'Add a folder…' }).click();
  await expect(list.getByRole('listitem').first()).toContainText('96.0.0');
  await expect(list.getByRole('listitem').first()).toContainText('added by you');
  // To have it here does not mean to render all with it.
  await expect(which).toHaveValue('');
  await which.selectOption(own);
  await shown('settings-blenders');
  expect(await shutOut(app.window)).toEqual([]);
  expect(await misfits(app.window)).toEqual([]);
  await settings.getByRole('button', { name: 'Save' }).click();
  await app.close();

  await startApp([], env);
  await app.press('Settings');
  const again = app.dialog('Settings');
  await expect(again.getByLabel('Blender', { exact: true })).toHaveValue(own);
  const remove = again.getByRole('button', { name: `Remove ${join(place.root, 'studio')}` });
  await remove.focus();
  await app.window.keyboard.press('Enter');
  await expect(remove).toHaveCount(0);
  await expect(again.getByText('96.0.0')).toHaveCount(0);
  await expect(again.getByLabel('Blender', { exact: true })).toHaveValue('');
});

test('a folder without a Blender is refused with a sentence; one that vanished is gone after another look', async () => {
  const env = await homeWith('95.2.1', '94.5.3');
  await startApp([], env);
  await app.press('Settings');
  const settings = app.dialog('Settings');
  const list = settings.getByRole('list', { name: 'Blenders found' });
  await expect(list.getByText('94.5.3', { exact: true })).toBeVisible();
  await app.answerOpenDialog(place.data);
  await settings.getByRole('button', { name: 'Add a folder…' }).click();
  await expect(app.window.getByText(/There is no Blender in .+data\./)).toBeVisible();
  await rm(join(place.root, 'home', 'blender-94.5.3-linux-x64'), { recursive: true });
  await settings.getByRole('button', { name: 'Look again' }).click();
  await expect(list.getByText('94.5.3', { exact: true })).toHaveCount(0);
  await expect(list.getByText('95.2.1', { exact: true })).toBeVisible();
});
