import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import sharp from 'sharp';
import { makeBlend } from '../helpers/make-blend.ts';
import { scriptedFilm } from './film.ts';
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

/** The same of shots that nobody looks at for what Blender made of them. */
function scriptedNight() {
  const two = 'frames: 1-2\n';
  const message = 'The scene “Scene” has no camera.';
  return scriptedFilm(
    place.root,
    { hero: 'frames: 1-3\n', lamp: two, blind: two },
    {
      facts: { width: 320, height: 180 },
      open: { blend: 'blind', fail: { cause: 'no-camera', message } },
    },
  );
}

async function morning(
  { folder, env }: { readonly folder: string; readonly env?: Readonly<Record<string, string>> },
  workers?: number,
): Promise<string> {
  await startApp([], env);
  if (workers !== undefined) await renderWith(workers);
  await app.dropFolder(folder);
  await app.render();
  await app.expectStatus('lamp', 'Done');
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  return folder;
}

async function renderWith(workers: number): Promise<void> {
  const settings = await app.call('settings:get', undefined);
  if (!settings.ok) throw new Error('No settings.');
  await app.call('settings:set', { ...(settings.value as object), workers });
}

test('in the morning one line says how the night went, and what failed comes first with its log and a retry', async () => {
  const folder = await morning({ folder: await nightFolder() });
  const { window } = app;
  await expect(window.getByRole('heading', { level: 1 })).toHaveText(
    /5 of \d+ frames are ready|5 frames are ready, 1 shot has none/,
  );
  await expect(window.getByText(/film finished at .*One shot needs you\./)).toBeVisible();
  const failure = window.getByRole('region', { name: 'blind failed' });
  await expect(failure).toContainText('camera');
  await failure.getByRole('button', { name: 'Log' }).click();
  await expect(window.getByRole('tab', { name: 'Log' })).toHaveAttribute('aria-selected', 'true');

  // What failed stands above the pictures, those above the shots, and below all of it how the night went.
  await app.unfoldNight();
  const tops = await Promise.all(
    ['blind failed', 'Contact sheet', 'All shots', 'Seconds a frame'].map(
      async (name) => (await window.getByRole('region', { name }).boundingBox())?.y ?? -1,
    ),
  );
  expect(tops).toEqual([...tops].sort((a, b) => a - b));

  // The camera is mended, and only this shot is rendered again.
  await makeBlend(join(folder, 'scenes', 'blind.blend'));
  await failure.getByRole('button', { name: 'Retry' }).click();
  await app.expectStatus('blind', 'Done');
  await expect(window.getByRole('heading', { name: 'All 7 frames are ready' })).toBeVisible();
  await expect(failure).toHaveCount(0);
});

