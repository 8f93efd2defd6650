import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import sharp from 'sharp';
import { makeBlend } from '../helpers/make-blend.ts';
import { scriptedFilm, standIn } from './film.ts';
import { app, place, startApp, test } from './story.ts';

test('a folder with broken shots shows each one with its reason, beside the good one', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(join(folder, 'good.blend'));
  await writeFile(join(folder, 'torn.yaml'), 'blend: [\n');
  await writeFile(join(folder, 'typo.yaml'), 'blend: good.blend\nframse: 1-3\n');
  await writeFile(join(folder, 'lost.yaml'), 'blend: gone.blend\n');
  await startApp([folder]);
  await app.expectStatus('torn', 'Failed');
  await expect(app.row('typo')).toBeVisible();
  await expect(app.row('lost')).toBeVisible();
  // Why it can't be rendered is told once, and where one looks for its frames there is the way to it.
  await app.row('torn').dblclick();
  const inspector = app.window.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector.getByText(/^No frame of this shot is known\./)).toBeVisible();
  await inspector.getByRole('tab', { name: /^Problems/ }).click();
  await expect(inspector.getByText(/torn\.yaml, line \d/)).toHaveCount(1);
  await app.window
    .getByText(/\d+ (error|problem|warning)/)
    .first()
    .click();
  await expect(app.window.getByText(/frames/).first()).toBeVisible();
});

test('what would go wrong at night stands in the table before anything renders', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(join(folder, 'blind.blend'), 'scene.camera = None\n');
  await makeBlend(join(folder, 'good.blend'));
  await startApp([folder]);
  await expect(app.row('blind').getByText(/ has no camera/)).toBeVisible({ timeout: 30_000 });
  await expect(app.window.getByText('1 needs you')).toBeVisible();
  await expect(app.window.getByRole('button', { name: 'Need you 1' })).toBeVisible();
  // Frames and size stand in the scene only.
  await expect(app.row('good').getByText(/^\d+ waiting$/)).toBeVisible({ timeout: 30_000 });
  await expect(app.row('good').getByText(/^\d+ × \d+$/)).toBeVisible();
  await app.expectStatus('blind', 'Waiting');
  await expect(app.row('good').getByText('.blend', { exact: true })).toBeVisible();
  await app.close();
  expect(await app.blenders()).toEqual([]);
});

const TEXTURED = `
floor = bpy.data.materials.new('Floor')
floor.use_nodes = True
floor.node_tree.nodes.new('ShaderNodeTexImage').image = bpy.data.images.load(os.path.join(OUT, 'wood.png'))
cube.data.materials.append(floor)
`;

test('a folder that was rendered before is looked through again when it is opened: a texture has gone since', async () => {
  const folder = join(place.root, 'shots');
  const wood = join(folder, 'wood.png');
  await mkdir(folder);
  await sharp({ create: { width: 4, height: 4, channels: 3, background: '#a60' } }).toFile(wood);
  await makeBlend(join(folder, 'hero.blend'), TEXTURED);
  await makeBlend(join(folder, 'good.blend'));
  await startApp([folder]);
  await app.render();
  for (const name of ['hero', 'good']) await app.expectStatus(name, 'Done');
  await app.expectEnd();
  await app.close();

  await makeBlend(join(folder, 'late.blend'), TEXTURED);
  await rm(wood);
  await startApp([folder]);
  await app.expectStatus('late', 'Waiting');
  await expect(app.row('late').getByText('1 problem')).toBeVisible({ timeout: 30_000 });
  // What was rendered while it was there stays, and says so.
  await app.expectStatus('hero', 'Done');
  await expect(app.row('hero')).toContainText('after these 3 frames were made');
  await app.expectStatus('good', 'Done');
  await expect(app.row('good').getByText(/problem/)).toHaveCount(0);
  await app.close();
  expect(await app.blenders()).toEqual([]);
});

test('a look at a folder that was rendered before is never in the way of Render', async () => {
  const { folder, env } = await scriptedFilm(place.root, { hero: 'frames: 1-2\n' });
  await startApp([folder], env);
  await app.render();
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  await app.close();

  await writeFile(join(folder, 'hero.yaml'), 'blend: scenes/hero.blend\nframes: 1-4\n');
  const log = join(place.root, 'blender.jsonl');
  await startApp([folder], await standIn(place.root, { log, open: { hang: true, tries: 1 } }));
  const opened = () => readFile(log, 'utf8').then((text) => text.includes('"do":"open"'));
  await expect.poll(() => opened().catch(() => false)).toBe(true);
  await app.render();
  await app.expectStatus('hero', 'Done');
  await app.close();
  expect(await app.blenders()).toEqual([]);
});

test('a folder that is opened while another one renders is looked through when that has ended', async () => {
  const go = join(place.root, 'go');
  const log = join(place.root, 'blender.jsonl');
  const rules = { log, render: [{ blend: 'hero', frame: 2, until: go }] };
  const { folder, env } = await scriptedFilm(place.root, { hero: 'frames: 1-2\n' }, rules);
  const next = await scriptedFilm(join(place.root, 'next'), { lamp: 'frames: 1\n' });
  await startApp([folder], env);
  await app.render();
  await app.expectStatus('hero', 'Rendering');
  await app.dropFolder(next.folder);
  await app.expectStatus('lamp', 'Waiting');
  expect(await readFile(log, 'utf8')).not.toContain('lamp.blend');
  await writeFile(go, '');
  await expect
    .poll(() => readFile(log, 'utf8').catch(() => ''))
    .toMatch(/"do":"open".*lamp\.blend/);
});

