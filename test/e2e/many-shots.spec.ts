import { writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { standIn } from './film.ts';
import { app, place, startApp, test } from './story.ts';

/** Shots that render, of more pictures than a screen has room for; the next one misses its scene, and all others need it. */
const GOOD = 100;
/** Elements of the whole window, however many shots there are. */
const MOST_ELEMENTS = 2000;

for (const shots of [200, 10_000]) {
  test(`the morning after ${shots} shots has no more in the window than is on the screen`, async () => {
    await startApp([], await standIn(place.root, { facts: { width: 64, height: 36 } }));
    const { window } = app;
    await app.dropFolder(await folderOf(shots));
    await expect(window.getByText(nameOf(1), { exact: true }).first()).toBeVisible({
      timeout: 60_000,
    });
    await app.render();
    await expect(window.getByRole('region', { name: 'Contact sheet' })).toBeVisible({
      timeout: 60_000,
    });
    await app.expectEnd();
    expect(await elements()).toBeLessThan(MOST_ELEMENTS);

    // Wherever one goes, what is left behind goes.
    const sheet = window.getByRole('region', { name: 'Contact sheet' });
    await sheet.getByRole('button').first().focus();
    await window.keyboard.press('End');
    await expect(sheet.getByRole('button', { name: nameOf(GOOD) })).toBeFocused();
    expect(await elements()).toBeLessThan(MOST_ELEMENTS);
    const table = window.getByRole('grid', { name: 'Shots' });
    await table.focus();
    await window.keyboard.press('End');
    await expect(app.row(nameOf(shots))).toBeVisible();
    expect(await elements()).toBeLessThan(MOST_ELEMENTS);
  });
}

function elements(): Promise<number> {
  return app.window.evaluate(() => document.querySelectorAll('*').length);
}

function nameOf(shot: number): string {
  return `sh${String(shot).padStart(5, '0')}`;
}

async function folderOf(shots: number): Promise<string> {
  const folder = join(place.root, 'film');
  await mkdir(folder);
  await writeFile(join(folder, 'scene.bin'), 'BLENDER-v403RENDH');
  for (let shot = 1; shot <= shots; shot += 1) {
    const scene = shot === GOOD + 1 ? 'gone.blend' : 'scene.bin';
    const needs = shot > GOOD + 1 ? `depends_on: ${nameOf(GOOD + 1)}\n` : '';
    const text = `blend: ${scene}\nframes: 1\n${needs}`;
    // Thousands of promises would cost as much as the app that reads the files.
    writeFileSync(join(folder, `${nameOf(shot)}.yaml`), text);
  }
  return folder;
}
