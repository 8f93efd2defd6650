import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator } from '@playwright/test';
import { scriptedFilm } from './film.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

let environment: Readonly<Record<string, string>>;

/** The window over a film of these shots, all of them waiting. */
async function open(
  shots: Readonly<Record<string, string>>,
  rules: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { folder, env } = await scriptedFilm(place.root, shots, rules);
  environment = env;
  await startApp([folder], env);
  for (const name of Object.keys(shots)) await app.expectStatus(name, 'Waiting');
}

function item(name: string | RegExp): Locator {
  return app.window.getByRole('menuitem', { name, exact: true });
}

test('the menu of the rows opens by right click and by key, for one shot and for several', async () => {
  const shots = { comp: 'frames: 1-2\n', hero: 'frames: 1-2\n', lamp: 'frames: 1-2\n' };
  await open(shots);
  await app.row('hero').click({ button: 'right' });
  await expect(item('Render only this shot')).toBeVisible();
  await expect(item('Cancel')).toHaveAttribute('aria-keyshortcuts', 'Delete');
  await expect(item('Retry')).toHaveAttribute('aria-disabled', 'true');
  await shown('menu-one');
  await app.window.keyboard.press('Escape');
  await expect(app.window.getByRole('menu')).toHaveCount(0);

  // The table has the keyboard again, and the menu comes up at the row that has it.
  await app.window.keyboard.press('Shift+ArrowDown');
  const row = await app.row('lamp').boundingBox();
  await app.window.keyboard.press('Shift+F10');
  await expect(item('Cancel 2 shots')).toBeVisible();
  const menu = await app.window.getByRole('menu').boundingBox();
  expect(Math.abs((menu?.y ?? 0) - (row?.y ?? 0))).toBeLessThan(60);
  await shown('menu-two');
  await app.window.keyboard.press('Escape');
  await expect(app.window.getByRole('menu')).toHaveCount(0);
  await app.window.keyboard.press('ContextMenu');
  await item('Cancel 2 shots').click();
  for (const shot of ['hero', 'lamp']) await app.expectStatus(shot, 'Cancelled');
  await app.expectStatus('comp', 'Waiting');

  await app.row('comp').click({ button: 'right' });
  await item('Open in Blender').click();
  await expect(app.window.getByText('comp opens in Blender.')).toBeVisible();

  await app.row('hero').click({ button: 'right' });
  await item('Show log').click();
  await expect(app.window.getByRole('tab', { name: 'Log' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
});

test('only the chosen shots of a batch are rendered, and the rest goes on waiting', async () => {
  await open({ comp: 'frames: 1\n', hero: 'frames: 1\n', lamp: 'frames: 1\n' });
  await app.row('hero').click();
  await app.row('lamp').click({ modifiers: ['Shift'] });
  await app.row('lamp').click({ button: 'right' });
  await item('Render only 2 shots').click();
  for (const shot of ['hero', 'lamp']) await app.expectStatus(shot, 'Done');
  // Nothing was interrupted: what was chosen is there, and the rest can be rendered.
  const sidebar = () => app.window.getByRole('navigation', { name: 'Batches' });
  const said = '2 of 3 shots done, 1 waiting';
  const short = '2 of 3 done, 1 waiting';
  await expect(app.window.getByRole('heading', { level: 1, name: said })).toBeVisible();
  await expect(sidebar().getByRole('region', { name: 'Ready' }).getByText(short)).toBeVisible();
  await shown('partial');
  await app.expectStatus('comp', 'Waiting');

  // Both are shown in the file manager, and their commands copied, at once.
  const revealed = await app.main.evaluateHandle(({ shell }) => {
    const paths: string[] = [];
    shell.showItemInFolder = (path) => void paths.push(path);
    return paths;
  });
  await app.row('lamp').click({ button: 'right' });
  await item('Show in folder').click();
  const newest = (shot: string) => join(place.root, 'film/renders', shot, `${shot}_0001.png`);
  await expect
    .poll(() => revealed.evaluate((paths) => paths))
    .toEqual([newest('hero'), newest('lamp')]);
  await app.row('lamp').click({ button: 'right' });
  await item('Copy commands').click();
  await expect(app.window.getByText('2 commands copied. Paste it in a terminal.')).toBeVisible();

  // A start anew opens nothing by itself, and knows it.
  await app.close();
  await startApp([], environment);
  await sidebar()
    .getByRole('button', { name: `film ${short}` })
    .click();
  await expect(app.window.getByRole('heading', { level: 1, name: said })).toBeVisible();
  await expect(app.window.getByRole('button', { name: 'Resume' })).toHaveCount(0);
  await app.render();
  await app.expectStatus('comp', 'Done');
  await expect(app.window.getByText('All 3 frames are ready')).toBeVisible();
});

test('a shot is found, looked at and cancelled without the mouse', async () => {
  await open({ comp: 'frames: 1\n', hero: 'frames: 1\n', lamp: 'frames: 1\n' });
  const { keyboard } = app.window;
  const chosen = app.window.getByRole('row', { selected: true });
  await keyboard.press('Control+f');
  await keyboard.type('nobody');
  await expect(app.row('lamp')).toHaveCount(0);
  // Nothing was found: the keyboard stays where the word can be changed.
  await keyboard.press('ArrowDown');
  await keyboard.press('Control+a');
  await keyboard.type('lamp');
  await expect(app.row('lamp')).toBeVisible();
  await keyboard.press('Enter');
  await expect(chosen).toContainText('lamp');
  await keyboard.press('Delete');
  await app.dialog('Cancel lamp?').getByRole('button', { name: 'Keep' }).click();

  // One that is among what was found stays chosen.
  await keyboard.press('Control+f');
  await keyboard.press('Escape');
  await expect(app.row('comp')).toBeVisible();
  await keyboard.press('ArrowDown');
  await expect(chosen).toContainText('lamp');
  await keyboard.press('ArrowUp');
  await expect(chosen).toContainText('hero');
});

test('in the smallest window the inspector lies over the table, and what can be done stays in reach', async () => {
  await open({ hero: 'frames: 1-2\n' }, { render: { until: join(place.root, 'gate') } });
  await app.resize(1000, 640);
  await app.row('hero').dblclick();
  await expect(app.window.getByRole('tab', { name: 'Frames' })).toBeVisible();
  await app.render();
  await app.press('Pause');
  await app.press('Resume');
  await shown('small-running');
  await writeFile(join(place.root, 'gate'), '');
  await app.expectEnd();
  await shown('small-morning');
  await app.press('Review');
  await expect(app.dialog('hero')).toBeVisible();
});

test('each worker shows a trace of its frame times, with the same in words', async () => {
  // The last one is never done, so that its worker stays.
  const held = { frame: 9, until: join(place.root, 'never') };
  await open({ hero: 'frames: 1-9\n' }, { render: [held, { seconds: 0.05 }] });
  await app.render();
  const trace = app.window.getByRole('img', { name: /^Frame times: 8 frames/ });
  await expect(trace).toBeVisible();
  await expect(trace.locator('polyline')).toHaveAttribute('points', /^(\S+,\S+ ?){8}$/);
  await shown('lanes');
});

/** Names of the shots as the table shows them. */
function names(): Promise<readonly string[]> {
  return app.window
    .locator('.job-row')
    .evaluateAll((rows) =>
      rows
        .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
        .map((row) => row.querySelector('.job-name')?.textContent ?? ''),
    );
}

test('waiting shots are put in another order by dragging and by key, and start in it', async () => {
  const shots = {
    comp: 'frames: 1\n',
    hero: 'frames: 1\n',
    lamp: 'frames: 1\n',
    sky: 'frames: 1\n',
  };
  const gate = join(place.root, 'gate');
  await open(shots, { render: { blend: 'sky', until: gate } });
  expect(await names()).toEqual(['comp', 'hero', 'lamp', 'sky']);

  const target = await app.row('comp').boundingBox();
  const source = await app.row('lamp').boundingBox();
  if (!target || !source) throw new Error('The rows are not on the screen.');
  await app.window.mouse.move(source.x + 300, source.y + 26);
  await app.window.mouse.down();
  await app.window.mouse.move(source.x + 300, source.y - 20, { steps: 4 });
  await app.window.mouse.move(target.x + 300, target.y + 8, { steps: 6 });
  await expect(app.window.locator('.drop-line')).toBeVisible();
  await shown('drag');
  await app.window.mouse.up();
  await expect.poll(names).toEqual(['lamp', 'comp', 'hero', 'sky']);
  await expect(app.window.locator('.drop-line')).toHaveCount(0);

  await app.row('hero').click();
  await app.row('sky').click({ modifiers: ['Shift'] });
  const altUps = await app.window.evaluateHandle(() => {
    const kept: boolean[] = [];
    const note = (event: KeyboardEvent) => event.key === 'Alt' && kept.push(event.defaultPrevented);
    window.addEventListener('keyup', note);
    return kept;
  });
  await app.window.keyboard.press('Alt+ArrowUp');
  await expect.poll(names).toEqual(['lamp', 'hero', 'sky', 'comp']);
  // Alt alone goes to the menu bar; let go after an arrow it leaves the focus on the shots.
  await app.window.keyboard.press('Alt');
  expect(await altUps.evaluate((kept) => kept)).toEqual([true, false]);
  await expect(app.window.getByRole('status').getByText('2 shots, 2 of 4')).toBeAttached();

  // A start anew knows it.
  await app.close();
  await startApp([join(place.root, 'film')], environment);
  await app.expectStatus('lamp', 'Waiting');
  expect(await names()).toEqual(['lamp', 'hero', 'sky', 'comp']);
  const settings = await app.call('settings:get', undefined);
  if (!settings.ok) throw new Error('No settings.');
  await app.call('settings:set', { ...(settings.value as object), workers: 1 });
  await app.render();
  await app.expectStatus('sky', 'Rendering');
  for (const shot of ['lamp', 'hero']) await app.expectStatus(shot, 'Done');
  await app.expectStatus('comp', 'Waiting');
  await writeFile(gate, '');
  await app.expectStatus('comp', 'Done');
});

/** Forty shots as a studio names them, of four sequences. */
const STUDIO = Array.from({ length: 40 }, (_, index) => {
  const sequence = `sq0${Math.floor(index / 10) + 2}0`;
  const shot = `sh${String(((index % 10) + 1) * 10).padStart(4, '0')}`;
  return `EP103_${sequence}_${shot}_lighting_v${String((index % 3) + 11).padStart(3, '0')}`;
});

test('forty shots of a studio read well in a small window: names, sequences and columns', async () => {
  const { folder, env } = await scriptedFilm(
    place.root,
    Object.fromEntries(STUDIO.map((name) => [name, 'frames: 1-24\n'])),
    { facts: { width: 4096, height: 2160 } },
  );
  await startApp([folder], env);
  await app.resize(1280, 800);
  const [first = ''] = STUDIO;
  await app.expectStatus(first, 'Waiting');
  const { window } = app;
  const head = (name: string) => window.getByRole('columnheader', { name, exact: true });
  // Nothing has been rendered: what has nothing to tell is not there.
  await expect(head('Frames')).toBeVisible();
  for (const silent of ['Elapsed', 'A frame', 'Left', 'Tries']) {
    await expect(head(silent)).toHaveCount(0);
  }
  await expect(app.row(first).getByText('4096 × 2160')).toBeVisible();
  expect(await misfits(window)).toEqual([]);
  await shown('studio');

  // What tells a shot from the others is whole, also where there is room for little else.
  const keys = () =>
    app
      .row(first)
      .locator('.name-key')
      .evaluateAll((parts) =>
        parts.map((part) => {
          const [own, place] = [part, part.parentElement].map((each) =>
            each?.getBoundingClientRect(),
          );
          const isIn = own && place && own.left >= place.left - 1 && own.right <= place.right + 1;
          return isIn ? part.textContent : 'cut';
        }),
      );
  await app.row(first).dblclick();
  await expect(window.getByRole('tab', { name: 'Frames' })).toBeVisible();
  expect(await keys()).toEqual(['sh0010', '_v011']);
  await app.resize(1000, 640);
  expect(await keys()).toEqual(['sh0010', '_v011']);
  await shown('studio-small');
  await window.keyboard.press('Escape');
  await app.resize(1280, 800);

  // The shots of a sequence are selected by its heading, or from the menu of one of them.
  const chosen = window.getByRole('row', { selected: true });
  await window.getByRole('row', { name: /^sq030/ }).click();
  await expect(window.getByRole('row', { name: /^sq030 ?10 shots/ })).toBeVisible();
  await expect.poll(() => chosen.count()).toBeGreaterThan(1);
  await expect(chosen.first()).toContainText('EP103_sq030_sh0010');
  await app.row(first).click({ button: 'right' });
  await item('Select all of EP103_sq020').click();
  await expect(chosen.first()).toContainText('EP103_sq020_sh0010');
  await window.keyboard.press('Shift+F10');
  await expect(item('Cancel 10 shots')).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(window.getByRole('menu')).toHaveCount(0);

  // A column is made wider by its edge, and by key.
  const widthOf = async (name: string) => (await head(name).boundingBox())?.width ?? 0;
  const before = await widthOf('Engine');
  const edge = await head('Engine').locator('.width-grip').boundingBox();
  if (!edge) throw new Error('The column has no edge.');
  await window.mouse.move(edge.x + 5, edge.y + 10);
  await window.mouse.down();
  await window.mouse.move(edge.x + 65, edge.y + 10, { steps: 4 });
  await window.mouse.up();
  expect(await widthOf('Engine')).toBeCloseTo(before + 60, -1);
  await head('Engine').getByRole('button').press('Shift+ArrowLeft');
  await expect.poll(() => widthOf('Engine')).toBeCloseTo(before + 44, -1);
  await shown('studio-wide');

  // Others are hidden.
  const choice = (name: string) => window.getByRole('menuitemcheckbox', { name });
  await app.press('Columns');
  await expect(choice('Tries')).toContainText('nothing to tell yet');
  await choice('Newest').click();
  // It stays open for more.
  await expect(choice('Newest')).toHaveAttribute('aria-checked', 'false');
  await shown('columns');
  await window.keyboard.press('Escape');
  await expect(app.row(first).locator('.thumbnail')).toHaveCount(0);

  // A start anew knows both.
  await app.close();
  await startApp([folder], env);
  await app.resize(1280, 800);
  await app.expectStatus(first, 'Waiting');
  const again = app.window.getByRole('columnheader', { name: 'Engine', exact: true });
  await expect
    .poll(async () => (await again.boundingBox())?.width ?? 0)
    .toBeCloseTo(before + 44, -1);
  await expect(app.window.getByRole('columnheader', { name: 'Newest' })).toHaveCount(0);
  await again.click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Show all' }).click();
  await expect(app.window.getByRole('columnheader', { name: 'Newest' })).toBeVisible();
  await app.press('Columns');
  await app.window.getByRole('menuitem', { name: 'Reset widths' }).click();
  await expect.poll(async () => (await again.boundingBox())?.width ?? 0).toBeCloseTo(before, -1);
});

test('a batch is removed from the history after a question, and its frames stay', async () => {
  await open({ hero: 'frames: 1-2\n' });
  await app.render();
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  const revealed = await app.main.evaluateHandle(({ shell }) => {
    const paths: string[] = [];
    shell.showItemInFolder = (path) => void paths.push(path);
    return paths;
  });
  const sidebar = app.window.getByRole('navigation', { name: 'Batches' });
  const entry = sidebar.getByRole('button', { name: /^film/ });
  // It hears of the end a moment later than the table.
  await expect(sidebar.getByRole('region', { name: 'Earlier nights' })).toBeVisible();
  await entry.click({ button: 'right' });
  await shown('batch-menu');
  await item('Show folder').click();
  await expect.poll(() => revealed.evaluate((paths) => paths)).toEqual([join(place.root, 'film')]);

  // The menu gives the focus back when it has gone.
  await expect(app.window.getByRole('menu')).toHaveCount(0);
  await entry.press('Delete');
  const question = app.dialog('Remove film from the history?');
  await shown('forget');
  await question.getByRole('button', { name: 'Keep' }).click();
  await expect(entry).toBeVisible();
  await entry.click({ button: 'right' });
  await item('Remove from history…').click();
  await question.getByRole('button', { name: 'Remove' }).click();
  await expect(entry).toHaveCount(0);
  await expect(app.window.getByText('Try the sample shots')).toBeVisible();
  expect(await readdir(join(place.root, 'film/renders/hero'))).toContain('hero_0001.png');

  // Nothing of it is left to be remembered by.
  await app.close();
  expect(await readdir(join(place.data, 'batches'))).toEqual([]);
  await startApp([], environment);
  await expect(app.window.getByText('Try the sample shots')).toBeVisible();
});
