import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import sharp from 'sharp';
import { makeBlend } from '../helpers/make-blend.ts';
import { app, place, startApp, test } from './story.ts';

/** Frames of a moment but for the third, which is slow enough to be caught in it. */
const SLOW = `
render.resolution_x, render.resolution_y = 320, 180
scene.cycles.use_adaptive_sampling = False
bpy.context.preferences.edit.keyframe_new_interpolation_type = 'CONSTANT'
for frame, samples in ((1, 1), (3, 160), (4, 1)):
    scene.cycles.samples = samples
    scene.keyframe_insert('cycles.samples', frame=frame)
`;

/** Looked at so often that the slow frame is still the next one. */
async function expectFrame(folder: string, name: string): Promise<void> {
  const options = { timeout: 60_000, intervals: [50] };
  await expect.poll(() => frames(folder, 'hero'), options).toContain(name);
}

async function shotFolder(shots: Readonly<Record<string, string>>, scene = ''): Promise<string> {
  const folder = join(place.root, 'shots');
  await mkdir(folder, { recursive: true });
  await makeBlend(join(folder, 'scenes', 'knob.blend'), scene);
  for (const [name, text] of Object.entries(shots)) {
    await writeFile(join(folder, `${name}.yaml`), `blend: scenes/knob.blend\n${text}`);
  }
  return folder;
}

/** No folder in which frames are made, and nothing that was moved aside. */
async function expectOnlyFrames(folder: string): Promise<void> {
  const names = await readdir(join(folder, 'renders'), { recursive: true });
  expect(names.filter((name) => name.includes('.nightshift'))).toEqual([]);
}

async function frames(folder: string, shot: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'renders', shot)).catch(() => []);
  // Hidden: the folder in which frames are made before they are proved.
  return names.filter((name) => !name.startsWith('.')).sort();
}

function numbered(shot: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${shot}_${String(i + 1).padStart(4, '0')}.png`);
}

test('an artist drops a folder, renders it, cancels one shot and exports the report', async () => {
  const folder = await shotFolder(
    {
      hero: 'frames: 1-3\nrender: { samples: 1 }\n',
      knob: 'frames: 1-2\n',
      lamp: 'frames: 3-400\npriority: -1\n',
    },
    SLOW,
  );
  await startApp();
  await app.dropFolder(folder);
  for (const shot of ['hero', 'knob', 'lamp']) await app.expectStatus(shot, 'Waiting');
  await app.renderFirst('lamp');

  await app.render();
  await app.expectStatus('lamp', 'Rendering');
  await app.cancelJob('lamp');
  await app.expectStatus('lamp', 'Cancelled');
  await app.expectStatus('hero', 'Done');
  await app.expectStatus('knob', 'Done');

  const report = join(place.root, 'report.md');
  await app.exportReport(report);
  const text = await readFile(report, 'utf8');
  expect(text).toMatch(/lamp[\s\S]*hero/);
  expect(text).toContain('![hero, frames 1-3](report-pictures/002-hero.jpg)');
  const strip = await sharp(join(place.root, 'report-pictures', '002-hero.jpg')).metadata();
  expect(strip).toMatchObject({ format: 'jpeg', width: 3 * 320 + 12, height: 180 });
  expect(await frames(folder, 'hero')).toEqual(numbered('hero', 3));
  expect(await frames(folder, 'knob')).toEqual(numbered('knob', 2));
  expect((await frames(folder, 'lamp')).length).toBeLessThan(398);
  await app.expectEnd();
  await expectOnlyFrames(folder);
});

test('the app is killed in the middle of a batch, and Resume brings every frame', async () => {
  const folder = await shotFolder({ hero: 'frames: 1-5\n' }, SLOW);
  await startApp();
  await app.dropFolder(folder);
  await app.render();
  await expectFrame(folder, 'hero_0002.png');
  expect(await app.blenders()).not.toEqual([]);

  await app.kill();
  await expect.poll(() => app.blenders(), { timeout: 2000, intervals: [50] }).toEqual([]);
  const before = await frames(folder, 'hero');
  expect(before.length).toBeLessThan(5);

  await startApp();
  await expect(app.window.getByRole('heading', { name: /was interrupted/ })).toBeVisible();
  await app.press('Show the shots');
  await app.expectStatus('hero', 'Waiting');
  await app.resume();
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  expect(await frames(folder, 'hero')).toEqual(numbered('hero', 5));
  await expectOnlyFrames(folder);
});

test('the end of the session stops the batch without losing a frame', async () => {
  const folder = await shotFolder({ hero: 'frames: 1-40\n' }, SLOW);
  await startApp();
  await app.dropFolder(folder);
  await app.render();
  await expectFrame(folder, 'hero_0002.png');
  expect(await app.terminate()).toBe(0);
  expect(await app.blenders()).toEqual([]);
  expect(await frames(folder, 'hero')).toEqual(
    numbered('hero', (await frames(folder, 'hero')).length),
  );
  await expectOnlyFrames(folder);
});

test('closing the window while it renders asks first, and the next start offers to resume', async () => {
  const folder = await shotFolder({ hero: 'frames: 1-4\n' }, SLOW);
  await startApp();
  await app.dropFolder(folder);
  await app.render();
  await expectFrame(folder, 'hero_0002.png');
  expect(await app.closeWindow('Keep rendering')).toBe('open');
  await app.expectStatus('hero', 'Rendering');
  expect(await app.closeWindow('Stop and keep progress')).toBe('gone');
  expect(await app.blenders()).toEqual([]);
  await expectOnlyFrames(folder);

  await startApp();
  await expect(app.window.getByRole('heading', { name: /was interrupted/ })).toBeVisible();
  // What is left takes more than no time: rather no figure than a wrong one.
  await expect(app.window.getByText('left to render')).toBeVisible();
  await expect(app.window.getByText('about, from the frames so far')).toHaveCount(0);
  await app.resume();
  await app.expectStatus('hero', 'Done');
  expect(await frames(folder, 'hero')).toEqual(numbered('hero', 4));
});

test('a cancelled batch leaves whole frames only, and the inspector says of each what the table says', async () => {
  const folder = await shotFolder({ hero: 'frames: 1-40\n' }, SLOW);
  await startApp();
  await app.dropFolder(folder);
  await app.row('hero').dblclick();
  await app.render();
  await expectFrame(folder, 'hero_0002.png');
  const sheet = app.window.getByRole('grid', { name: 'Frames of hero' });
  const cells = (state: string) => sheet.getByRole('gridcell', { name: new RegExp(`, ${state}`) });
  await expect(cells('done')).not.toHaveCount(0);

  await app.cancelBatch();
  await app.expectStatus('hero', 'Cancelled');
  await app.expectEnd();
  const count = (await frames(folder, 'hero')).length;
  await expect(cells('done')).toHaveCount(count);
  await expect(cells('rendering')).toHaveCount(0);
  expect(await frames(folder, 'hero')).toEqual(numbered('hero', count));
  await expectOnlyFrames(folder);

  // It has its morning too: what is there, what was stopped, what is left, and one way on.
  const page = app.window.getByRole('main');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    `${count} of 40 frames are ready`,
  );
  await expect(page.getByText(/^shots was cancelled at .* One shot was stopped/)).toBeVisible();
  await app.unfoldNight();
  await expect(page.getByText('frames left').locator('..')).toHaveText(`${40 - count}frames left`);
  await expect(page.locator('.button.primary')).toHaveText(['Resume']);
});
