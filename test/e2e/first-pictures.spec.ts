import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { withPicture } from '../helpers/saved-picture.ts';
import { shutOut } from './axe.ts';
import { app, place, shown, startApp, test } from './story.ts';

test('before the first frame a row shows the picture that was saved with its file, then its frames', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(join(folder, 'bare.blend'));
  const hero = await makeBlend(join(folder, 'hero.blend'));
  await writeFile(hero, withPicture(await readFile(hero), 128, 128));
  await startApp([folder]);

  const saved = app.row('hero').getByRole('img', { name: 'Saved with the file' });
  await expect(saved).toBeVisible({ timeout: 20_000 });
  await expect(app.row('hero').locator('.thumbnail')).toHaveAttribute(
    'title',
    'Saved with the file',
  );
  // What was saved without a window has none: nothing rather than something wrong.
  await expect(app.row('bare').locator('.thumbnail img')).toHaveCount(0);

  await app.row('hero').click();
  const player = app.window.getByRole('group', { name: 'Player' });
  await expect(player.getByText('Saved with the file')).toBeVisible({ timeout: 20_000 });
  await expect(player.getByText('Frame 1 · Waiting')).toBeVisible();
  await shown('saved-with-the-file');
  expect(await shutOut(app.window)).toEqual([]);

  const taken = await app.window.evaluateHandle(watchForTaken);
  await app.render();
  await app.expectEnd();
  await expect(app.row('hero').getByRole('img', { name: /^Frame \d$/ })).toBeVisible();
  await expect(saved).toHaveCount(0);
  // Neither while its first frame was still on its way was it shown as a frame.
  expect(await taken.jsonValue()).toEqual([]);
  await expect(player.getByText('Saved with the file')).toHaveCount(0);
});

/** Notes in the window what stands for a shot and is shown as if it was a frame. */
function watchForTaken(): string[] {
  const taken: string[] = [];
  const look = () => {
    for (const image of document.querySelectorAll('.thumbnail:not(.stand-in) img')) {
      const src = image.getAttribute('src') ?? '';
      if (src.startsWith('/stand-in/')) taken.push(`${image.getAttribute('alt')}: ${src}`);
    }
  };
  new MutationObserver(look).observe(document.body, {
    ...{ subtree: true, childList: true, attributes: true },
  });
  return taken;
}

test('an estimate fills each row with a picture of its shot and with what a frame takes, until frames are there', async () => {
  const folder = join(place.root, 'shots');
  const colour = (name: string, rgb: string) =>
    makeBlend(
      join(folder, `${name}.blend`),
      `scene.frame_end = 5
render.resolution_x, render.resolution_y = 128, 72
scene.world = bpy.data.worlds.new('World')
scene.world.use_nodes = True
scene.world.node_tree.nodes['Background'].inputs[0].default_value = ${rgb}
`,
    );
  await colour('hero', '(0.9, 0.3, 0.05, 1)');
  await colour('lamp', '(0.05, 0.2, 0.9, 1)');
  await startApp([folder]);
  await app.press('Estimate');
  for (const shot of ['hero', 'lamp']) {
    const tried = app.row(shot).getByRole('img', { name: 'From the estimate, frame 3' });
    await expect(tried).toBeVisible({ timeout: 60_000 });
    await expect(app.row(shot).getByText(/^≈ /)).toBeVisible();
  }
  expect((await readdir(folder)).sort()).toEqual(['hero.blend', 'lamp.blend']);
  const kept = await readdir(join(place.data, 'thumbnails'), { recursive: true });
  expect(kept.filter((name) => /tried-.*-3-row\.webp$/.test(name))).toHaveLength(2);

  await app.row('lamp').click();
  const player = app.window.getByRole('group', { name: 'Player' });
  await expect(player.getByText('From the estimate, frame 3')).toBeVisible();
  await shown('from-the-estimate');
  expect(await shutOut(app.window)).toEqual([]);

  await app.render();
  await app.expectEnd();
  for (const shot of ['hero', 'lamp']) {
    await expect(app.row(shot).getByRole('img', { name: /^Frame \d$/ })).toBeVisible();
  }
  await expect(app.window.getByText(/From the estimate/)).toHaveCount(0);
});
