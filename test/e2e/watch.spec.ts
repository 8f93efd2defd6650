import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { App, workplace } from './app.ts';

const STAND_IN = resolve(import.meta.dirname, '../stand-ins/fake-blender.mjs');

let place: Awaited<ReturnType<typeof workplace>>;
let app: App;

test.beforeEach(async () => {
  place = await workplace();
});
test.afterEach(async () => {
  await app.close();
  await place.leave();
});

test('an artist watches a folder: shots join while it renders, and a changed one is offered again', async () => {
  const folder = join(place.root, 'film');
  const shot = (name: string, text: string) =>
    writeFile(join(folder, `${name}.yaml`), `blend: any.blend\n${text}`);
  await mkdir(folder);
  await writeFile(join(folder, 'any.blend'), 'BLENDER-v403RENDH');
  await shot('hero', 'frames: 1-2\n');
  const steer = join(place.root, 'steer.json');
  const go = join(place.root, 'go');
  await writeFile(steer, JSON.stringify({ render: [{ frame: 2, until: go }] }));
  const env = { NIGHTSHIFT_BLENDER: STAND_IN, FAKE_BLENDER: steer };
  app = await App.start(place.data, [folder], env);
  await app.expectStatus('hero', 'Waiting');
  const watch = app.window.getByRole('switch', { name: 'Watch folder' });
  await watch.click();
  await expect(watch).toBeChecked();

  await shot('extra', 'frames: 1\n');
  await app.expectStatus('extra', 'Waiting');
  await app.render();
  await app.expectStatus('hero', 'Rendering');
  await shot('late', 'frames: 1\n');
  await expect(app.window.getByText('New in the folder: late.')).toBeVisible();
  await writeFile(go, '');
  for (const name of ['hero', 'extra', 'late']) await app.expectStatus(name, 'Done');

  await shot('late', 'frames: 1-3\n');
  await app.expectStatus('late', 'Waiting');
  await app.expectStatus('hero', 'Done');
  await app.render();
  await app.expectStatus('late', 'Done');

  await rm(join(folder, 'extra.yaml'));
  await expect(app.row('extra')).toHaveCount(0);
  await app.close();
  app = await App.start(place.data, [folder], env);
  await app.expectStatus('hero', 'Done');
  await expect(app.window.getByRole('switch', { name: 'Watch folder' })).toBeChecked();
});
