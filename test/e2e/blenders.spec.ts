import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { shutOut } from './axe.ts';
import { installed } from './film.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

/** Every Blender of the machine may have to say which it is first. */
const SLOW = { timeout: 60_000 };

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
  const list = settings.getByRole('region', { name: 'Blenders found' });
  await expect(list.getByRole('listitem').first()).toContainText('95.2.1', SLOW);
  await expect(list.getByRole('listitem').nth(1)).toContainText('94.5.3');
  await expect(list.getByText('unpacked').first()).toBeVisible();
  const which = settings.getByLabel('Blender', { exact: true });
  await expect(which).toHaveValue('');
  await expect(which.getByRole('option').first()).toHaveText(
    'Each shot by the Blender that saved it',
  );
  const mute = list.getByRole('listitem').filter({ hasText: 'libGLU' });
  await expect(mute.getByRole('img', { name: 'Does not answer' })).toBeVisible();
  await expect(mute).toContainText('It said: libGLU.so.1: cannot open shared object file.');
  await expect(mute).toContainText('Get Blender from');
  // What scrolls is reached by keyboard.
  await which.focus();
  await app.window.keyboard.press('Tab');
  await expect(list).toBeFocused();
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
  // A dialog takes the focus to itself a moment after it is there.
  await expect(again.locator(':focus')).toBeVisible();
  await remove.press('Enter');
  await expect(remove).toHaveCount(0);
  await expect(again.getByText('96.0.0')).toHaveCount(0);
  await expect(again.getByLabel('Blender', { exact: true })).toHaveValue('');
});

test('a folder without a Blender is refused with a sentence; one that vanished is gone after another look', async () => {
  const env = await homeWith('95.2.1', '94.5.3');
  await startApp([], env);
  await app.press('Settings');
  const settings = app.dialog('Settings');
  const list = settings.getByRole('region', { name: 'Blenders found' });
  await expect(list.getByText('94.5.3', { exact: true })).toBeVisible();
  await app.answerOpenDialog(place.data);
  await settings.getByRole('button', { name: 'Add a folder…' }).click();
  await expect(app.window.getByText(/There is no Blender in .+data\./)).toBeVisible();
  await rm(join(place.root, 'home', 'blender-94.5.3-linux-x64'), { recursive: true });
  await settings.getByRole('button', { name: 'Look again' }).click();
  await expect(list.getByText('94.5.3', { exact: true })).toHaveCount(0);
  await expect(list.getByText('95.2.1', { exact: true })).toBeVisible();
});

/** A shot of four frames that Blender 9.50 saved: no real one is that new. */
async function shotOf950(): Promise<string> {
  const folder = join(place.root, 'film');
  await mkdir(join(folder, 'scenes'), { recursive: true });
  await writeFile(join(folder, 'scenes/hero.blend'), 'BLENDER-v950RENDH hero');
  await writeFile(join(folder, 'hero.yaml'), 'blend: scenes/hero.blend\nframes: 1-4\n');
  return folder;
}

const home = () => join(place.root, 'home');

test('a shot is rendered by the Blender that saved it; its Set-up says so, and another is chosen by keyboard', async () => {
  const env = await homeWith('9.60.0', '9.50.1');
  await startApp([await shotOf950()], env);
  await app.row('hero').dblclick();
  const inspector = app.window.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByRole('tab', { name: 'Set-up' }).click();
  const fact = inspector.locator('dt', { hasText: /^Blender$/ }).locator('+ dd');
  await expect(fact).toContainText('9.50.1');
  await expect(fact).toContainText('saved by 9.50');
  await fact.getByRole('button', { name: 'Change…' }).focus();
  await app.window.keyboard.press('Enter');
  const dialog = app.dialog('Blender of hero');
  await expect(dialog.getByRole('radio', { name: /^The one that saved it/ })).toBeChecked(SLOW);
  await expect(dialog.getByText(/older than 9\.50, which saved it/)).toBeVisible();
  await shown('blender-of-shot');
  expect(await shutOut(app.window)).toEqual([]);
  await dialog.getByRole('radio', { name: /^The one that saved it/ }).focus();
  await app.window.keyboard.press('ArrowDown');
  await expect(dialog.getByRole('radio', { name: /^Blender 9\.60\.0/ })).toBeChecked();
  await dialog.getByRole('button', { name: 'Choose' }).focus();
  await app.window.keyboard.press('Enter');
  await expect(fact).toContainText('9.60.0');
  await expect(fact).toContainText('chosen by hand');
  await shown('setup-blender');
  await app.render();
  await app.expectStatus('hero', 'Done');
});

