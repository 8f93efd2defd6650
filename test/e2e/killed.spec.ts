import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import sharp from 'sharp';
import { batchIdOf } from '../../electron/engine/folder/names.ts';
import { checkpointDirectory } from '../../electron/engine/journal/data-directory.ts';
import { makeBlend } from '../helpers/make-blend.ts';
import type { Moment } from './app.ts';
import { scriptedFilm } from './film.ts';
import { processesOf } from './processes.ts';
import { app, place, startApp, test } from './story.ts';

const FRAMES = 6;
const NAMES = Array.from({ length: FRAMES }, (_, index) => `hero_000${index + 1}.png`);

/** The same for a Blender that is scripted, where what is told is the journal. */
const HERO = { hero: `frames: 1-${FRAMES}\n` };

async function heroFolder(samples: number): Promise<string> {
  const folder = join(place.root, 'shots');
  await mkdir(folder, { recursive: true });
  await makeBlend(join(folder, 'scenes', 'knob.blend'));
  const yaml = `blend: scenes/knob.blend\nframes: 1-${FRAMES}\nrender: { samples: ${samples} }\n`;
  await writeFile(join(folder, 'hero.yaml'), yaml);
  return folder;
}

/** Every visible frame, each whole, and when it was written. */
async function frames(folder: string): Promise<ReadonlyMap<string, number>> {
  const hero = join(folder, 'renders', 'hero');
  const names = (await readdir(hero).catch(() => [])).filter((name) => !name.startsWith('.'));
  const found = new Map<string, number>();
  for (const name of names.sort()) {
    await sharp(join(hero, name)).raw().toBuffer();
    found.set(name, (await stat(join(hero, name))).mtimeMs);
  }
  return found;
}

/** Neither a Blender nor anything else that the app has started. */
async function expectNothingLeft(): Promise<void> {
  const left = () => processesOf(place.data);
  await expect.poll(left, { intervals: [50] }).toEqual([]);
}

async function expectNoBlender(): Promise<void> {
  await expect.poll(() => app.blenders(), { timeout: 2000, intervals: [50] }).toEqual([]);
}

/** Whose turn it is not waits, on a machine of any size. */
async function oneWorker(): Promise<void> {
  const settings = await app.call('settings:get', undefined);
  if (!settings.ok) throw new Error('No settings.');
  await app.call('settings:set', { ...(settings.value as object), workers: 1 });
}

/** Starts again after a death: the window offers to resume, and no finished frame was lost. */
async function resumeAfterDeath(env?: Readonly<Record<string, string>>): Promise<void> {
  await startApp([], env);
  await expect(app.window.getByRole('heading', { name: /was interrupted/ })).toBeVisible();
}

async function expectAll(folder: string, before: ReadonlyMap<string, number>): Promise<void> {
  await app.expectStatus('hero', 'Done');
  await app.expectEnd();
  const now = await frames(folder);
  expect([...now.keys()]).toEqual(NAMES);
  for (const [name, written] of before) expect(now.get(name), `${name} again`).toBe(written);
  const all = await readdir(join(folder, 'renders'), { recursive: true });
  expect(all.filter((name) => name.includes('.nightshift'))).toEqual([]);
}

/** One night, in which the app dies at each of these in turn. */
const MOMENTS: readonly Moment[] = [
  { point: 'after-write', kind: 'job-added' },
  { point: 'before-write', kind: 'job-planned' },
  { point: 'after-write', kind: 'frame-started' },
  { point: 'before-write', kind: 'frame-done' },
  { point: 'after-sync', kind: 'frame-done' },
  { point: 'after-rename', kind: 'frame-done', nth: 2 },
];

test('the app dies at one moment of its journal after the other, and each Resume goes on from there', async () => {
  const { folder, env } = await scriptedFilm(place.root, HERO);
  let before: ReadonlyMap<string, number> = new Map();
  for (const [index, moment] of MOMENTS.entries()) {
    await test.step(`${moment.point} of ${moment.kind}`, async () => {
      if (index === 0) {
        await startApp([], env);
        await app.dropFolder(folder);
        await app.expectStatus('hero', 'Waiting');
      } else {
        await resumeAfterDeath(env);
      }
      const { gone } = await app.dieAt(moment);
      await (index === 0 ? app.render() : app.resume()).catch(() => undefined);
      await gone;
      await expectNothingLeft();
      const now = await frames(folder);
      for (const [name, written] of before) expect(now.get(name), `${name} again`).toBe(written);
      before = now;
    });
  }
  expect(before.size).toBeGreaterThan(0);
  expect(before.size).toBeLessThan(FRAMES);
  await resumeAfterDeath(env);
  await app.resume();
  await expectAll(folder, before);
});

