import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { execa } from 'execa';
import { makeBlend } from '../helpers/make-blend.ts';
import { App, workplace } from './app.ts';
import { projectRoot } from './launch.ts';

let place: Awaited<ReturnType<typeof workplace>>;
let app: App;

test.beforeEach(async () => {
  place = await workplace();
});
test.afterEach(async () => {
  await app.close();
  await expect.poll(() => app.blenders(), { timeout: 5000 }).toEqual([]);
  await place.leave();
});

const NAMES = [1, 2, 3, 4].map((frame) => `hero_000${frame}.png`);

async function heroFolder(): Promise<string> {
  const folder = join(place.root, 'shots');
  await mkdir(folder, { recursive: true });
  await makeBlend(join(folder, 'scenes', 'knob.blend'));
  const yaml = 'blend: scenes/knob.blend\nframes: 1-4\nrender: { samples: 1500 }\n';
  await writeFile(join(folder, 'hero.yaml'), yaml);
  return folder;
}

/** Every visible frame, and when it was written. */
async function frames(folder: string): Promise<ReadonlyMap<string, number>> {
  const hero = join(folder, 'renders', 'hero');
  const names = await readdir(hero).catch(() => []);
  const visible = names.filter((name) => !name.startsWith('.')).sort();
  const times = visible.map(
    async (name) => [name, (await stat(join(hero, name))).mtimeMs] as const,
  );
  return new Map(await Promise.all(times));
}

/** The same folder, data directory and output as the window's. Wrapped: it is a promise of its own end. */
function commandLine(folder: string) {
  const cli = join(projectRoot, 'out/main/cli.js');
  const env = { NIGHTSHIFT_DATA: place.data };
  const child = execa(process.execPath, [cli, 'render', folder], { env, reject: false });
  return { child };
}

/** Whether anything keeps the machine from falling asleep; such locks are numbered from the start of the app. */
function keepsAwake(): Promise<boolean> {
  return app.main.evaluate(({ powerSaveBlocker }) =>
    Array.from({ length: 20 }, (_, id) => id).some((id) => powerSaveBlocker.isStarted(id)),
  );
}

test('while the window renders, the machine stays awake and the command line is told who has the batch', async () => {
  const folder = await heroFolder();
  app = await App.start(place.data);
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');
  expect(await keepsAwake()).toBe(false);
  await app.render();
  await app.expectStatus('hero', 'Rendering');
  expect(await keepsAwake()).toBe(true);

  const refused = await commandLine(folder).child;
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toMatch(/being rendered by the Nightshift app \(process \d+, since /);

  await app.expectStatus('hero', 'Done', 120_000);
  await app.expectEnd();
  const before = await frames(folder);
  expect([...before.keys()]).toEqual(NAMES);
  await expect.poll(keepsAwake).toBe(false);
  // Now that the window has finished, the command line may, and finds everything done.
  const { exitCode, stderr } = await commandLine(folder).child;
  expect(exitCode, stderr).toBe(0);
  expect(await frames(folder)).toEqual(before);
});

test('the window is told who on the command line has the batch, and takes over when that was killed', async () => {
  const folder = await heroFolder();
  app = await App.start(place.data);
  await app.dropFolder(folder);
  await app.expectStatus('hero', 'Waiting');
  const { child } = commandLine(folder);
  await expect
    .poll(async () => (await frames(folder)).size, { timeout: 60_000 })
    .toBeGreaterThan(0);
  await app.press(/^(Render|Resume)$/);
  const sentence = `Nightshift on the command line (process ${child.pid}, since `;
  await expect(app.window.getByText(sentence)).toBeVisible();
  child.kill('SIGKILL');
  await child;
  const before = await frames(folder);

  await app.press(/^(Render|Resume)$/);
  await app.expectStatus('hero', 'Done', 120_000);
  const after = await frames(folder);
  expect([...after.keys()]).toEqual(NAMES);
  for (const [name, time] of before) expect(after.get(name), name).toBe(time);
});
