import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import { standIn } from './film.ts';
import { app, place, shown, startApp, test } from './story.ts';

/** A shot of eight frames: the third crashes Blender, the sixth renders until it is told to go on. */
async function halfRendered(): Promise<{ goOn: () => Promise<void> }> {
  const folder = join(place.root, 'film');
  const go = join(place.root, 'go');
  await mkdir(join(folder, 'scenes'), { recursive: true });
  await writeFile(join(folder, 'scenes', 'hero.blend'), 'BLENDER-v403RENDH hero');
  await writeFile(
    join(folder, 'hero.yaml'),
    'blend: scenes/hero.blend\nframes: 1-8\nretries: 0\nrender: {resolution: [320, 180]}\n',
  );
  const render = [
    { frame: 3, crash: true },
    { frame: 6, until: go },
  ];
  await startApp([], await standIn(place.root, { render }));
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');
  await app.row('hero').dblclick();
  await app.render();
  await expect(frame(6)).toHaveAccessibleName('Frame 6, rendering');
  return { goOn: () => writeFile(go, '') };
}

/** Its place in the contact sheet. */
function frame(number: number): Locator {
  const sheet = app.window.getByRole('grid', { name: 'Frames of hero' });
  return sheet.getByRole('gridcell', { name: new RegExp(`^Frame ${number},`) });
}

function preview(): Locator {
  return app.window.getByRole('dialog', { name: 'hero' });
}

function press(...keys: readonly string[]): Promise<void> {
  return keys.reduce((done, key) => done.then(() => app.window.keyboard.press(key)), NOTHING);
}
const NOTHING = Promise.resolve();

test('an artist looks through the frames of a shot by keyboard alone, the missing ones too', async () => {
  const { goOn } = await halfRendered();
  for (const [number, words] of [
    [1, /^Frame 1, done/],
    [3, 'Frame 3, failed, Blender crashed, 1 try'],
    [5, /^Frame 5, done/],
    [8, 'Frame 8, waiting'],
  ] as const) {
    await expect(frame(number)).toHaveAccessibleName(words);
  }
  await expect(frame(7).getByText('Waiting', { exact: true })).toBeVisible();
  const small = frame(2).locator('img');
  await expect.poll(() => small.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBe(144);
  await shown('contact-sheet');

  await frame(5).focus();
  await press('ArrowLeft', 'ArrowLeft');
  await expect(frame(3)).toBeFocused();
  const inspector = app.window.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector.getByText(/Blender crashed.*frame 3/i)).toBeVisible();
  await press('End');
  await expect(frame(8)).toBeFocused();

  await press('Enter');
  await expect(preview().getByText('Frame 8 is not rendered yet.')).toBeVisible();
  await press('Home', 'ArrowRight');
  await expect(preview().getByRole('img', { name: 'Frame 2 of hero' })).toBeVisible();
  await expect(preview().getByText(/^Frame 2 · Done/)).toBeVisible();
  await shown('preview');
  await press('Escape');
  await expect(preview()).toBeHidden();
  await expect(frame(2)).toBeFocused();

  await press('Space');
  await expect(preview().getByRole('img', { name: 'Frame 2 of hero' })).toBeVisible();
  await press('Escape');
  await frame(4).click();
  await expect(preview().getByRole('img', { name: 'Frame 4 of hero' })).toBeVisible();
  await preview().getByRole('button', { name: 'Next frame' }).click();
  await preview().getByRole('button', { name: 'Close the viewer' }).click();
  await expect(frame(5)).toBeFocused();

  await goOn();
  await expect(frame(8)).toHaveAccessibleName(/^Frame 8, done/);
  await app.expectStatus('hero', 'Failed');
});

test('an artist plays what is rendered so far, and frames that come in meanwhile join the film', async () => {
  const { goOn } = await halfRendered();
  const inspector = app.window.getByRole('complementary', { name: 'Inspector' });
  const slider = inspector.getByRole('slider', { name: 'Frame' });
  const play = inspector.getByRole('button', { name: 'Play the frames' });
  const stop = inspector.getByRole('button', { name: 'Stop playing' });
  const loop = inspector.getByRole('button', { name: 'Loop' });
  // Nothing plays by itself.
  await expect(play).toBeVisible();
  await expect(inspector.getByText('24 fps')).toBeVisible();

  await loop.click();
  await slider.focus();
  await press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', /^Frame 1, done/);
  await press('Space');
  await expect(slider).toHaveAttribute('aria-valuetext', /^Frame 5, done/);
  await expect(play).toBeVisible();
  await expect(inspector.getByRole('img', { name: 'Frame 5 of hero' })).toBeVisible();

  await press('ArrowLeft', 'ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuetext', /^Frame 3, failed/);
  await loop.click();
  await slider.focus();
  await press('Space');
  await expect(stop).toBeVisible();
  await goOn();
  await expect(frame(8)).toHaveAccessibleName(/^Frame 8, done/);
  await expect(stop).toBeVisible();
  await shown('player');
  await loop.click();
  await expect(play).toBeVisible();
  await expect(slider).toHaveAttribute('aria-valuetext', /^Frame 8, done/);

  await inspector.getByRole('button', { name: 'Show frame 8 large' }).click();
  await press('Space');
  await expect(preview().getByRole('slider', { name: 'Frame' })).toHaveAttribute(
    'aria-valuetext',
    /^Frame 8, done/,
  );
  await press('Home');
  await expect(preview().getByRole('img', { name: 'Frame 1 of hero' })).toBeVisible();
  await press('Escape');
  await expect(preview()).toBeHidden();
  await expect(play).toBeVisible();
});

test('Space on a shot previews its newest frame, and its strip tells each frame to the pointer', async () => {
  await halfRendered();
  await app.press('Close the inspector');
  await app.row('hero').click();
  await press('Space');
  await expect(preview().getByRole('img', { name: 'Frame 5 of hero' })).toBeVisible();
  await press('ArrowRight');
  await expect(preview().getByText('Frame 6 is rendering.')).toBeVisible();
  await press('Escape');
  await expect(app.window.getByRole('grid', { name: 'Shots' })).toBeFocused();

  const strip = app.row('hero').getByRole('img', { name: '4 of 8' });
  const box = await strip.boundingBox();
  if (!box) throw new Error('The strip is not on the screen.');
  const point = (cell: number) =>
    strip.hover({ position: { x: ((cell - 0.5) * box.width) / 8, y: box.height / 2 } });
  const hint = app.window.getByRole('tooltip');
  await point(1);
  await expect(hint).toHaveText(/^Frame 1 · Done · \d.* s · \d\d:\d\d$/);
  await expect(strip).toHaveAccessibleDescription(/^Frame 1 · Done/);
  await shown('strip-hint');
  await point(3);
  await expect(hint).toHaveText('Frame 3 · Failed · Blender crashed, 1 try');
  await point(6);
  await expect(hint).toHaveText(/^Frame 6 · Rendering · since \d\d:\d\d$/);
  await point(8);
  await expect(hint).toHaveText('Frame 8 · Waiting');
  await press('ArrowDown');
  await expect(hint).toBeHidden();
});
