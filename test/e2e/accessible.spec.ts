import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import { isolated } from '../../shared/safe-text.ts';
import { clockText } from '../../shared/schedule.ts';
import { scriptedFilm, standIn } from './film.ts';
import { moving } from './fit.ts';
import { plan } from './planning.ts';
import { harmlessPower } from './power.ts';
import { app, place, startApp, test } from './story.ts';
import { Survey } from './survey.ts';

/** 120 characters, of which only the last one tells it from its neighbour. */
const LONG = 'sq010_sh0040_the_lantern_maker_walks_home_over_the_frozen_pond_v017_final_'.padEnd(
  119,
  'x',
);
const HEBREW = 'סצנה_12_(לילה)_v03';
const ARABIC = 'مشهد 7 (ليل)';
/** Of the film, without any of these in it: the stand-in knows shots by their names. */
const FOLDER = `הסרט 12 (לילה) ${'the_second_unit_of_the_lantern_maker_'.padEnd(100, 'y')}`;
const MOON = '🌙 hero 👩🏽‍🚀';

/** The window, and beside it shots with a long name and one that is read from the right; one is broken, one has a script. */
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

function button(name: string | RegExp): Locator {
  return app.window.getByRole('button', { name, exact: true });
}

test('nobody is shut out of any room before and while it renders, and all fits at 200 % and on a 4K screen', async () => {
  const folder = await openMixedFolder();
  const { window } = app;
  const survey = new Survey();
  await window.emulateMedia({ reducedMotion: 'reduce' });
  await expect(button('Try the sample shots')).toBeVisible();
  await survey.look('empty');
  await app.pressKey(',', 'control');
  await expect(app.dialog('Settings')).toBeVisible();
  await survey.look('settings');
  await window.keyboard.press('Escape');
  await app.pressKey('F1');
  await expect(app.dialog('Keyboard shortcuts')).toBeVisible();
  await survey.look('shortcuts');
  await window.keyboard.press('Escape');

  await app.dropFolder(folder);
  await app.expectStatus(LONG, 'Waiting');
  await survey.look('found');
  await app.row(LONG).click({ button: 'right' });
  await expect(window.getByRole('menu')).toBeVisible();
  await survey.look('menu of a shot');
  await window.keyboard.press('Escape');
  await app.press('Columns');
  await expect(window.getByRole('menu')).toBeVisible();
  await survey.look('columns');
  await window.keyboard.press('Escape');

  await app.render();
  await expect(app.dialog('Trust this folder?')).toBeVisible();
  await survey.look('trust');
  await app.answerTrust('Trust and run scripts');
  await app.expectStatus(LONG, 'Rendering');
  await app.row(LONG).click();
  for (const tab of ['Frames', 'Log', 'Set-up', 'Problems']) {
    await window.getByRole('tab', { name: tab }).click();
    await survey.look(`rendering, ${tab}`);
  }
  await app.press('Cancel…');
  await expect(app.dialog('Cancel the batch?')).toBeVisible();
  await survey.look('cancel');
  await app.dialog('Cancel the batch?').getByRole('button', { name: 'Cancel batch' }).click();
  await app.expectEnd();
  await survey.look('cancelled');
  expect(survey.faults).toEqual([]);
});

test('nobody is shut out of a night that is planned, watched, looked at, broken off and taken up again', async () => {
  const go = join(place.root, 'go');
  const shots = [`${LONG}a`, `${LONG}b`, HEBREW, ARABIC, MOON];
  const scripted = Object.fromEntries(shots.map((name) => [name, 'frames: 1-4\n']));
  scripted[HEBREW] += 'priority: 1\n';
  const rules = {
    facts: { width: 64, height: 36 },
    render: [{ frame: 4, until: go }, { costs: { fixed: 0.1, pixel: 0.01 } }],
  };
  const { folder, env } = await scriptedFilm(place.root, scripted, rules, FOLDER);
  await startApp([folder], env);
  const survey = new Survey();
  await app.window.emulateMedia({ reducedMotion: 'reduce' });
  for (const name of shots) await app.expectStatus(name, 'Waiting');

  // Trying it is not held up.
  await writeFile(go, '');
  await app.press('Estimate');
  await expect(app.window.getByText(/Needs about/)).toBeVisible();
  await rm(go);
  const watch = app.window.getByRole('switch', { name: 'Watch folder' });
  await watch.click();
  await expect(watch).toBeChecked();
  await survey.look('estimated and watched');
  await app.press('Schedule…');
  await expect(app.dialog('Schedule')).toBeVisible();
  await survey.look('schedule');
  await app.window.keyboard.press('Escape');
  const [start, until] = [3, 9].map((hours) => clockText(Date.now() + hours * 3_600_000));
  await plan(app, { startAt: start ?? '', until: until ?? '' });
  await expect(app.window.getByText(`Starts at ${start} in`)).toBeVisible();
  await app.press('Schedule…');
  await expect(button('Remove schedule')).toBeVisible();
  await survey.look('schedule of a plan');
  await app.window.keyboard.press('Escape');
  await survey.look('waiting');

  await app.press('Start now');
  await app.expectStatus(HEBREW, 'Rendering');
  await expect(app.row(HEBREW).getByRole('img', { name: 'Frame 3' })).toBeVisible();
  await app.row(HEBREW).dblclick();
  await app.press('Play the frames');
  await expect(button('Stop playing')).toBeVisible();
  await survey.look('flipbook');
  await app.press('Stop playing');
  await app.row(HEBREW).click();
  await app.window.keyboard.press('Space');
  await expect(app.dialog(HEBREW)).toBeVisible();
  await survey.look('preview');
  await app.window.keyboard.press('Escape');
  await app.window.getByRole('tab', { name: 'Set-up' }).click();
  await app.press('Copy command');
  // It stays while somebody points at it.
  await button('Dismiss').hover();
  await survey.look('notice');
  await app.press('Dismiss');

  await app.kill();
  const read = join(place.root, 'read');
  await standIn(place.root, { ...rules, versionUntil: read });
  await startApp([], env);
  await app.window.emulateMedia({ reducedMotion: 'reduce' });
  await expect(app.window.getByText(/Looking at .* their frames on disk/)).toBeVisible();
  await survey.look('reading');
  await app.press('Show the shots');
  await expect(app.window.getByText(/Reading the folder/)).toBeVisible();
  await survey.look('remembered');
  await writeFile(read, '');
  await expect(button('Resume')).toBeVisible();
  await app.window.getByRole('button', { name: FOLDER }).click();
  await expect(app.window.getByRole('heading', { name: /was interrupted/ })).toBeVisible();
  await survey.look('interrupted');
  await app.press('Start again from nothing…');
  await expect(app.dialog('Start again from nothing?')).toBeVisible();
  await survey.look('start again');
  await app.window.keyboard.press('Escape');
  expect(survey.faults).toEqual([]);
});

