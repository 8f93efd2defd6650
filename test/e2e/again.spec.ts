import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { shutOut } from './axe.ts';
import { app, place, shown, startApp, test } from './story.ts';

/** Its place in the contact sheet. */
function frame(number: number): Locator {
  const sheet = app.window.getByRole('grid', { name: 'Frames of hero' });
  return sheet.getByRole('gridcell', { name: new RegExp(`^Frame ${number},`) });
}

test('an artist rejects two frames in the morning and renders them again, then one more that is typed', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(join(folder, 'scenes', 'knob.blend'));
  await writeFile(join(folder, 'hero.yaml'), 'blend: scenes/knob.blend\nframes: 1-6\n');
  await startApp();
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');
  await app.render();
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  const out = join(folder, 'renders', 'hero');
  const made = async (number: number) => (await stat(join(out, `hero_000${number}.png`))).ino;
  const before = await Promise.all([1, 2, 3, 4, 5, 6].map(made));

  await app.row('hero').dblclick();
  await frame(6).focus();
  await app.window.keyboard.press('Home');
  await app.window.keyboard.press('ArrowRight');
  await expect(frame(2)).toBeFocused();
  await app.window.keyboard.press('r');
  await expect(frame(2)).toHaveAccessibleName(/^Frame 2, rejected/);
  await app.window.keyboard.press('ArrowRight');
  await app.window.keyboard.press('a');
  await expect(frame(3)).toHaveAccessibleName(/^Frame 3, approved/);
  await app.window.keyboard.press('End');
  await expect(frame(6)).toBeFocused();
  await app.window.getByRole('button', { name: 'Reject, R' }).click();
  await expect(frame(6)).toHaveAccessibleName(/^Frame 6, rejected/);
  await expect(app.row('hero')).toContainText('2 rejected');
  expect(await shutOut(app.window)).toEqual([]);
  await shown('rejected');

  await app.row('hero').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Render rejected again' }).click();
  await expect(frame(2)).toHaveAccessibleName(/^Frame 2, done/, { timeout: 120_000 });
  await expect(frame(6)).toHaveAccessibleName(/^Frame 6, done/);
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  const after = await Promise.all([1, 2, 3, 4, 5, 6].map(made));
  expect(after.map((ino, index) => ino !== before[index])).toEqual([
    ...[false, true, false, false, false, true],
  ]);
  await expect(frame(3)).toHaveAccessibleName(/^Frame 3, approved/);

  await app.row('hero').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Render again…' }).click();
  const dialog = app.window.getByRole('dialog', { name: 'Render hero again' });
  const field = dialog.getByRole('textbox', { name: 'Frames' });
  await field.fill('9-1');
  await expect(dialog.getByText('runs backwards')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Render again' })).toBeDisabled();
  await field.fill('4');
  expect(await shutOut(app.window)).toEqual([]);
  await shown('render-again');
  await field.press('Enter');
  await expect(dialog).toBeHidden();
  await expect.poll(() => made(4), { timeout: 120_000 }).not.toBe(before[3]);
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  const aside = await readdir(join(out, '.nightshift-aside'));
  expect(aside.map((name) => name.replace(/^before-[0-9a-z]+-/, '')).toSorted()).toEqual([
    ...['hero_0002.png', 'hero_0004.png', 'hero_0006.png'],
  ]);
});