test('a folder that brings scripts is trusted only when the artist says so', async () => {
  const folder = join(place.root, 'shots');
  await makeBlend(join(folder, 'scene.blend'));
  const ran = join(place.root, 'ran.txt');
  await writeFile(join(folder, 'build.py'), `open(${JSON.stringify(ran)}, 'w').write('ran')\n`);
  await writeFile(join(folder, 'plain.yaml'), 'blend: scene.blend\nframes: 1\n');
  await writeFile(join(folder, 'wild.yaml'), 'blend: scene.blend\nscript: build.py\nframes: 1\n');
  await startApp();
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

test('a second start hands its folder to the window that is open', async () => {
  const folder = join(place.root, 'shots');
  await mkdir(folder);
  await makeBlend(join(folder, 'hero.blend'));
  await startApp();
  await app.startAgain([folder]);
  await app.expectStatus('hero', 'Waiting');
});

test('the empty window offers sample shots that are trusted and not rendered in place', async () => {
  await startApp();
  await app.press('Try the sample shots');
  const first = app.window.getByRole('row').nth(1);
  await expect(first.getByText('Waiting', { exact: true })).toBeVisible();
  await expect(app.window.getByText(join(place.data, 'samples'))).toBeVisible();
  expect(await readdir(join(place.data, 'samples'))).not.toContain('renders');
  expect(JSON.parse(await readFile(join(place.data, 'trust.json'), 'utf8'))).toEqual({
    [join(place.data, 'samples')]: true,
  });
});

test('a shortcut that window and menu share does its work once', async () => {
  await startApp();
  await expect(app.window.getByRole('button', { name: 'Choose a folder…' })).toBeVisible();
  const asked = await app.countFolderDialogs();
  await app.pressKey('O', 'control');
  await expect.poll(asked).toBe(1);
  // Only the menu has this one; when it has come, a second Ctrl+O would have come as well.
  await app.pressKey('F1');
  await expect(app.dialog('Keyboard shortcuts')).toBeVisible();
  expect(await asked()).toBe(1);
});

test('settings come back after a restart', async () => {
  await startApp();
  const settings = await app.call('settings:get', undefined);
  if (!settings.ok) throw new Error(settings.error.message);
  const chosen = { ...(settings.value as object), workers: 3, theme: 'light' };
  expect(await app.call('settings:set', chosen)).toEqual({ ok: true, value: chosen });
  await app.close();
  await startApp();
  expect(await app.call('settings:get', undefined)).toEqual({ ok: true, value: chosen });
  expect(await app.window.evaluate(() => matchMedia('(prefers-color-scheme: light)').matches)).toBe(
    true,
  );
});

test('the settings show which GPUs Blender can render on, as its own preferences choose them', async () => {
  const gpu = { kind: 'OPTIX', id: 'a', name: 'Quick 1', on: true };
  const gpus = [gpu, { ...gpu, id: 'b', name: 'Quick 2', on: false }];
  await startApp([], await standIn(place.root, { version: '99.1.0', gpus }));
  await app.pressKey(',', 'control');
  const shown = app.dialog('Settings').getByLabel('GPUs');
  await expect(shown).toHaveText('Quick 1 (OptiX)Quick 2 (OptiX), switched off');
  await expect(shown).toHaveAccessibleDescription("As chosen in Blender's preferences.");
});

test('an artist says in the settings where frames go, and how much memory is too much', async () => {
  const { folder, env } = await scriptedFilm(place.root, { hero: 'frames: 1-2\n' });
  const frames = join(place.root, 'frames');
  await mkdir(frames);
  await startApp([], env);
  await app.main.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, frames);
  await app.press('Settings');
  const settings = app.dialog('Settings');
  await settings.getByLabel('Memory limit').fill('lots');
  await expect(settings.getByText(/^This is not a number of GB\./)).toBeVisible();
  await expect(settings.getByRole('button', { name: 'Save' })).toBeDisabled();
  await settings.getByLabel('Memory limit').fill('12');
  const output = settings.locator('.field', { hasText: 'Frames go to' });
  await output.getByRole('button', { name: 'Choose…' }).click();
  await expect(output.getByRole('combobox')).toHaveValue(frames);
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toHaveCount(0);
  const kept = await app.call('settings:get', undefined);
  expect(kept).toMatchObject({
    ok: true,
    value: { memoryLimitMb: 12 * 1024, outputFolder: frames },
  });

  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');
  await app.render();
  await app.expectStatus('hero', 'Done');
  expect((await readdir(join(frames, 'film', 'hero'))).sort()).toEqual([
    ...['hero_0001.png', 'hero_0002.png'],
  ]);
  expect(await readdir(folder)).not.toContain('renders');
  // Opened again from anywhere, it is the same batch.
  await app.close();
  await startApp([folder], env);
  await app.expectStatus('hero', 'Done');
});

test('the application menu offers what makes sense now, as the window does', async () => {
  const rules = { render: [{ frame: 2, until: join(place.root, 'never') }] };
  const { folder, env } = await scriptedFilm(place.root, { hero: 'frames: 1-2\n' }, rules);
  const offered = () =>
    app.main.evaluate(
      ({ Menu }, commands) => {
        const menu = Menu.getApplicationMenu();
        return commands.filter((command) => menu?.getMenuItemById(command)?.enabled);
      },
      ['render', 'pause', 'cancel', 'retry', 'export-report', 'settings'],
    );
  await startApp([], env);
  await expect.poll(offered).toEqual(['settings']);
  await app.dropFolder(folder);
  await expect.poll(offered).toEqual(['render', 'settings']);
  await app.render();
  await expect.poll(offered).toEqual(['pause', 'cancel', 'export-report', 'settings']);
  await app.pressKey('F1');
  await expect.poll(offered).toEqual([]);
});
