import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { App, workplace } from './app.ts';

let place: Awaited<ReturnType<typeof workplace>>;
let app: App;

test.beforeEach(async () => {
  place = await workplace();
});
test.afterEach(async () => {
  await app.close();
  await place.leave();
});

test('a folder with broken shots shows each one with its reason, beside the good one', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(join(folder, 'good.blend'));
  await writeFile(join(folder, 'torn.yaml'), 'blend: [\n');
  await writeFile(join(folder, 'typo.yaml'), 'blend: good.blend\nframse: 1-3\n');
  await writeFile(join(folder, 'lost.yaml'), 'blend: gone.blend\n');
  app = await App.start(place.data, [folder]);
  await app.expectStatus('torn', 'Failed');
  await expect(app.row('typo')).toBeVisible();
  await expect(app.row('lost')).toBeVisible();
  await app.window
    .getByText(/\d+ (error|problem|warning)/)
    .first()
    .click();
  await expect(app.window.getByText(/frames/).first()).toBeVisible();
});

test('a folder that brings scripts is trusted only when the artist says so', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(join(folder, 'scene.blend'));
  const ran = join(place.root, 'ran.txt');
  await writeFile(join(folder, 'build.py'), `open(${JSON.stringify(ran)}, 'w').write('ran')\n`);
  await writeFile(join(folder, 'plain.yaml'), 'blend: scene.blend\nframes: 1\n');
  await writeFile(join(folder, 'wild.yaml'), 'blend: scene.blend\nscript: build.py\nframes: 1\n');
  app = await App.start(place.data);
  await app.dropFolder(folder);
  await app.render();
  await app.answerTrust('Don’t run scripts');
  await app.expectStatus('plain', 'Done');
  await app.expectStatus('wild', 'Failed');
  expect(await readdir(place.root)).not.toContain('ran.txt');

  await app.press('Trust…');
  await app.answerTrust('Trust and run scripts');
  await app.press('Retry');
  await app.expectStatus('wild', 'Done');
  expect(await readdir(place.root)).toContain('ran.txt');
});

test('calls that the window would never make are refused with a sentence', async () => {
  app = await App.start(place.data);
  const asked: readonly [string, unknown][] = [
    ['files:read', { path: '/etc/passwd' }],
    ['constructor', undefined],
    ['folder:open', undefined],
    ['folder:open', { path: ['/'] }],
    ['folder:open', { path: join(place.root, 'gone') }],
    ['batch:open', { batchId: '../../etc' }],
    ['batch:render', { batchId: 'nobody' }],
    ['settings:set', { workers: 1e9 }],
  ];
  for (const [name, payload] of asked) {
    const answer = await app.call(name, payload);
    expect(answer, `${name} ${JSON.stringify(payload)}`).toMatchObject({ ok: false });
    if (!answer.ok) expect(answer.error.message).toMatch(/^[A-Z].*[.!?]$/);
  }
  expect(await app.call('batches:list', undefined)).toEqual({ ok: true, value: [] });
});

test('the window can neither leave its page nor reach Node', async () => {
  app = await App.start(place.data);
  const { window } = app;
  const home = window.url();
  expect(await window.evaluate(() => [typeof require, typeof process])).toEqual([
    'undefined',
    'undefined',
  ]);
  await window.evaluate(() => {
    location.href = 'https://example.com/';
    open('file:///etc/passwd');
  });
  const outside = await window.evaluate(() =>
    fetch('https://example.com/').then(
      () => 'reached',
      () => 'refused',
    ),
  );
  expect(outside).toBe('refused');
  expect(window.url()).toBe(home);
  const escaped = await window.evaluate(() =>
    fetch('/..%2f..%2fpackage.json').then((answer) => answer.status),
  );
  expect(escaped).toBe(404);
});

test('a second start hands its folder to the window that is open', async () => {
  const folder = join(place.root, 'shots');
  await mkdir(folder);
  await makeBlend(join(folder, 'hero.blend'));
  app = await App.start(place.data);
  await app.startAgain([folder]);
  await app.expectStatus('hero', 'Waiting');
});
