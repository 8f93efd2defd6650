import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import sharp from 'sharp';
import { makeBlend } from '../helpers/make-blend.ts';
import { scriptedFilm } from './film.ts';
import { app, place, shown, startApp, test } from './story.ts';
import { Survey } from './survey.ts';

/** A shot in OpenEXR with its depth, and one in PNG, rendered by Blender. */
async function renderedShots(): Promise<void> {
  const folder = join(place.root, 'film');
  await mkdir(folder, { recursive: true });
  await makeBlend(
    join(folder, 'scenes', 'knob.blend'),
    'render.resolution_x, render.resolution_y = 320, 180\nscene.view_layers[0].use_pass_z = True\n',
  );
  const shot = (more: string) => `blend: scenes/knob.blend\n${more}`;
  const exr = 'output: {format: OPEN_EXR_MULTILAYER}\n';
  await writeFile(join(folder, 'beauty.yaml'), shot(`frames: 1-2\n${exr}`));
  await writeFile(join(folder, 'plate.yaml'), shot('frames: 1-2\n'));
  await startApp();
  await app.dropFolder(folder);
  await app.render();
  await app.expectStatus('beauty', 'Done');
  await app.expectStatus('plate', 'Done');
  await app.expectEnd();
}

/** As rendering the frames of a shot again leaves it: what was there before is set aside, here red pictures. */
async function setAside(shot: string): Promise<void> {
  const folder = join(place.root, 'film', 'renders', shot);
  const aside = join(folder, '.nightshift-aside');
  await mkdir(aside, { recursive: true });
  const red = { width: 320, height: 180, channels: 3, background: '#c80a1e' } as const;
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.png'))) {
    const file = join(aside, `before-${Date.now().toString(36)}-${name}`);
    await sharp({ create: red }).png().toFile(file);
  }
}

function viewer(name: string): Locator {
  return app.window.getByRole('dialog', { name });
}

function press(key: string): Promise<void> {
  return app.window.keyboard.press(key);
}

/** What is said to those who can't see it. */
function said(name: string): Locator {
  return viewer(name).getByRole('status');
}

/** The pixel in the middle of the picture, as the screen shows it. */
function middle(name: string): Promise<readonly number[]> {
  const canvas = viewer(name).locator('canvas');
  return canvas.evaluate((it: HTMLCanvasElement) => {
    const { width, height } = it;
    const at = it.getContext('2d')?.getImageData(width >> 1, height >> 1, 1, 1).data ?? [];
    return [...at].slice(0, 3);
  });
}

