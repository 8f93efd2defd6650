import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect } from '@playwright/test';
import { standIn } from './film.ts';
import { harmlessPower } from './power.ts';
import { app, place, shown, startApp, test } from './story.ts';

// The programs that end a night can't be stood in for on Windows.
if (process.platform !== 'win32') {
  test('an artist lets the computer sleep after the batch, is asked in time, and stays awake', async () => {
    const power = await harmlessPower(place.root);
    const folder = join(place.root, 'film');
    await mkdir(folder);
    await writeFile(join(folder, 'any.blend'), 'BLENDER-v403RENDH');
    await writeFile(join(folder, 'hero.yaml'), 'blend: any.blend\nframes: 1-2\n');
    await startApp([folder], {
      ...(await standIn(place.root)),
      PATH: `${power.path}${delimiter}${process.env.PATH}`,
    });
    await app.expectStatus('hero', 'Waiting');

    await app.press('Settings');
    const settings = app.dialog('Settings');
    await settings.getByLabel('When the night is done').selectOption('Put this computer to sleep');
    await settings.getByRole('button', { name: 'Save' }).click();
    await expect(app.window.getByText('Sleeps when done')).toBeVisible();

    // It can be chosen where the night is planned, too; without a time nothing starts.
    const choose = async (words: string) => {
      await app.press('Schedule…');
      await app.window.getByLabel('When done').selectOption(words);
      await shown(`when-done-${words}`);
      await app.press('Set');
    };
    await app.press('Schedule…');
    await expect(app.window.getByLabel('When done')).toHaveValue('sleep');
    await app.window.keyboard.press('Escape');
    await choose('Shut down');
    await expect(app.window.getByText('Shuts down when done')).toBeVisible();
    await app.expectStatus('hero', 'Waiting');
    await choose('Sleep');
    await expect(app.window.getByText('Sleeps when done')).toBeVisible();

    await app.render();
    const last = app.dialog('film is done');
    await expect(last.getByText(/This computer goes to sleep in \d+ s\./)).toBeVisible();
    await expect(last.getByRole('button', { name: 'Stay awake' })).toBeFocused();
    await app.window.keyboard.press('Escape');
    await expect(last).toHaveCount(0);
    await app.expectStatus('hero', 'Done');
    expect(await readFile(power.asked, 'utf8')).toBe('');
  });
}