test('the morning is a review: pictures fill the page, the pointer goes through a shot, Space plays it, arrows go on', async () => {
  // The newest frame of a shot is its last one where one worker renders it.
  await morning(await scriptedNight(), 1);
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

  // The left end of a tile is the first frame of its shot, the right end the last one.
  const hero = sheet.getByRole('button', { name: 'hero, Done, frame 3' });
  const lamp = sheet.getByRole('button', { name: 'lamp, Done, frame 2' });
  const { width = 0 } = (await hero.boundingBox()) ?? {};
  const frame = (tile: typeof hero, number: number) =>
    tile.getByText(String(number), { exact: true });
  await hero.hover({ position: { x: 10, y: 40 } });
  await expect(frame(hero, 1)).toBeVisible();
  await hero.hover({ position: { x: width - 10, y: 40 } });
  await expect(frame(hero, 3)).toBeVisible();
  await window.getByRole('heading', { level: 1 }).hover();
  await expect(frame(hero, 3)).toHaveCount(0);
  await expect(pictures).toHaveCount(2);

  await hero.focus();
  await window.keyboard.press('Space');
  for (const number of [2, 3, 1]) await expect(frame(hero, number)).toBeVisible();
  // What plays goes on with the next shot.
  await window.keyboard.press('ArrowRight');
  await expect(lamp).toBeFocused();
  await expect(frame(lamp, 2)).toBeVisible();
  await expect(frame(hero, 3)).toHaveCount(0);
  await window.keyboard.press('Space');
  await expect(frame(lamp, 2)).toHaveCount(0);

  // R rejects the picture that is seen, and one act renders what was rejected again.
  await window.keyboard.press('r');
  const rejected = sheet.getByRole('button', { name: 'lamp 1 rejected, Done, frame 2' });
  await expect(rejected).toBeFocused();
  await expect(sheet.getByRole('button', { name: 'Render rejected again' })).toBeVisible();
  await window.keyboard.press('r');
  await expect(lamp).toBeFocused();

  // Wherever the focus is, R is about the picture that is pointed at.
  await hero.hover({ position: { x: 10, y: 40 } });
  await expect(frame(hero, 1)).toBeVisible();
  await window.keyboard.press('r');
  await expect(sheet.getByRole('button', { name: 'hero 1 rejected, Done, frame 3' })).toBeVisible();
  const settings = window.getByRole('button', { name: 'Settings' });
  await settings.focus();
  await window.keyboard.press('r');
  await expect(hero).toBeVisible();
  // So is Space where nothing has the focus that it would press.
  await settings.blur();
  await window.keyboard.press('Space');
  for (const number of [2, 3]) await expect(frame(hero, number)).toBeVisible();
  await window.keyboard.press('Space');
  await expect(frame(hero, 3)).toHaveCount(0);
  await window.getByRole('heading', { level: 1 }).hover();
  await lamp.focus();

  // Enter shows a shot in the whole window; the focus comes back to the one that was gone on to there.
  await window.keyboard.press('Home');
  await expect(hero).toBeFocused();
  await window.keyboard.press('Enter');
  await expect(app.dialog('hero')).toBeVisible();
  await window.keyboard.press('PageDown');
  await expect(app.dialog('lamp')).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(lamp).toBeFocused();

  await lamp.click({ button: 'right' });
  await window.getByRole('menuitem', { name: 'Show log' }).click();
  await expect(window.getByRole('complementary')).toContainText('lamp');
  await app.press('Review');
  await expect(app.dialog('hero')).toBeVisible();
});

test('how the night went is told by numbers and a chart, to those who can’t see it too', async () => {
  await morning(await scriptedNight(), 1);
  const { window } = app;
  const times = window.getByRole('img', { name: /Seconds a frame/ });
  await expect(times).toHaveCount(0);
  await app.unfoldNight();
  await expect(times.locator('rect')).toHaveCount(5);
  await expect(times).toHaveAccessibleName(/hero: 3 frames, .* on average, slowest/);
  await expect(window.getByText('of rendering in all')).toBeVisible();
  // One worker was at it all night: there is nothing to compare.
  await expect(window.getByText('The night, worker by worker')).toHaveCount(0);
});

test('of several workers the morning shows what each was at', async () => {
  const { folder, env } = await scriptedFilm(
    place.root,
    { hero: 'frames: 1-6\n', lamp: 'frames: 1-6\n' },
    { facts: { width: 64, height: 36 }, render: [{ seconds: 0.1 }] },
  );
  await startApp([], env);
  await renderWith(2);
  await app.dropFolder(folder);
  await app.expectStatus('lamp', 'Waiting');
  await app.render();
  await app.expectEnd();
  await app.unfoldNight();
  const workers = app.window.getByRole('img', {
    name: /The night, worker by worker\. From \d\d:\d\d/,
  });
  await expect(workers.locator('rect.shot-0').first()).toBeVisible();
  await expect(workers).toHaveAccessibleName(
    /Worker 1 was at work for \d+ % of that time: \d frame/,
  );
});

test('one press writes the report with its pictures, another copies it as text', async () => {
  await morning({ folder: await nightFolder() });
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

  await app.unfoldNight();
  await app.press('Copy report');
  await expect(app.window.getByText('The report is on the clipboard.')).toBeVisible();
  const copied = await app.main.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied).toContain('# Nightshift report: film');
  expect(copied).toContain('no camera');
  expect(copied).not.toContain('![');
});
