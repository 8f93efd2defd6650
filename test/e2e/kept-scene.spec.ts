import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { makeBlends } from '../helpers/make-blend.ts';
import { shutOut } from './axe.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

/** Cycles takes far longer to have it than to render it. */
const HEAVY = `
render.resolution_x, render.resolution_y = 32, 18
cube.hide_render = True
for at in range(6):
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=7, location=(at - 2.5, 0, 0))
`;

test('a heavy scene is kept by itself; the row and the Set-up say what that came to, and it can be switched off there', async () => {
  const folder = join(place.root, 'shots');
  await makeBlends([[join(folder, 'scenes', 'rocks.blend'), HEAVY]]);
  const file = join(folder, 'rocks.yaml');
  await writeFile(file, 'blend: scenes/rocks.blend\nframes: 1-16\n');
  await startApp();
  await app.dropFolder(folder);
  await app.expectStatus('rocks', 'Waiting');
  await app.render();
  await app.expectStatus('rocks', 'Done');
  await expect(app.row('rocks')).toContainText('scene kept');

  await app.row('rocks').click();
  await app.window.keyboard.press('ArrowRight');
  if (!(await app.window.getByRole('tab', { name: 'Set-up' }).isVisible()))
    await app.row('rocks').dblclick();
  await app.window.getByRole('tab', { name: 'Set-up' }).click();
  const inspector = app.window.getByRole('complementary', { name: 'Inspector' });
  // Where the one at random is among the last, these are built anew and need none.
  await expect(inspector).toContainText(
    /Scene kept: [\d.]+ s a frame instead of [\d.]+ s, checked at frames 2(, \d+)? and \d+\./,
  );
  const keep = inspector.getByRole('combobox', { name: 'Keep scene', exact: true });
  await keep.scrollIntoViewIfNeeded();
  await shown('kept-scene');
  expect(await shutOut(app.window)).toEqual([]);
  expect(await misfits(app.window)).toEqual([]);
  await keep.selectOption({ label: 'Never' });
  await expect(app.window.locator('.setup-said')).toContainText('rocks.yaml');
  expect(await readFile(file, 'utf8')).toMatch(/keep_scene: ["']?off/);
});
