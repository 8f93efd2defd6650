import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { shutOut } from './axe.ts';
import { scriptedFilm } from './film.ts';
import { harmlessPower } from './power.ts';
import { app, place, shown, startApp, test } from './story.ts';

/** A folder of one shot that real Blender renders. */
async function shotFolder(name: string, frames: string, slow = ''): Promise<string> {
  const folder = join(place.root, name);
  await mkdir(folder, { recursive: true });
  await makeBlend(join(folder, 'scenes', 'knob.blend'), slow);
  await writeFile(join(folder, 'hero.yaml'), `blend: scenes/knob.blend\nframes: ${frames}\n`);
  return folder;
}

let environment: Readonly<Record<string, string>>;

/** Folders of one shot that a scripted Blender renders; `film` waits at these frames until it is let go. */
async function folders<Names extends string>(
  shots: Readonly<Record<Names, string>>,
  waitsAt: readonly number[],
): Promise<Readonly<Record<Names, string>>> {
  const blend = join('film', 'scenes');
  const rules = { render: { blend, frame: waitsAt, until: join(place.root, 'gate') } };
  const made: Record<string, string> = {};
  for (const [name, frames] of Object.entries<string>(shots)) {
    const hero = `frames: ${frames}\n`;
    const { folder, env } = await scriptedFilm(place.root, { hero }, rules, name);
    made[name] = folder;
    environment = env;
  }
  return made as Record<Names, string>;
}

function letGo(): Promise<void> {
  return writeFile(join(place.root, 'gate'), '');
}

/** Slow enough that it can be paused in the middle. */
const SLOW = `
render.resolution_x, render.resolution_y = 160, 90
scene.cycles.samples = 32
scene.cycles.use_adaptive_sampling = False
`;

function sidebar(): Locator {
  return app.window.getByRole('navigation', { name: 'Batches' });
}

function tonight(): Locator {
  return sidebar().getByRole('region', { name: 'Tonight' });
}

/** Names of the batches of tonight, in their order. */
async function order(): Promise<readonly string[]> {
  return tonight().locator('.batch-name').allTextContents();
}

async function frames(folder: string): Promise<number> {
  const names = await readdir(join(folder, 'renders', 'hero')).catch(() => []);
  return names.filter((name) => !name.startsWith('.')).length;
}

async function drop(folder: string): Promise<void> {
  await app.dropFolder(folder);
  // The one before has a shot of that name too, which may wait as well.
  await expect(app.window.locator('.header-path')).toContainText(basename(folder));
  await app.expectStatus('hero', 'Waiting');
}

test('an artist renders several folders in one night, in another order, and is asked once at its end', async () => {
  const power = process.platform === 'win32' ? null : await harmlessPower(place.root);
  const film = await shotFolder('film', '1-4', SLOW);
  const titles = await shotFolder('titles', '1-2');
  const tests = await shotFolder('tests', '1-2');
  await startApp([], power ? { PATH: `${power.path}${delimiter}${process.env.PATH}` } : {});
  if (power) {
    await app.press('Settings');
    const settings = app.dialog('Settings');
    await settings.getByLabel('When the night is done').selectOption('Put this computer to sleep');
    await settings.getByRole('button', { name: 'Save' }).click();
  }
  await drop(film);
  await app.render();
  await app.expectStatus('hero', 'Rendering');
  // While it goes on as it should no button is bright.
  await expect(app.window.locator('main .button.primary')).toHaveCount(0);
  // The night stands still while it is put in order.
  await app.press('Pause');

  for (const folder of [titles, tests]) {
    await drop(folder);
    await app.render();
    await expect(app.window.getByRole('button', { name: 'Remove from tonight' })).toBeVisible();
  }
  await expect(app.window.getByText('“tests” is in tonight, after “titles”.')).toBeVisible();
  await expect.poll(order).toEqual(['film', 'titles', 'tests']);
  await shown('tonight');
  expect(await shutOut(app.window)).toEqual([]);

  // By keyboard, and by menu back and forth.
  await tonight()
    .getByRole('button', { name: /^tests/ })
    .focus();
  await app.window.keyboard.press('Alt+ArrowUp');
  await expect.poll(order).toEqual(['film', 'tests', 'titles']);
  await expect(tonight().getByRole('button', { name: /^tests/ })).toBeFocused();
  await tonight()
    .getByRole('button', { name: /^tests/ })
    .click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Move down' }).click();
  await expect.poll(order).toEqual(['film', 'titles', 'tests']);
  // And by mouse.
  await tonight()
    .getByRole('button', { name: /^tests/ })
    .dragTo(tonight().getByRole('button', { name: /^titles/ }), {
      targetPosition: { x: 60, y: 6 },
    });
  await expect.poll(order).toEqual(['film', 'tests', 'titles']);

  await tonight().getByRole('button', { name: /^film/ }).click();
  await app.resume();
  const last = app.dialog('The night is done');
  if (power)
    await expect(last.getByText(/This computer goes to sleep/)).toBeVisible({ timeout: 180_000 });
  else await expect(tonight()).toHaveCount(0, { timeout: 180_000 });
  expect(await Promise.all([film, titles, tests].map(frames))).toEqual([4, 2, 2]);
  if (power) {
    await last.getByRole('button', { name: 'Stay awake' }).click();
    expect(await readFile(power.asked, 'utf8')).toBe('');
  }
  const earlier = sidebar().getByRole('region', { name: 'Earlier nights' });
  // The newest first: as they were rendered.
  await expect(earlier.locator('.batch-name')).toHaveText(['titles', 'tests', 'film']);
  await shown('earlier-nights');
});

