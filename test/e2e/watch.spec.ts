import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { standIn } from './film.ts';
import { app, place, startApp, test } from './story.ts';

test('an artist watches a folder: shots join while it renders, and a changed one is offered again', async () => {
  const folder = join(place.root, 'film');
  const shot = (name: string, text: string) =>
    writeFile(join(folder, `${name}.yaml`), `blend: any.blend\n${text}`);
  await mkdir(folder);
  await writeFile(join(folder, 'any.blend'), 'BLENDER-v403RENDH');
  await shot('hero', 'frames: 1-2\n');
  const go = join(place.root, 'go');
  const env = await standIn(place.root, { render: [{ frame: 2, until: go }] });
  await startApp([folder], env);
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
  await startApp([folder], env);
  await app.expectStatus('hero', 'Done');
  await expect(app.window.getByRole('switch', { name: 'Watch folder' })).toBeChecked();
});
