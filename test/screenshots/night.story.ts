import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { clockText } from '../../shared/schedule.ts';
import type { BatchSummary } from '../../shared/view.ts';
import { plan, setClock } from '../e2e/planning.ts';
import { app, test } from '../e2e/story.ts';
import { moonlitGarden, photograph, startAtHome } from './album.ts';

const HOUR = 3_600_000;
const LONGEST = 600_000;

let shots: string;

test.beforeEach(async () => {
  shots = await moonlitGarden();
});

/** A shot that can't be rendered: its camera is not in the scene. */
const CRANE = '070_crane';
async function addCrane(): Promise<string> {
  const file = join(shots, `${CRANE}.yaml`);
  const text =
    'extends: base.yaml\nblend: scenes/lanterns.blend\ncamera: Cam_Crane\nframes: 1-24\n';
  await writeFile(file, text);
  return file;
}

async function prefer(settings: object): Promise<void> {
  const now = await app.call('settings:get', undefined);
  if (!now.ok) throw new Error('There are no settings.');
  await app.call('settings:set', { ...(now.value as object), ...settings });
}

/** As its artist has done before. */
async function trustFolder(): Promise<void> {
  const batches = await app.call('batches:list', undefined);
  if (!batches.ok) throw new Error('There are no batches.');
  const [batch] = batches.value as readonly BatchSummary[];
  await app.call('batch:trust', { batchId: batch?.id, trusted: true });
}

async function showTab(name: 'Frames' | 'Log' | 'Set-up' | 'Problems'): Promise<void> {
  await app.window.getByRole('tab', { name }).click();
}

/** The first shot of several frames has some of them, and others wait. */
function inTheMiddle(name: string): Promise<void> {
  return expect(app.row(name).getByText(/^[23] of \d/)).toBeVisible({ timeout: LONGEST });
}

/** As many pictures of the contact sheet have come as there is room for. */
async function sheetIsFull(): Promise<void> {
  const pictures = app.window.getByRole('region', { name: 'Contact sheet' }).locator('img');
  const drawn = () =>
    pictures.evaluateAll(
      (all) => all.filter((each) => (each as HTMLImageElement).naturalWidth > 0).length,
    );
  await expect.poll(drawn).toBeGreaterThan(4);
}

test('an evening with the sample shots: looked over, estimated, planned, trusted', async () => {
  await addCrane();
  await startAtHome([shots]);
  const { window } = app;
  await app.expectStatus('010_lantern_pond', 'Waiting');

  await app.press('Estimate');
  await window.getByText(/Needs about/).waitFor({ timeout: LONGEST });
  await app.row(CRANE).click();
  await showTab('Problems');
  await photograph(app, 'estimated');

  await app.row('050_tea_set').click();
  await showTab('Set-up');
  await window.getByText('Engine', { exact: true }).last().waitFor();
  await photograph(app, 'set-up');

  await app.row('030_clockwork').click({ button: 'right' });
  await window.getByRole('menu').waitFor();
  await photograph(app, 'shot-menu');
  await window.keyboard.press('Escape');
  await app.press('Columns');
  await window.getByRole('menu').waitFor();
  await photograph(app, 'columns');
  await window.keyboard.press('Escape');

  await app.press('Schedule…');
  await window.getByLabel('Start at', { exact: true }).fill('23:00');
  await window.getByLabel('Until', { exact: true }).fill('08:00');
  await photograph(app, 'schedule');
  await window.keyboard.press('Escape');

  await app.render();
  await app.dialog('Trust this folder?').waitFor();
  await photograph(app, 'trust');
  await app.answerTrust('Trust and run scripts');
  await app.expectStatus('010_lantern_pond', 'Rendering');
});

test('a night: rendering, cut short, resumed, and the morning', async () => {
  const crane = await addCrane();
  await startAtHome([shots]);
  await app.expectStatus('010_lantern_pond', 'Waiting');
  await prefer({ workers: 2 });
  await expect(app.window.getByText(/not opened yet/)).toHaveCount(0);
  await app.render();
  await app.answerTrust('Trust and run scripts');
  await app.expectStatus('020_snow_cabin', 'Done', LONGEST);
  await inTheMiddle('030_clockwork');
  await app.row('030_clockwork').click();
  await showTab('Frames');
  await photograph(app, 'rendering');
  const strip = app.row('010_lantern_pond').getByRole('img', { name: '5 of 5' });
  await strip.hover({ position: { x: 40, y: 5 } });
  await app.window.getByRole('tooltip').waitFor();
  await photograph(app, 'strip-hint');
  await showTab('Log');
  await photograph(app, 'log');
  await showTab('Frames');
  await app.row('010_lantern_pond').click();
  await app.row('010_lantern_pond').press('Space');
  await app.dialog('010_lantern_pond').waitFor();
  await photograph(app, 'preview');
  await app.window.keyboard.press('Escape');
  await app.kill();

  await startAtHome();
  await app.window.getByText('No Blender left running from before').waitFor();
  await photograph(app, 'interrupted');
  await app.resume();
  await app.press('Pause');
  await app.window.getByRole('button', { name: 'Resume', exact: true }).waitFor();
  await app.row('030_clockwork').click();
  await photograph(app, 'paused');
  await app.resume();
  await app.expectEnd();
  await app.window.getByRole('region', { name: `${CRANE} failed` }).waitFor();
  await sheetIsFull();
  await photograph(app, 'morning');
  await app.window.getByRole('region', { name: 'All shots' }).scrollIntoViewIfNeeded();
  await photograph(app, 'morning-shots');
  await app.window
    .getByRole('region', { name: `${CRANE} failed` })
    .getByRole('button', { name: 'Log' })
    .click();
  await showTab('Problems');
  await photograph(app, 'morning-problem');

  await unlink(crane);
  await app.close();
  await startAtHome([shots]);
  await app.expectEnd();
  await sheetIsFull();
  await photograph(app, 'all-done');
});

test('a night that is planned, and stopped at its time', async () => {
  await startAtHome([shots]);
  await app.expectStatus('010_lantern_pond', 'Waiting');
  await trustFolder();
  const start = clockText(Date.now() + 3 * HOUR);
  const until = clockText(Date.now() + 9 * HOUR);
  await plan(app, { startAt: start, until });
  await app.window.getByRole('main').getByText(`Starts at ${start}`).waitFor();
  await photograph(app, 'planned');

  await app.press('Start now');
  await inTheMiddle('010_lantern_pond');
  await setClock(app, 10 * HOUR);
  await app.window.getByText(`Stopped at ${until}, as planned.`).waitFor();
  await app.window.getByRole('navigation').getByText('paused').waitFor();
  await photograph(app, 'stopped-as-planned');
});

test('a night that is cancelled', async () => {
  await startAtHome([shots]);
  await app.expectStatus('010_lantern_pond', 'Waiting');
  await trustFolder();
  await app.render();
  await app.expectStatus('010_lantern_pond', 'Done', LONGEST);
  await inTheMiddle('030_clockwork');
  await app.press('Cancel…');
  await app.dialog('Cancel the batch?').waitFor();
  await photograph(app, 'cancel');
  await app.dialog('Cancel the batch?').getByRole('button', { name: 'Cancel batch' }).click();
  await app.expectEnd();
  await photograph(app, 'cancelled');
});
