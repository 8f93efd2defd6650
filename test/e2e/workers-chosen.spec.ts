import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { standIn } from './film.ts';
import { app, place, shown, startApp, test } from './story.ts';

test('a night of frames that one core does most of goes on with more Blenders, and the window says why', async () => {
  const folder = join(place.root, 'film');
  await mkdir(join(folder, 'scenes'), { recursive: true });
  await writeFile(join(folder, 'scenes/hero.blend'), 'BLENDER-v403RENDH hero');
  await writeFile(join(folder, 'hero.yaml'), 'blend: scenes/hero.blend\nframes: 1-30\n');
  const render = { seconds: 0.15, parts: { serial: 20, parallel: 2 } };
  await startApp([], await standIn(place.root, { facts: { width: 64, height: 36 }, render }));
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');
  await app.render();
  const lanes = app.window.getByRole('region', { name: 'Workers' });
  const cores = availableParallelism();
  const blenders = cores === 1 ? '1 Blender' : `${cores} Blenders`;
  const said = `${blenders} with 1 thread.*a frame of hero is 20 s of one core and 2\\.0 s that all`;
  await expect(lanes.getByText(new RegExp(said))).toBeVisible();
  await shown('workers-chosen');
  await app.expectEnd();
  await app.expectStatus('hero', 'Done');
});
