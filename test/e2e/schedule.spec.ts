import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { clockText } from '../../shared/schedule.ts';
import { makeBlend } from '../helpers/make-blend.ts';
import { scriptedFilm } from './film.ts';
import { plan, setClock } from './planning.ts';
import { app, place, startApp, test } from './story.ts';

const HOUR = 3_600_000;
/** Slow enough that one frame is being rendered when the time has come. */
const SLOW = `
render.resolution_x, render.resolution_y = 320, 180
scene.cycles.samples = 48
scene.cycles.use_adaptive_sampling = False
`;

async function shotFolder(frames: string): Promise<string> {
  const folder = join(place.root, 'film');
  await mkdir(folder, { recursive: true });
  await makeBlend(join(folder, 'scenes', 'knob.blend'), SLOW);
  await writeFile(join(folder, 'hero.yaml'), `blend: scenes/knob.blend\nframes: ${frames}\n`);
  return folder;
}

async function whole(folder: string): Promise<number> {
  const names = await readdir(join(folder, 'renders', 'hero')).catch(() => []);
  return names.filter((name) => !name.startsWith('.')).length;
}

test('an artist plans the night, goes home, and finds it stopped in the morning, ready to go on', async () => {
  const folder = await shotFolder('1-60');
  const start = clockText(Date.now() + 3 * HOUR);
  const until = clockText(Date.now() + 9 * HOUR);
  await startApp();
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');

  await plan(app, { startAt: start, until });
  const header = app.window.getByRole('main');
  await expect(header.getByText(`Starts at ${start}`)).toBeVisible();
  await expect(app.window.getByRole('navigation').getByText(`starts at ${start}`)).toBeVisible();
  await expect(app.window.getByRole('button', { name: 'Render', exact: true })).toHaveCount(0);

  // The computer sleeps through the start, and wakes up.
  await setClock(app, 4 * HOUR);
  await app.expectStatus('hero', 'Rendering');
  await expect(header.getByText(`Until ${until}`)).toBeVisible();
  await expect.poll(() => whole(folder), { timeout: 60_000 }).toBeGreaterThan(0);

  await setClock(app, 10 * HOUR);
  await expect(header.getByText(`Stopped at ${until}, as planned.`)).toBeVisible({
    timeout: 30_000,
  });
  await expect(app.window.getByRole('navigation').getByText('paused')).toBeVisible({
    timeout: 60_000,
  });
  expect(await whole(folder)).toBeLessThan(60);
  await app.expectStatus('hero', 'Paused');
  await expect(app.window.getByRole('button', { name: 'Paused 1' })).toBeVisible();
  await app.resume();
  await expect(app.window.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
});

/** The night was planned so many hours earlier. Only while the app is closed. */
async function planEarlier(hours: number): Promise<void> {
  const file = join(place.data, 'tonight', 'queue.json');
  const night: { startAt: number; until: number } = JSON.parse(await readFile(file, 'utf8'));
  const earlier = (at: number) => at - hours * HOUR;
  const moved = { startAt: earlier(night.startAt), until: earlier(night.until) };
  await writeFile(file, JSON.stringify({ ...night, ...moved }));
}

function waits(start: string) {
  return app.window.getByRole('main').getByText(`Starts at ${start}`);
}

test('a plan outlives a restart: it waits again, starts late, or says that the night was missed', async () => {
  const hangs = { render: { hang: true } };
  const { folder, env } = await scriptedFilm(place.root, { hero: 'frames: 1-60\n' }, hangs);
  const start = clockText(Date.now() + 3 * HOUR);
  const until = clockText(Date.now() + 9 * HOUR);
  await startApp([], env);
  await app.dropFolder(folder);
  await plan(app, { startAt: start, until });
  await expect(waits(start)).toBeVisible();
  expect(await app.closeWindow('Quit')).toBe('gone');

  await startApp([], env);
  await expect(waits(start)).toBeVisible();
  await expect(app.window.getByRole('button', { name: 'Start now' })).toBeVisible();
  await app.expectStatus('hero', 'Waiting');
  expect(await app.closeWindow('Quit')).toBe('gone');

  await planEarlier(10);
  await startApp([], env);
  const missed = /^The night of “film” was missed: Nightshift was closed from/;
  await expect(app.window.getByText(missed)).toBeVisible();
  await expect(app.window.getByRole('button', { name: 'Render', exact: true })).toBeVisible();

  await plan(app, { startAt: start, until });
  await expect(waits(start)).toBeVisible();
  await app.kill();
  await planEarlier(4);
  await startApp([], env);
  await app.expectStatus('hero', 'Rendering');
  await expect(app.window.getByText(/^“film” starts now: Nightshift was closed at/)).toBeVisible();
  await expect(app.window.getByRole('main').getByText('Until ')).toBeVisible();
});

test('a planned batch can be called off, and need not wait', async () => {
  const { folder, env } = await scriptedFilm(place.root, { hero: 'frames: 1-2\n' });
  const start = clockText(Date.now() + 3 * HOUR);
  await startApp([], env);
  await app.dropFolder(folder);
  await plan(app, { startAt: start });
  await app.press('Don’t start');
  await expect(app.window.getByText(`Starts at ${start}`)).toHaveCount(0);
  await expect(app.window.getByRole('button', { name: 'Render', exact: true })).toBeVisible();

  await plan(app, { startAt: start });
  await expect(waits(start)).toBeVisible();
  expect(await app.closeWindow('Keep waiting')).toBe('open');
  await app.press('Start now');
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  expect(await whole(folder)).toBe(2);
});