test('an artist looks into an OpenEXR: its values, its light, its layers, and holds it against another shot', async () => {
  await renderedShots();
  await setAside('plate');
  const { window } = app;
  await app.row('beauty').click();
  await press('Space');
  await press('Home');
  const room = viewer('beauty');
  await expect(room.getByRole('img', { name: 'Frame 1 of beauty' })).toBeVisible();
  await expect(room.getByText(/^Frame 1 · Done/)).not.toContainText('sharper picture to come');
  expect(await room.boundingBox()).toMatchObject({ x: 0, y: 0 });

  // The values under the pointer are those of the file; a stop more is brighter, and back.
  const canvas = room.locator('canvas');
  await canvas.hover();
  await expect(
    room.getByText(/^160, \d+\s+·\s+R [\d.]+\s+G [\d.]+\s+B [\d.]+\s+A 1\s+·/),
  ).toBeVisible();
  const asRendered = await middle('beauty');
  await press('e');
  await press('e');
  await expect(said('beauty')).toHaveText('Exposure +1 stop');
  await expect.poll(async () => (await middle('beauty'))[0]).toBeGreaterThan(asRendered[0] ?? 255);
  await press('0');
  await expect.poll(() => middle('beauty')).toEqual(asRendered);
  await press('c');
  await expect(room.getByRole('list', { name: 'False colours' })).toBeVisible();
  await shown('viewer-false-colour');
  await press('c');

  // The depth is a layer of its own, whose distance the pixel tells.
  const layers = room.getByRole('combobox', { name: 'Layer' });
  await layers.selectOption({ label: 'ViewLayer · Depth (Z)' });
  await expect(room.getByText(/^160, \d+\s+·\s+Z [\d.]+\s+·\s+float$/)).toBeVisible();
  await shown('viewer-depth');
  await layers.selectOption({ index: 0 });

  // By the wheel at the pointer, by hand, and by keys.
  await room.getByRole('button', { name: '1:1' }).click();
  await canvas.hover();
  await window.mouse.wheel(0, -800);
  await window.mouse.down();
  await window.mouse.move(400, 300);
  await window.mouse.up();
  await expect.poll(() => middle('beauty')).not.toEqual(asRendered);
  await press('1');
  await expect(said('beauty')).toHaveText('Zoom 1:1');
  await press('Shift+ArrowRight');
  await expect(room.getByText(/^\d+, \d+\s+·\s+R [\d.]+\s+G/)).toBeVisible();
  await press('f');

  // A key that can do nothing says why.
  await press('w');
  const hint = room.getByText(/^Nothing to compare with\. Choose a shot under “Compare with”/);
  await expect(hint).toHaveClass('viewer-hint');
  await shown('viewer-hint');

  // Against another shot: side by side, and one after the other.
  await room.getByRole('combobox', { name: 'Compare with' }).selectOption('plate');
  const line = room.getByRole('slider', { name: 'Wipe' });
  await expect(line).toHaveAttribute('aria-valuenow', '50');
  await expect(room.getByText('Frame 1 of plate')).toBeVisible();
  await line.focus();
  await press('ArrowRight');
  await press('Shift+.');
  await expect(line).toHaveAttribute('aria-valuenow', '62');
  await shown('viewer-wipe');
  const survey = new Survey();
  await survey.look('viewer, wipe');
  expect(survey.faults).toEqual([]);
  await press('x');
  await expect(said('beauty')).toHaveText('Shows plate');
  await expect(room.getByRole('img', { name: 'Frame 1 of plate' })).toBeVisible();
  await press('x');
  await expect(room.getByRole('img', { name: 'Frame 1 of beauty' })).toBeVisible();

  // On to the next shot, looked at in the same way; a marked picture can be held against any.
  await press('m');
  await press('PageDown');
  const next = viewer('plate');
  await expect(next.getByText(/^Frame [12] · Done/)).not.toContainText('sharper picture to come');
  await next.locator('canvas').hover();
  await expect(
    next.getByText(/^\d+, \d+\s+·\s+R \d+\s+G \d+\s+B \d+(\s+A \d+)?\s+·\s+8 bit$/),
  ).toBeVisible();
  const compare = next.getByRole('combobox', { name: 'Compare with' });
  await compare.selectOption({ label: 'beauty, frame 1 (marked)' });
  await expect(next.getByText('Frame 1 of beauty')).toBeVisible();

  // Against what was there before the frame was rendered again.
  await press('v');
  await expect(said('plate')).toHaveText('Compared with the version before');
  await expect(next.getByText(/^Frame [12] before .*\d\d:\d\d$/)).toBeVisible();
  await press('x');
  await expect.poll(() => middle('plate')).toEqual([200, 10, 30]);
  await press('Escape');
  await expect(next).toBeHidden();
});

test('three hundred small frames are loaded as soon as the shot is opened while two Blenders render, and play at its own rate', async () => {
  const go = join(place.root, 'go');
  const shots = {
    film: 'frames: 1-300\npriority: 3\n',
    left: 'frames: 1-2\n',
    right: 'frames: 1-2\n',
  };
  const rules = {
    facts: { width: 192, height: 108, fps: 60 },
    render: [
      { blend: 'left', spins: 1, until: go },
      { blend: 'right', spins: 1, until: go },
    ],
  };
  const { folder, env } = await scriptedFilm(place.root, shots, rules);
  await startApp([folder], env);
  await app.expectStatus('film', 'Waiting');
  await app.render();
  await app.expectStatus('film', 'Done');
  await app.expectStatus('left', 'Rendering');
  await app.row('film').click();
  await press('Space');
  const room = viewer('film');
  const buffer = room.getByRole('progressbar', { name: 'Loaded for playing' });
  await expect(buffer).toHaveAttribute('aria-valuetext', '300 of 300 frames');
  await expect(room.getByText('60 fps')).toBeVisible();

  // Once to its end: every frame was on the screen, or is said to have been dropped.
  await room.getByRole('button', { name: 'Loop' }).click();
  await room.focus();
  await press('Home');
  await expect(room.getByText('1 of 300')).toBeVisible();
  await press('Space');
  await expect(room.getByRole('button', { name: 'Stop playing' })).toBeVisible();
  await expect(room.getByText('300 of 300')).toBeVisible();
  await expect(room.getByRole('img', { name: 'Frame 300 of film' })).toBeVisible();
  await expect(room.getByRole('button', { name: 'Play the frames' })).toBeVisible();
  await shown('viewer-film');
  await writeFile(go, '');
});
