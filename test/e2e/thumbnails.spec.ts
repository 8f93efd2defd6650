import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { app, place, startApp, test } from './story.ts';

async function shotFolder(shots: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(place.root, 'shots');
  await mkdir(folder, { recursive: true });
  await makeBlend(join(folder, 'scenes', 'knob.blend'));
  for (const [name, text] of Object.entries(shots)) {
    await writeFile(join(folder, `${name}.yaml`), `blend: scenes/knob.blend\n${text}`);
  }
  return folder;
}

/** Pixels of the picture in a row; 0: it shows none, which is said at once. */
function widthIn(name: string): Promise<number> {
  const thumbnail = app.row(name).locator('.thumbnail');
  return thumbnail.evaluate((element) => element.querySelector('img')?.naturalWidth ?? 0);
}

test('a row shows the picture of its newest frame, of an OpenEXR too, made with the lowest priority', async () => {
  const folder = await shotFolder({
    hero: 'frames: 1-3\n',
    layers: 'frames: 7\noutput: {format: OPEN_EXR_MULTILAYER}\n',
  });
  await startApp();
  await app.dropFolder(folder);
  await expect(app.row('hero').locator('.thumbnail')).toBeVisible();
  expect(await widthIn('hero')).toBe(0);

  await app.render();
  await app.expectStatus('hero', 'Done');
  await app.expectStatus('layers', 'Done');
  for (const shot of ['hero', 'layers']) {
    await expect.poll(() => widthIn(shot), { timeout: 20_000 }).toBe(64);
  }
  await expect(app.row('hero').getByRole('img', { name: /^Frame [123]$/ })).toBeVisible();
  const kept = await readdir(join(place.data, 'thumbnails'), { recursive: true });
  expect(kept.filter((name) => name.endsWith('.webp')).length).toBeGreaterThan(0);

  const maker = await app.main.evaluate(({ app: electron }) =>
    electron.getAppMetrics().find(({ name }) => name?.includes('thumbnails')),
  );
  expect(maker).toBeDefined();
  expect(getPriority(maker?.pid ?? 0)).toBe(constants.priority.PRIORITY_LOW);
});