test('the app dies when all is done but the last word of its journal, and renders nothing again', async () => {
  const { folder, env } = await scriptedFilm(place.root, HERO);
  await startApp([], env);
  await app.dropFolder(folder);
  const { gone } = await app.dieAt({ point: 'before-write', kind: 'batch-finished' });
  await app.render();
  await gone;
  await expectNothingLeft();
  const before = await frames(folder);
  expect([...before.keys()]).toEqual(NAMES);
  await startApp([], env);
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Done');
  expect(await frames(folder)).toEqual(before);
});

test('the app dies when a shot was just put first: it still is, and Resume brings every frame', async () => {
  const gate = join(place.root, 'gate');
  const { folder, env } = await scriptedFilm(
    place.root,
    { ...HERO, late: 'frames: 1\n' },
    { render: { blend: 'hero', frame: 3, until: gate } },
  );
  await startApp([], env);
  await oneWorker();
  await app.dropFolder(folder);
  await app.render();
  await app.expectStatus('hero', 'Rendering');
  const { gone } = await app.dieAt({ point: 'after-write', kind: 'job-prioritized' });
  await app.renderFirst('late').catch(() => undefined);
  await gone;
  await expectNothingLeft();
  const before = await frames(folder);
  await resumeAfterDeath(env);
  await app.press('Show the shots');
  await expect(app.row('late').getByText(/priority \d/)).toBeVisible();
  await writeFile(gate, '');
  await app.resume();
  await app.expectStatus('late', 'Done');
  await expectAll(folder, before);
});

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
  test(`the app and its Blender get ${signal} at once, and Resume brings every frame`, async () => {
    const folder = await heroFolder(300);
    await startApp();
    await app.dropFolder(folder);
    await app.render();
    await expect
      .poll(async () => (await frames(folder)).size, { timeout: 60_000, intervals: [50] })
      .toBeGreaterThan(0);
    if (signal === 'SIGKILL') {
      for (const pid of await app.blenders()) process.kill(pid, signal);
      await app.kill();
    } else {
      await app.signalAll(signal);
    }
    await expectNoBlender();
    const before = await frames(folder);
    expect(before.size).toBeLessThan(FRAMES);
    await resumeAfterDeath();
    await app.resume();
    await expectAll(folder, before);
  });
}

test('after a crash the list of batches counts shots that were never opened, as the card does', async () => {
  const gate = join(place.root, 'never');
  const shots = { hero: 'frames: 1-2\npriority: 1\n', lamp: 'frames: 1-8\n' };
  const { folder, env } = await scriptedFilm(place.root, shots, {
    render: [{ frame: 2, until: gate }],
  });
  await startApp([folder], env);
  await app.expectStatus('hero', 'Waiting');
  await oneWorker();
  await app.render();
  await expect(app.row('hero').getByText('1 of 2')).toBeVisible();
  await app.kill();

  await startApp([], env);
  await expect(app.window.getByText('No Blender left running from before')).toBeVisible();
  await expect(app.window.getByRole('navigation').getByText(/· 10 %$/)).toBeVisible();
});

test('a checkpoint of a newer Nightshift stands in the list with its sentence, and Render leaves it alone', async () => {
  const folder = await heroFolder(1);
  const id = batchIdOf(folder, join(folder, 'renders'));
  const checkpoint = checkpointDirectory(place.data, id);
  await mkdir(checkpoint, { recursive: true });
  await writeFile(join(checkpoint, 'journal.jsonl'), '{"nightshift":"journal","version":99}\n');
  await startApp();
  const row = app.window.getByRole('navigation', { name: 'Batches' }).getByText(id);
  await row.click();
  await expect(app.window.getByText(/written by a newer Nightshift/).first()).toBeVisible();
  await app.dropFolder(folder);
  await expect(app.window.getByText(/Update Nightshift/).first()).toBeVisible();
  expect(await readdir(checkpoint)).toEqual(['journal.jsonl']);
  expect((await frames(folder)).size).toBe(0);
});
