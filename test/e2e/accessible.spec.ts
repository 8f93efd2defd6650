import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { shutOut, tooWide } from './axe.ts';
import { standIn } from './film.ts';
import { app, place, startApp, test } from './story.ts';

const LONG = 'sq010_sh0040_the_lantern_maker_walks_home_over_the_frozen_pond_v017_final_lighting';
const HEBREW = 'סצנה_ראשונה_לילה';

/** The window, and beside it shots with a long name and one that is read from the right; one that fails, one that is broken, one with a script. */
async function openMixedFolder(): Promise<string> {
  const folder = join(place.root, 'film');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'scene.bin'), 'BLENDER-v403RENDH scene');
  await writeFile(join(folder, 'grow.py'), '');
  const shot = (more: string) => `blend: scene.bin\n${more}`;
  await writeFile(join(folder, `${LONG}.yaml`), shot('frames: 1-3\npriority: 1\n'));
  await writeFile(join(folder, `${HEBREW}.yaml`), shot('frames: 1-3\n'));
  await writeFile(join(folder, 'scripted.yaml'), shot('script: grow.py\nframes: 1-2\n'));
  await writeFile(join(folder, 'torn.yaml'), 'blend: [\n');
  const rules = {
    facts: { width: 64, height: 36 },
    render: [
      { frame: 2, crash: true, tries: 1 },
      { frame: 3, hang: true },
    ],
  };
  await startApp([], await standIn(place.root, rules));
  return folder;
}

test('nobody is shut out of any room: axe finds nothing in either theme, and all fits at 200 %', async () => {
  const folder = await openMixedFolder();
  const { window } = app;
  await window.emulateMedia({ reducedMotion: 'reduce' });
  const faults: string[] = [];
  const look = async (room: string) => {
    faults.push(...(await shutOut(window, room)));
    for (const [size, width, height, zoom] of SIZES) {
      await app.resize(width, height, zoom);
      faults.push(...(await tooWide(window, `${room} at ${size}`)));
    }
    await app.resize(1440, 900, 1);
  };

  await expect(window.getByRole('button', { name: 'Try the sample shots' })).toBeVisible();
  await look('empty');
  await app.pressKey(',', 'control');
  await expect(app.dialog('Settings')).toBeVisible();
  await look('settings');
  await window.keyboard.press('Escape');
  await app.pressKey('F1');
  await expect(app.dialog('Keyboard shortcuts')).toBeVisible();
  await look('shortcuts');
  await window.keyboard.press('Escape');

  await app.dropFolder(folder);
  await app.expectStatus(LONG, 'Waiting');
  await look('found');
  await app.row(LONG).click({ button: 'right' });
  await expect(window.getByRole('menu')).toBeVisible();
  await look('menu of a shot');
  await window.keyboard.press('Escape');

  await app.render();
  await expect(app.dialog('Trust this folder?')).toBeVisible();
  await look('trust');
  await app.answerTrust('Trust and run scripts');
  await app.expectStatus(LONG, 'Rendering');
  await app.row(LONG).click();
  for (const tab of ['Frames', 'Log', 'Set-up', 'Problems']) {
    await window.getByRole('tab', { name: tab }).click();
    await look(`rendering, ${tab}`);
  }
  await app.press('Cancel…');
  await expect(app.dialog('Cancel the batch?')).toBeVisible();
  await look('cancel');
  await app.dialog('Cancel the batch?').getByRole('button', { name: 'Cancel batch' }).click();
  await app.expectEnd();
  await look('cancelled');

  expect(faults).toEqual([]);
});

const SIZES: readonly (readonly [string, number, number, number])[] = [
  ['1280×800', 1280, 800, 1],
  ['1280×800 and 200 %', 1280, 800, 2],
  ['4K', 3840, 2160, 1],
];
