import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { execa } from 'execa';
import { assembleExtension } from '../../build/extension.mjs';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { projectRoot } from './launch.ts';
import { app, place, startApp, test } from './story.ts';

test('a shot that is sent from inside of Blender opens in the window that is there, with what was set, and is put into tonight', async () => {
  const folder = join(place.root, 'shots');
  const blend = await makeBlend(join(folder, 'hero.blend'));
  await startApp();
  await send(blend, "frames = '2-3'");
  await app.expectStatus('hero', 'Waiting');
  await expect(app.row('hero').getByText(/^2 waiting$/)).toBeVisible({ timeout: 30_000 });
  await expect(app.row('hero').getByText('.yaml', { exact: true })).toBeVisible();
  const tonight = app.window.getByRole('region', { name: 'Tonight' });
  await expect(tonight.getByRole('button', { name: /^shots/ })).toBeVisible();
});

/** Real Blender with the extension as it lies in the clone, which is also the Nightshift that it is told of. */
async function send(blend: string, setting: string): Promise<void> {
  const user = join(place.root, 'user');
  await mkdir(join(user, 'extensions/user_default'), { recursive: true });
  await assembleExtension(join(user, 'extensions/user_default/nightshift'));
  const python = [
    'import bpy',
    "module = 'bl_ext.user_default.nightshift'",
    'bpy.ops.preferences.addon_enable(module=module)',
    `bpy.context.preferences.addons[module].preferences.place = ${JSON.stringify(projectRoot)}`,
    `bpy.ops.wm.open_mainfile(filepath=${JSON.stringify(blend)})`,
    `bpy.context.scene.nightshift.${setting}`,
    'bpy.ops.nightshift.send(save=True)',
    'bpy.ops.nightshift.tonight()',
  ].join('\n');
  const env = { BLENDER_USER_RESOURCES: user, NIGHTSHIFT_DATA: place.data };
  await execa(BLENDER, ['-b', '--python-exit-code', '1', '--python-expr', python], { env });
}
