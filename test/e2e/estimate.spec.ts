import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { app, place, startApp, test } from './story.ts';

test('an artist learns how long the night will take, before and while it renders', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(join(folder, 'hero.blend'), 'scene.frame_end = 8\n');
  await makeBlend(join(folder, 'lamp.blend'), 'scene.frame_end = 4\n');
  await startApp([folder]);
  await app.press('Estimate');
  const needs = app.window.getByText(/Needs about \d+ .*started now it is done about \d\d:\d\d/);
  await expect(needs).toBeVisible({ timeout: 60_000 });
  // Trying has written nothing where the frames go.
  expect(await readdir(folder)).toEqual(['hero.blend', 'lamp.blend']);
  await app.render();
  await expect(app.window.getByText(/Done about \d\d:\d\d/).first()).toBeVisible();
  // All of it may take longer than the end of a night is waited for.
  for (const shot of ['hero', 'lamp']) await app.expectStatus(shot, 'Done');
  await app.expectEnd();
  await app.close();
  expect(await app.blenders()).toEqual([]);
});
