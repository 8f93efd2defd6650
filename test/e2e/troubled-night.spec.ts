import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { standIn } from './film.ts';
import { app, place, shown, startApp, test } from './story.ts';

const WOOD =
  'The image "/film/textures/oak_planks.png", used by Floor, is missing: its surface renders pink.';

/** The window, and beside it four shots: one misses a texture, one has a frame that always crashes, one runs out of memory, one is well. */
async function openTroubledFolder(): Promise<string> {
  const folder = join(place.root, 'film');
  await mkdir(join(folder, 'scenes'), { recursive: true });
  const shots = { crowd: 'frames: 1-14\npriority: 1\n', hero: 'frames: 1-6\n' };
  const more = { stunt: 'frames: 1-8\n', well: 'frames: 1-4\n' };
  for (const [name, text] of Object.entries({ ...shots, ...more })) {
    await writeFile(join(folder, 'scenes', `${name}.blend`), `BLENDER-v403RENDH ${name}`);
    await writeFile(join(folder, `${name}.yaml`), `blend: scenes/${name}.blend\n${text}`);
  }
  const fail = { cause: 'out-of-memory', message: 'Blender ran out of memory.' };
  const findings = [{ severity: 'error', cause: 'missing-file', message: WOOD }];
  const rules = {
    facts: { width: 64, height: 36 },
    inspect: { blend: 'hero', findings },
    render: [
      { blend: 'crowd', frame: 2, fail, seconds: 0.3, tries: 1 },
      { blend: 'stunt', frame: 7, crash: true },
      { blend: 'hero', frame: 3, crash: true, tries: 1 },
      { seconds: 0.4 },
    ],
  };
  await startApp([], await standIn(place.root, rules));
  return folder;
}

test('a night with a missing texture, a frame that always crashes and too little memory is told in the window and in the report', async () => {
  const folder = await openTroubledFolder();
  const settings = await app.call('settings:get', undefined);
  if (!settings.ok) throw new Error('No settings.');
  await app.call('settings:set', { ...(settings.value as object), workers: 3 });
  await app.dropFolder(folder);
  await app.expectStatus('crowd', 'Waiting');
  await app.render();

  const lanes = app.window.getByRole('region', { name: 'Workers' });
  await expect(lanes.getByText(/1 of 3 workers rests since .* frame 2 of crowd/)).toBeVisible();
  await expect(lanes.getByText('Rests', { exact: true })).toBeVisible();
  await shown('fewer-workers');
  await app.expectStatus('crowd', 'Done');
  await app.expectStatus('stunt', 'Failed');
  await app.expectEnd();

  await expect(app.row('hero').getByText(/1 warning · 1 retry/)).toBeVisible();
  await expect(app.row('stunt').getByText('1 failed')).toBeVisible();
  await expect(app.window.getByText(/One shot needs you\. One is worth a look\./)).toBeVisible();
  const worthALook = app.window.getByRole('region', { name: 'hero is worth a look' });
  await expect(worthALook.getByText(/oak_planks\.png/)).toBeVisible();
  await app.unfoldNight();
  await expect(app.window.getByText(/What the night met: \d+ things/)).toBeVisible();
  await expect(app.window.getByText(/The batch goes on with 2 of 3 workers\./)).toBeVisible();
  const sidebar = app.window.getByRole('navigation', { name: 'Batches' });
  await expect(sidebar.getByText(/1 failed, 31 frames/)).toBeVisible();
  await shown('morning');

  await worthALook.getByRole('button', { name: 'Show' }).click();
  await expect(app.window.getByText('1 retry: frame 3 crashed.')).toBeVisible();
  await shown('problems');
  await app.row('stunt').click();
  await app.window.getByRole('tab', { name: 'Frames' }).click();
  const crashing = 'Frame 7, failed, crashes every time, 3 tries';
  await expect(app.window.getByRole('gridcell', { name: crashing })).toBeVisible();
  await shown('crashes-every-time');
  await app.window.getByRole('tab', { name: 'Set-up' }).click();
  await expect(app.window.getByText(/2 m without a sign of life, never less/)).toBeVisible();
  await app.expectSetup('Scene file', 'stunt.yaml, line 1');
  await app.expectSetup('Retries', 'settings');
  await shown('setup');
  if (process.env.NIGHTSHIFT_SHOTS) {
    await app.call('settings:set', { ...(settings.value as object), workers: 3, theme: 'light' });
    await app.window.evaluate(() => document.documentElement.setAttribute('data-theme', 'light'));
    await app.window.getByRole('tab', { name: 'Problems' }).click();
    await shown('light');
  }

  const report = join(place.root, 'report.md');
  await app.exportReport(report);
  const text = await readFile(report, 'utf8');
  expect(text).toContain('## Worth a look');
  expect(text).toContain(`- **hero**: ${WOOD}`);
  expect(text).toContain('frame 7 crashes Blender every time');
  expect(text).toContain('**crowd**: 1 retry, frame 2 ran out of memory.');
  expect(text).toContain('Memory ran out on frame 2 of crowd.');
});