test('the power goes in the middle of the night, and one Resume goes on with all of it', async () => {
  const { film, titles } = await folders({ film: '1-5', titles: '1-2' }, [3]);
  await startApp([], environment);
  await drop(film);
  await app.render();
  await drop(titles);
  await app.render();
  await expect.poll(order).toEqual(['film', 'titles']);
  await expect.poll(() => frames(film), { timeout: 60_000 }).toBeGreaterThan(0);
  await app.kill();

  await letGo();
  await startApp([], environment);
  await expect.poll(order).toEqual(['film', 'titles']);
  await expect(app.window.getByRole('heading', { name: /film/ })).toBeVisible();
  await expect(tonight().getByRole('button', { name: 'Resume the night' })).toBeVisible();
  await shown('tonight-after-a-crash');
  await app.resume();
  await expect(tonight()).toHaveCount(0, { timeout: 180_000 });
  expect(await Promise.all([film, titles].map(frames))).toEqual([5, 2]);
});

test('what can’t begin is passed over with its sentence, and a cancelled batch gives way to the next', async () => {
  const { film, gone, titles } = await folders({ film: '1-60', gone: '1-2', titles: '1-2' }, [3]);
  await startApp([], environment);
  await drop(film);
  await app.render();
  for (const folder of [gone, titles]) {
    await drop(folder);
    await app.render();
  }
  await expect.poll(order).toEqual(['film', 'gone', 'titles']);
  await rename(gone, `${gone}-elsewhere`);
  await tonight().getByRole('button', { name: /^film/ }).click();
  await app.press('Cancel…');
  const question = app.dialog('Cancel the batch?');
  await expect(question.getByText(/Then .?gone.? begins\./)).toBeVisible();
  await question.getByRole('button', { name: 'Cancel batch' }).click();
  await expect(app.window.getByText(/^“gone” was passed over: The folder/)).toBeVisible({
    timeout: 30_000,
  });
  await expect.poll(() => frames(titles), { timeout: 60_000 }).toBe(2);
  await expect.poll(order).toEqual(['gone']);
  await expect(
    tonight().getByText(/^Passed over: The folder .* is not there any more/),
  ).toBeVisible();
  await shown('tonight-passed-over');
  await rename(`${gone}-elsewhere`, gone);
  await tonight().getByRole('button', { name: /^gone/ }).click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Try again' }).click();
  await tonight().getByRole('button', { name: 'Start the night' }).click();
  await expect.poll(() => frames(gone), { timeout: 60_000 }).toBe(2);
});

test('a night goes on by itself after a crash where that was allowed, and the app starts at login', async () => {
  const { film, titles } = await folders({ film: '1-3', titles: '1-2' }, [1]);
  const config = join(place.root, 'config');
  const autostart = join(config, 'autostart', 'nightshift.desktop');
  await startApp([], { ...environment, XDG_CONFIG_HOME: config });
  await app.press('Settings');
  const settings = app.dialog('Settings');
  await settings.getByLabel('Go on with the night without asking').selectOption('Yes');
  // Elsewhere the system itself keeps it, which a test leaves alone.
  const isLinux = process.platform === 'linux';
  if (isLinux) await settings.getByLabel('Start at login').selectOption('Yes');
  await settings.getByRole('button', { name: 'Save' }).click();
  if (isLinux)
    await expect.poll(() => readFile(autostart, 'utf8').catch(() => '')).toContain('Exec="');
  await drop(film);
  await app.render();
  await drop(titles);
  await app.render();
  await expect.poll(order).toEqual(['film', 'titles']);
  await app.kill();

  await letGo();
  await startApp([], { ...environment, XDG_CONFIG_HOME: config });
  await expect.poll(() => frames(titles), { timeout: 120_000 }).toBe(2);
  expect(await frames(film)).toBe(3);
  await expect(tonight()).toHaveCount(0);
});
