import { expect, type Locator } from '@playwright/test';
import { shutOut } from './axe.ts';
import { scriptedFilm } from './film.ts';
import { app, place, shown, startApp, test } from './story.ts';

/** Its place in the contact sheet. */
function frame(number: number): Locator {
  const sheet = app.window.getByRole('grid', { name: 'Frames of hero' });
  return sheet.getByRole('gridcell', { name: new RegExp(`^Frame ${number},`) });
}

async function pickedFrames(): Promise<readonly number[]> {
  const cells = app.window.getByRole('gridcell', { selected: true });
  const texts = await cells.locator('.sheet-number').allTextContents();
  return texts.map(Number);
}

test('a range of frames is picked in the sheet and in the strip, judged at once and rendered again', async () => {
  const rules = { facts: { width: 64, height: 36 } };
  const { folder, env } = await scriptedFilm(place.root, { hero: 'frames: 1-12\n' }, rules);
  await startApp([], env);
  const { window } = app;
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');
  await app.render();
  await app.expectEnd();
  await app.row('hero').dblclick();

  // By keyboard in the sheet.
  await frame(12).focus();
  await window.keyboard.press('Home');
  await window.keyboard.press('ArrowRight');
  await expect(frame(2)).toBeFocused();
  for (let step = 0; step < 3; step += 1) await window.keyboard.press('Shift+ArrowRight');
  await expect(frame(5)).toBeFocused();
  expect(await pickedFrames()).toEqual([2, 3, 4, 5]);
  await expect(window.getByText('4 picked')).toBeVisible();
  await window.keyboard.press('r');
  await expect(app.row('hero')).toContainText('4 rejected');
  await expect(frame(3)).toHaveAccessibleName(/^Frame 3, rejected/);
  await window.keyboard.press('r');
  await expect(frame(3)).toHaveAccessibleName(/^Frame 3, done/);

  // With the mouse: one more, and a range from there.
  await frame(8).click({ modifiers: ['Control'] });
  expect(await pickedFrames()).toEqual([2, 3, 4, 5, 8]);
  await frame(10).click({ modifiers: ['Control', 'Shift'] });
  expect(await pickedFrames()).toEqual([2, 3, 4, 5, 8, 9, 10]);
  expect(await shutOut(window)).toEqual([]);
  await shown('picked');
  await app.press('Render 7 frames again…');
  const field = window.getByRole('textbox', { name: 'Frames' });
  await expect(field).toHaveValue('2-5, 8-10');
  await window.keyboard.press('Escape');
  await expect(field).toBeHidden();

  // In the strip; Escape lets them go, and only then closes the inspector.
  const strip = window.getByRole('slider', { name: 'Frame' });
  const { width = 0, height = 0 } = (await strip.boundingBox()) ?? {};
  const at = (number: number) => ({ x: ((number - 0.5) * width) / 12, y: height / 2 });
  await strip.click({ position: at(3) });
  await expect(window.getByText('7 picked')).toHaveCount(0);
  await strip.click({ position: at(6), modifiers: ['Shift'] });
  await expect(window.getByText('4 picked')).toBeVisible();
  await window.keyboard.press('Shift+ArrowRight');
  await expect(window.getByText('5 picked')).toBeVisible();
  await app.press('Reject 5 frames, R');
  await expect(app.row('hero')).toContainText('5 rejected');
  await strip.focus();
  await window.keyboard.press('Escape');
  await expect(window.getByText('5 picked')).toHaveCount(0);
  await expect(strip).toBeVisible();
  await strip.focus();
  await window.keyboard.press('Escape');
  await expect(strip).toBeHidden();
});
