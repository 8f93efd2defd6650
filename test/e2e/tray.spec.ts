import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect } from '@playwright/test';
import { standIn } from './film.ts';
import { app, place, startApp, test } from './story.ts';
import { watchTray } from './tray-watch.ts';

/** A batch whose second frame waits for a file. @param tray what the desktop says of having one */
async function startFilm(tray: boolean): Promise<() => Promise<void>> {
  const folder = join(place.root, 'film');
  const bin = join(place.root, 'bin');
  const go = join(place.root, 'go');
  await mkdir(folder);
  await mkdir(bin);
  await writeFile(join(bin, 'gdbus'), `#!/bin/sh\necho '(${tray},)'\n`);
  await chmod(join(bin, 'gdbus'), 0o755);
  await writeFile(join(folder, 'any.blend'), 'BLENDER-v403RENDH');
  await writeFile(join(folder, 'hero.yaml'), 'blend: any.blend\nframes: 1-4\n');
  await startApp([folder], {
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    ...(await standIn(place.root, { render: [{ frame: [2, 3, 4], until: go }] })),
  });
  await app.expectStatus('hero', 'Waiting');
  return () => writeFile(go, '');
}

test('an artist sends the window to the tray, pauses from there, and finds the night done', async () => {
  const letGo = await startFilm(true);
  const tray = await watchTray(app);
  await app.render();
  await expect.poll(() => tray.tooltip()).toMatch(/^film: 25 %/);
  expect(await app.closeWindow('Keep rendering')).toBe('open');
  await expect.poll(() => app.isWindowShown()).toBe(false);

  await tray.choose('Pause');
  await expect.poll(() => tray.tooltip()).toBe('film: 25 %, paused');
  await tray.choose('Resume');
  await expect.poll(() => tray.labels()).toContain('Pause');
  await letGo();
  await expect.poll(() => tray.tooltip()).toBe('film: 100 %');
  await tray.choose('Show Nightshift');
  await expect.poll(() => app.isWindowShown()).toBe(true);
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
});

test('a second start brings back the window that was put away', async () => {
  await startFilm(true);
  await app.render();
  await app.expectStatus('hero', 'Rendering');
  await app.closeWindow('Keep rendering');
  await expect.poll(() => app.isWindowShown()).toBe(false);
  await app.startAgain([]);
  await expect.poll(() => app.isWindowShown()).toBe(true);
  await app.expectStatus('hero', 'Rendering');
});

// The other systems always have one.
if (process.platform === 'linux') {
  test('on a desktop without a tray the window does not vanish', async () => {
    await startFilm(false);
    await app.render();
    await app.expectStatus('hero', 'Rendering');
    await app.closeWindow('Keep rendering');
    expect(await app.isWindowShown()).toBe(true);
    await app.expectStatus('hero', 'Rendering');
  });
}