test('the Blender of several shots: nothing is picked, so nothing is cleared, until the artist picks one', async () => {
  const env = await homeWith('9.60.0', '9.50.1');
  const film = await shotOf950();
  await writeFile(join(film, 'tree.yaml'), 'blend: scenes/hero.blend\nframes: 1-2\n');
  await startApp([film], env);
  await app.row('hero').click();
  await app.row('tree').click({ modifiers: ['Shift'] });
  await app.row('tree').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Blender of 2 shots…' }).click();
  const dialog = app.dialog('Blender of 2 shots');
  const choose = dialog.getByRole('button', { name: 'Choose' });
  await expect(dialog.getByRole('radio', { name: /^Blender 9\.60\.0/ })).toBeVisible();
  await expect(dialog.getByRole('radio', { checked: true })).toHaveCount(0);
  await expect(choose).toBeDisabled();
  await shown('blender-of-several');
  expect(await shutOut(app.window)).toEqual([]);
  expect(await misfits(app.window)).toEqual([]);
  await dialog.getByRole('radio', { name: /^Blender 9\.60\.0/ }).check();
  await choose.click();
  // It is taken away again: the choice is still there, and says so.
  await rm(join(home(), 'blender-9.60.0-linux-x64'), { recursive: true });
  await app.press('Settings');
  await app.dialog('Settings').getByRole('button', { name: 'Look again' }).click();
  await expect(app.dialog('Settings').getByText('9.60.0', { exact: true })).toHaveCount(0);
  await app.dialog('Settings').getByRole('button', { name: 'Close' }).click();
  await app.row('hero').click();
  await app.row('hero').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Blender…' }).click();
  const missing = app
    .dialog('Blender of hero')
    .getByRole('radio', { name: 'Blender 9.60.0 (not here)' });
  await expect(missing).toBeChecked(SLOW);
  await shown('blender-not-here');
});

test('where no Blender is new enough, the row says which one to install before anything renders', async () => {
  await startApp([await shotOf950()], await homeWith('9.40.0'));
  await app.render();
  await app.expectStatus('hero', 'Failed');
  await expect(app.row('hero').getByText(/9\.50/)).toBeVisible();
  await shown('newer-needed');
});

/** Two of four frames are rendered by 9.50.1, which is then removed; 9.60.0 is there. */
async function begunBy950(): Promise<Record<string, string>> {
  const env = await homeWith('9.60.0');
  await installed(home(), '9.50.1', { render: { frame: [3, 4], hang: true } });
  await startApp([await shotOf950()], env);
  await app.render();
  await expect(app.row('hero').getByText('2 of 4')).toBeVisible({ timeout: 30_000 });
  await app.cancelBatch();
  await app.expectEnd();
  await app.close();
  await rm(join(home(), 'blender-9.50.1-linux-x64'), { recursive: true });
  return env;
}

test('the Blender that rendered half of a shot is gone: Resume asks, and goes on with another one if told so', async () => {
  const env = await begunBy950();
  await startApp([join(place.root, 'film')], env);
  await app.resume();
  const dialog = app.dialog('Another Blender rendered these frames');
  await expect(
    dialog.getByText(/begun with Blender 9\.50\.1, which is not on this computer/),
  ).toBeVisible();
  await expect(dialog.getByRole('button', { name: /^Leave this shot/ })).toBeFocused();
  await shown('other-blender');
  expect(await shutOut(app.window)).toEqual([]);
  expect(await misfits(app.window)).toEqual([]);
  // Escape answers nothing, and nothing renders.
  await app.window.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  expect(await app.blenders()).toEqual([]);
  await app.resume();
  await dialog.getByRole('button', { name: /^Go on with Blender 9\.60\.0/ }).focus();
  await app.window.keyboard.press('Enter');
  await app.expectStatus('hero', 'Done');
});

