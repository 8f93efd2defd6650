import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import sharp from 'sharp';
import { makeBlend } from '../helpers/make-blend.ts';
import { app, place, startApp, test } from './story.ts';

/** Two good shots, one of them with three frames, and one without a camera. */
async function nightFolder(): Promise<string> {
  const folder = join(place.root, 'film');
  await mkdir(folder, { recursive: true });
  const size = 'render.resolution_x, render.resolution_y = 320, 180\n';
  await makeBlend(join(folder, 'scenes', 'knob.blend'), size);
  await makeBlend(join(folder, 'scenes', 'blind.blend'), `${size}scene.camera = None\n`);
  const shots = { hero: 'knob', lamp: 'knob', blind: 'blind' };
  for (const [name, scene] of Object.entries(shots)) {
    const frames = name === 'hero' ? '1-3' : '1-2';
    await writeFile(
      join(folder, `${name}.yaml`),
      `blend: scenes/${scene}.blend\nframes: ${frames}\n`,
    );
  }
  return folder;
}

async function morning(): Promise<string> {
  const folder = await nightFolder();
  await startApp();
  await app.dropFolder(folder);
  await app.render();
  await app.expectStatus('lamp', 'Done');
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  return folder;
}

test('in the morning one line says how the night went, and what failed comes first with its log and a retry', async () => {
  const folder = await morning();
  const { window } = app;
  await expect(window.getByRole('heading', { level: 1 })).toHaveText(
    /5 of \d+ frames are ready|5 frames are ready, 1 shot has none/,
  );
  await expect(window.getByText(/film finished at .*One shot needs you\./)).toBeVisible();
  const failure = window.getByRole('region', { name: 'blind failed' });
  await expect(failure).toContainText('camera');
  await failure.getByRole('button', { name: 'Log' }).click();
  await expect(window.getByRole('tab', { name: 'Log' })).toHaveAttribute('aria-selected', 'true');

  // What failed stands above the pictures, and those above the charts.
  const tops = await Promise.all(
    [
      'blind failed',
      'Contact sheet',
      'The night, worker by worker',
      'Seconds a frame',
      'All shots',
    ].map(async (name) => (await window.getByRole('region', { name }).boundingBox())?.y ?? -1),
  );
  expect(tops).toEqual([...tops].sort((a, b) => a - b));

  // The camera is mended, and only this shot is rendered again.
  await makeBlend(join(folder, 'scenes', 'blind.blend'));
  await failure.getByRole('button', { name: 'Retry' }).click();
  await app.expectStatus('blind', 'Done');
  await expect(window.getByRole('heading', { name: 'All 7 frames are ready' })).toBeVisible();
  await expect(failure).toHaveCount(0);
});

test('the contact sheet shows the newest frame of each shot and goes by keyboard', async () => {
  await morning();
  const { window } = app;
  const sheet = window.getByRole('region', { name: 'Contact sheet' });
  // The one that failed without a picture has its card above.
  await expect(sheet.getByRole('button')).toHaveCount(2);
  const pictures = sheet.locator('img');
  await expect(pictures).toHaveCount(2);
  const widths = await pictures.evaluateAll((all) =>
    all.map((image) => (image as HTMLImageElement).naturalWidth),
  );
  expect(widths.every((width) => width >= 64)).toBe(true);

  await sheet.getByRole('button', { name: 'hero, Done, frame 3' }).focus();
  await window.keyboard.press('End');
  await expect(sheet.getByRole('button', { name: 'lamp, Done, frame 2' })).toBeFocused();
  await window.keyboard.press('ArrowLeft');
  const hero = sheet.getByRole('button', { name: 'hero, Done, frame 3' });
  await expect(hero).toBeFocused();
  await window.keyboard.press('Enter');
  await expect(
    window.getByRole('complementary').getByText('hero', { exact: true }).first(),
  ).toBeVisible();
});

test('two charts tell of the night, to those who can’t see them too', async () => {
  await morning();
  const { window } = app;
  const workers = window.getByRole('img', { name: /The night, worker by worker\. From \d\d:\d\d/ });
  await expect(workers).toBeVisible();
  await expect(workers.locator('rect.shot-0').first()).toBeVisible();
  await expect(workers).toHaveAccessibleName(
    /Worker 1 was at work for \d+ % of that time: \d frame/,
  );
  const times = window.getByRole('img', { name: /Seconds a frame/ });
  await expect(times.locator('rect')).toHaveCount(5);
  await expect(times).toHaveAccessibleName(/hero: 3 frames, .* on average, slowest/);
});

test('one press writes the report with its pictures, another copies it as text', async () => {
  await morning();
  const file = join(place.root, 'night of film.md');
  await app.exportReport(file);
  const text = await readFile(file, 'utf8');
  expect(text.indexOf('## Failed shots')).toBeLessThan(text.indexOf('## Shots'));
  expect(text.indexOf('## Shots')).toBeLessThan(text.indexOf('## What to do next'));
  expect(text).toContain('![hero, frames 1-3](night%20of%20film-pictures/002-hero.jpg)');
  const pictures = join(place.root, 'night of film-pictures');
  expect((await readdir(pictures)).sort()).toEqual([
    ...['002-hero.jpg', '003-lamp.jpg', 'frame-times.svg', 'workers.svg'],
  ]);
  const strip = await sharp(join(pictures, '002-hero.jpg')).metadata();
  expect(strip).toMatchObject({ width: 3 * 320 + 12, height: 180 });

  await app.press('Copy report');
  await expect(app.window.getByText('The report is on the clipboard.')).toBeVisible();
  const copied = await app.main.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied).toContain('# Nightshift report: film');
  expect(copied).toContain('no camera');
  expect(copied).not.toContain('![');
});