// Programs that end the night can't be stood in for on Windows.
if (process.platform !== 'win32') {
  test('nobody is shut out of the morning after a night with failures', async () => {
    const shots = [`${LONG}a`, `${LONG}b`, HEBREW, ARABIC, MOON];
    const once = 'frames: 1-4\nretries: 0\n';
    const scripted = Object.fromEntries(shots.map((name) => [name, once]));
    scripted[HEBREW] = 'frames: 1-4\npriority: 1\n';
    const wood = `The image "/film/textures/oak.png", used by ${LONG}, is missing: its surface renders pink.`;
    const rules = {
      facts: { width: 64, height: 36 },
      inspect: [
        { blend: MOON, findings: [{ severity: 'error', cause: 'missing-file', message: wood }] },
      ],
      render: [
        { blend: LONG, frame: 2, crash: true },
        { blend: ARABIC, frame: 3, crash: true },
        { blend: HEBREW, frame: 2, fail: OUT_OF_MEMORY, seconds: 0.3, tries: 1 },
        { seconds: 0.2 },
      ],
    };
    const { folder, env } = await scriptedFilm(place.root, scripted, rules, FOLDER);
    const { path } = await harmlessPower(place.root);
    await startApp([], { ...env, PATH: `${path}${delimiter}${process.env.PATH}` });
    const survey = new Survey();
    const { window } = app;
    await window.emulateMedia({ reducedMotion: 'reduce' });
    const settings = await app.call('settings:get', undefined);
    if (!settings.ok) throw new Error('No settings.');
    await app.call('settings:set', {
      ...(settings.value as object),
      workers: 3,
      whenDone: 'sleep',
    });
    await app.dropFolder(folder);
    await app.expectStatus(MOON, 'Waiting');
    await app.render();
    const asleep = app.dialog(`${isolated(FOLDER)} is done`);
    await expect(asleep).toBeVisible({ timeout: 30_000 });
    await survey.look('falls asleep');
    await window.keyboard.press('Escape');
    await expect(asleep).toHaveCount(0);

    await app.expectEnd();
    await survey.look('morning');
    await app.unfoldNight();
    await expect(window.getByText(/What the night met/)).toBeVisible();
    await survey.look('how the night went');
    await app.row(`${LONG}a`).dblclick();
    for (const tab of ['Frames', 'Log', 'Set-up', 'Problems']) {
      await window.getByRole('tab', { name: tab }).click();
      await survey.look(`failed, ${tab}`);
    }
    await app.row(`${LONG}a`).click();
    await window.keyboard.press('Space');
    await expect(app.dialog(`${LONG}a`)).toBeVisible();
    await survey.look('preview of a failed shot');
    await window.keyboard.press('Escape');
    await window.getByRole('button', { name: FOLDER }).click({ button: 'right' });
    await expect(window.getByRole('menu')).toBeVisible();
    await survey.look('menu of a batch');
    await window.getByRole('menuitem', { name: /Remove from history/ }).click();
    await expect(app.dialog(`Remove ${isolated(FOLDER)} from the history?`)).toBeVisible();
    await survey.look('remove');
    await window.keyboard.press('Escape');
    expect(survey.faults).toEqual([]);
  });
}

test('who asked for no motion gets none, even of a part that would move', async () => {
  await startApp();
  const { window } = app;
  await expect(button('Settings')).toBeVisible();
  await window.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      @keyframes breathe { to { opacity: 0.5 } }
      .brand { animation: breathe 99s infinite }
      .sidebar-settings { transition: opacity 99s }
    `);
    document.adoptedStyleSheets.push(sheet);
  });
  const fade = (opacity: number) =>
    button('Settings').evaluate((part, value) => {
      part.style.opacity = `${value}`;
    }, opacity);
  await window.emulateMedia({ reducedMotion: 'no-preference' });
  await fade(0.9);
  expect(await moving(window)).toEqual(['sidebar-settings moves', 'brand moves']);
  await window.emulateMedia({ reducedMotion: 'reduce' });
  await fade(0.8);
  expect(await moving(window)).toEqual([]);
});

const OUT_OF_MEMORY = { cause: 'out-of-memory', message: 'Blender ran out of memory.' };