test('the Blender that began a shot is here, but another one is chosen: Resume says that, and not that it is gone', async () => {
  const env = await begunBy950();
  await installed(home(), '9.50.1');
  await startApp([join(place.root, 'film')], env);
  await app.row('hero').click();
  await app.row('hero').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Blender…' }).click();
  const blender = app.dialog('Blender of hero');
  await expect(
    blender.getByRole('radio', { name: /^The one that saved it \(9\.50\)/ }),
  ).toBeChecked(SLOW);
  await blender.getByRole('radio', { name: /^Blender 9\.60\.0/ }).check();
  await blender.getByRole('button', { name: 'Choose' }).click();
  await app.resume();
  const dialog = app.dialog('Another Blender rendered these frames');
  await expect(
    dialog.getByText(/begun with Blender 9\.50\.1, and Blender 9\.60\.0 is chosen for it now/),
  ).toBeVisible();
  await expect(dialog.getByText(/Choose Blender 9\.50\.1 again, then “Retry”/)).toBeVisible();
  await expect(dialog.getByText(/not on this computer|Install/)).toHaveCount(0);
  await shown('other-blender-chosen');
  await dialog.getByRole('button', { name: /^Leave this shot/ }).press('Enter');
  await app.expectStatus('hero', 'Failed');
  await expect(app.row('hero').getByText(/^Begun by Blender 9\.50\.1/)).toBeVisible();
});

test('the settings say what NIGHTSHIFT_BLENDER means, why one does not answer, and forget a choice with its place', async () => {
  const env = await homeWith('95.2.1', '94.5.3', '93.0.0', '92.0.0', '91.0.0');
  const named = await installed(join(place.root, 'named'), '90.1.0');
  const studio = join(place.root, 'studio');
  const older = await installed(studio, '89.0.0');
  await installed(studio, '96.0.0');
  await startApp([], { ...env, NIGHTSHIFT_BLENDER: named });
  await app.press('Settings');
  const settings = app.dialog('Settings');
  const which = settings.getByLabel('Blender', { exact: true });
  await expect(which.getByRole('option').first()).toHaveText(
    'All by Blender 90.1.0 (NIGHTSHIFT_BLENDER)',
    SLOW,
  );
  await expect(settings.getByText(/NIGHTSHIFT_BLENDER says so/)).toBeVisible();
  await shown('settings-variable');
  expect(await shutOut(app.window)).toEqual([]);
  expect(await misfits(app.window)).toEqual([]);
  await app.answerOpenDialog(studio);
  await settings.getByRole('button', { name: 'Add a folder…' }).click();
  await expect(settings.getByText('89.0.0', { exact: true })).toBeVisible(SLOW);
  // Not the one beside whose path the button is pressed.
  await which.selectOption(older);
  await settings
    .getByRole('button', { name: `Remove ${studio}` })
    .first()
    .click();
  await expect(settings.getByText('89.0.0', { exact: true })).toHaveCount(0, SLOW);
  await expect(which).toHaveValue('');
});

test('left alone, such a shot says which Blender it needs; Retry asks again, and renders all of it again if told so', async () => {
  const env = await begunBy950();
  await startApp([join(place.root, 'film')], env);
  await app.resume();
  const dialog = app.dialog('Another Blender rendered these frames');
  await dialog.getByRole('button', { name: /^Leave this shot/ }).press('Enter');
  await app.expectStatus('hero', 'Failed');
  await expect(app.row('hero').getByText(/9\.50\.1/)).toBeVisible();
  await app.press('Retry');
  await dialog
    .getByRole('button', { name: /^Render it again with Blender 9\.60\.0/ })
    .press('Enter');
  await app.expectStatus('hero', 'Done');
});
