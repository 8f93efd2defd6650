import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { standIn } from './film.ts';
import { app, place, shown, startApp, test } from './story.ts';

test('two scenes that are dropped are a batch of just these, before and after a restart', async () => {
  const folder = join(place.root, 'sq020');
  await mkdir(folder);
  for (const name of ['sh0010', 'sh0020', 'sh0030']) {
    await writeFile(join(folder, `${name}.blend`), `BLENDER-v403RENDH ${name}`);
  }
  const env = await standIn(place.root);
  const rows = () => app.window.locator('.job-row');
  const entry = () =>
    app.window
      .getByRole('navigation', { name: 'Batches' })
      .getByRole('button', { name: /^sh0010 \+ 1 more/ });

  await startApp([], env);
  await app.drop([join(folder, 'sh0010.blend'), join(folder, 'sh0030.blend')]);
  await app.expectStatus('sh0030', 'Waiting');
  await expect(rows()).toHaveCount(2);
  await expect(app.window.getByRole('heading', { name: 'sh0010 + 1 more' })).toBeVisible();
  await shown('picked-files');
  await app.render();
  await app.expectEnd();
  expect((await readdir(join(folder, 'renders'))).sort()).toEqual(['sh0010', 'sh0030']);
  await app.close();

  // A scene that a file manager opens with Nightshift, and the batch from before.
  await startApp([join(folder, 'sh0020.blend')], env);
  await app.expectStatus('sh0020', 'Waiting');
  await expect(rows()).toHaveCount(1);
  await entry().click();
  await app.expectStatus('sh0010', 'Done');
  await expect(rows()).toHaveCount(2);

  // The folder is a batch of its own.
  await app.dropFolder(folder);
  await app.expectStatus('sh0020', 'Waiting');
  await expect(rows()).toHaveCount(3);
});
