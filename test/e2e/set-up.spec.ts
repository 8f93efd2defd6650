import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import sharp from 'sharp';
import { makeBlends } from '../helpers/make-blend.ts';
import { shutOut } from './axe.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

const HERO = `# Hero, as agreed with Mia
blend: scenes/knob.blend   # the turntable

frames: [1, 3]   # the whole turn
render:
    percentage:  100  # final
    # hair needs more
    samples: 1
`;

function field(name: string, role: 'textbox' | 'combobox' = 'textbox'): Locator {
  return app.window
    .getByRole('complementary', { name: 'Inspector' })
    .getByRole(role, { name, exact: true });
}

/** Types into a field of the Set-up, as a person does with the keyboard. */
async function type(name: string, text: string): Promise<void> {
  await field(name).fill(text);
  await field(name).press('Enter');
}

function said(text: string | RegExp): Promise<void> {
  return expect(app.window.locator('.setup-said')).toContainText(text);
}

test('an artist changes a bare .blend and a shot file in the Set-up, and what is rendered is what it says', async () => {
  const folder = join(place.root, 'shots');
  await makeBlends([
    [join(folder, 'lamp.blend'), ''],
    [join(folder, 'scenes', 'knob.blend'), ''],
  ]);
  await writeFile(join(folder, 'hero.yaml'), HERO);
  const text = (name: string) => readFile(join(folder, name), 'utf8');
  await startApp();
  await app.dropFolder(folder);
  await app.expectStatus('lamp', 'Waiting');
  await app.expectStatus('hero', 'Waiting');

  await app.row('lamp').click();
  await app.window.keyboard.press('ArrowRight');
  if (!(await app.window.getByRole('tab', { name: 'Set-up' }).isVisible()))
    await app.row('lamp').dblclick();
  await app.window.getByRole('tab', { name: 'Set-up' }).click();
  await app.expectSetup('Samples', 'scene');
  await expect(field('Samples')).toHaveAttribute('placeholder', '1');
  await type('Samples', 'many');
  const refused = app.window.getByRole('alert').filter({ hasText: 'Expected a whole number' });
  await expect(refused).toBeVisible();
  await expect(field('Samples')).toHaveAttribute('aria-invalid', 'true');
  expect(await readdir(folder)).not.toContain('lamp.yaml');
  await shown('set-up-refused');
  await type('Samples', '2');
  await said('Made lamp.yaml beside its .blend and wrote it there.');
  await app.expectSetup('Samples', 'lamp.yaml, line 4');
  await expect(field('Samples')).toBeFocused();
  await type('Frames', '2-3');
  await said('Written to lamp.yaml, line 5.');
  expect(await text('lamp.yaml')).toBe(
    '# Made by Nightshift. What is said here goes before what the scene has saved.\nblend: lamp.blend\nrender:\n  samples: 2\nframes: 2-3\n',
  );
  expect(await shutOut(app.window)).toEqual([]);
  await shown('set-up-one');

  await app.row('hero').click();
  await app.expectSetup('Frames', 'hero.yaml, line 4');
  await expect(field('Frames')).toHaveValue('1-3');
  await type('Frames', '1-2');
  await said('Written to hero.yaml, line 4.');
  await type('Percentage', '50 %');
  await said('Written to hero.yaml, line 6.');
  await field('Denoise', 'combobox').selectOption('Off');
  await said('Written to hero.yaml, line 9.');
  expect(await text('hero.yaml')).toBe(
    `${HERO.replace('[1, 3]', '1-2').replace('  100', '  50')}    denoise: false\n`,
  );

  await app.render();
  await app.expectStatus('lamp', 'Done');
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  const rendered = async (name: string) =>
    (await readdir(join(folder, 'renders', name))).filter((file) => !file.startsWith('.')).sort();
  expect(await rendered('lamp')).toEqual(['lamp_0002.png', 'lamp_0003.png']);
  expect(await rendered('hero')).toEqual(['hero_0001.png', 'hero_0002.png']);
  const { width, height } = await sharp(join(folder, 'renders/hero/hero_0001.png')).metadata();
  expect([width, height]).toEqual([32, 18]);

  await app.row('lamp').click();
  await app.row('hero').click({ modifiers: ['Control'] });
  await expect(field('Samples')).toHaveAttribute('placeholder', 'Differs');
  await expect(field('Frames')).toHaveAttribute('placeholder', 'Differs');
  await type('Frames', '1-3');
  await said('Written to 2 files.');
  await expect(field('Frames')).toHaveValue('1-3');
  expect(await text('lamp.yaml')).toContain('frames: 1-3\n');
  expect(await text('hero.yaml')).toContain('frames: 1-3   # the whole turn\n');
  expect(await shutOut(app.window)).toEqual([]);
  await app.resize(1280, 800);
  expect(await misfits(app.window)).toEqual([]);
  await shown('set-up-many');
  await app.window.getByRole('button', { name: 'Undo' }).click();
  await said('Taken back.');
  await app.expectStatus('hero', 'Done');

  // Frames that are there stay, those that are more are rendered.
  await app.row('lamp').click();
  await app.window.getByRole('button', { name: 'Frames: clear' }).click();
  await said('Taken out of lamp.yaml.');
  await expect(field('Frames')).toHaveAttribute('placeholder', 'As in the scene');
  await app.expectStatus('lamp', 'Waiting');
  await app.expectStatus('hero', 'Done');

  // Somebody has written there meanwhile: it is shown, and not written over.
  await writeFile(join(folder, 'lamp.yaml'), 'blend: lamp.blend\nretries: 7\n');
  await type('Samples', '3');
  await expect(
    app.window.getByRole('alert').filter({ hasText: 'was changed since' }),
  ).toBeVisible();
  await expect(field('Retries')).toHaveValue('7');
  expect(await text('lamp.yaml')).toBe('blend: lamp.blend\nretries: 7\n');
  await app.window.evaluate(() => {
    document.documentElement.dataset.theme = 'light';
  });
  await shown('set-up-changed');
});
