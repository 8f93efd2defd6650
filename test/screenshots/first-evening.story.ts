import { expect } from '@playwright/test';
import { app, test } from '../e2e/story.ts';
import { moonlitGarden, photograph, startAtHome } from './album.ts';

let shots: string;

test.beforeEach(async () => {
  shots = await moonlitGarden();
});

test('an empty window, its settings, and a folder that comes', async () => {
  await startAtHome();
  const { window } = app;
  await window.getByRole('button', { name: 'Try the sample shots' }).waitFor();
  await photograph(app, 'empty');

  await app.press('Settings');
  const settings = app.dialog('Settings');
  await settings
    .getByText(/^All by Blender \d/)
    .first()
    .waitFor({ state: 'attached' });
  await expect(settings.getByText(/^Asking Blender/)).toHaveCount(0);
  await photograph(app, 'settings');
  await window.keyboard.press('Escape');
  await app.pressKey('F1');
  await app.dialog('Keyboard shortcuts').waitFor();
  await photograph(app, 'shortcuts');
  await window.keyboard.press('Escape');
  await window.mouse.click(700, 100);

  const devtools = await window.context().newCDPSession(window);
  const data = { items: [], files: [shots], dragOperationsMask: 1 };
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    devtools.send('Input.dispatchDragEvent', { type, x: 700, y: 400, data });
  await drag('dragEnter');
  await drag('dragOver');
  await photograph(app, 'dropping');
  await drag('drop');
  await app.expectStatus('010_lantern_pond', 'Waiting');
  await app.expectStatus('060_moonrise', 'Waiting');
  await expect(window.getByText(/not opened yet/)).toHaveCount(0);
  await photograph(app, 'found');
});
