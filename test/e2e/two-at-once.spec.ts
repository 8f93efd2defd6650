import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { execa } from 'execa';
import type { App } from './app.ts';
import { STAND_IN } from './film.ts';
import { projectRoot } from './launch.ts';
import { place, startApp, test } from './story.ts';

const NAMES = ['hero_0001.png', 'hero_0002.png', 'hero_0003.png'];

let shots: string;
let out: string;
let environment: Readonly<Record<string, string>>;
let commands: { readonly end: PromiseLike<unknown>; readonly kill: () => void }[];

test.beforeEach(async () => {
  commands = [];
  shots = join(place.root, 'shots');
  out = join(shots, 'renders');
  environment = {
    NIGHTSHIFT_BLENDER: STAND_IN,
    NIGHTSHIFT_DATA: place.data,
    FAKE_BLENDER: join(place.root, 'steer.json'),
  };
  await shotFolder(shots);
  await steer({ render: { frame: 3, hang: true } });
});
test.afterEach(async () => {
  for (const command of commands) command.kill();
  await Promise.allSettled(commands.map(({ end }) => end));
});

test('a second start beside an app that renders hands over to it and disturbs nothing', async () => {
  const app = await rendering();
  const before = await started();
  await app.startAgain([shots]);
  await app.expectStatus('hero', 'Rendering');
  expect(await started()).toBe(before);
  await goOn();
  await app.expectStatus('hero', 'Done');
  expect(await frames()).toEqual(NAMES);
});

test('the command line is told that the app renders this batch, and may when the app was killed', async () => {
  const app = await rendering();
  const before = await started();
  const refused = await render(shots);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('This batch is being rendered by the Nightshift app (process ');
  expect(await started()).toBe(before);
  await app.expectStatus('hero', 'Rendering');
  await app.kill();
  await steer({});
  expect((await render(shots)).exitCode).toBe(0);
  expect(await frames()).toEqual(NAMES);
  expect(await rendered()).toEqual([1, 2, 3, 3]);
});

test('the app shows what the command line renders, and may go on when that was killed', async () => {
  const night = begin(shots);
  await expect.poll(rendered).toContain(3);
  const app = await start();
  const holder = `Nightshift on the command line (process ${night.pid}`;
  await app.expectStatus('hero', 'Rendering');
  await expect(app.window.getByText('by another Nightshift')).toHaveAttribute(
    'title',
    new RegExp(`^${holder.replace('(', '\\(')}`),
  );
  await expect(app.window.getByRole('button', { name: 'Pause' })).toHaveCount(0);
  expect(await started()).toBe(1);
  night.kill('SIGKILL');
  await night;
  await steer({});
  await app.resume();
  await app.expectStatus('hero', 'Done');
  expect(await frames()).toEqual(NAMES);
  expect(await rendered()).toEqual([1, 2, 3, 3]);
});

test('another batch of the command line into the folder that the app fills is told so', async () => {
  const app = await rendering();
  const other = join(place.root, 'other');
  await shotFolder(other);
  const refused = await render(other, '-o', out);
  expect(refused.exitCode).toBe(1);
  expect(refused.stdout).toContain('The Nightshift app (process ');
  expect(refused.stdout).toContain(`is writing hero_####.png in ${join(out, 'hero')} now`);
  await goOn();
  await app.expectStatus('hero', 'Done');
  expect(await frames()).toEqual(NAMES);
});

test('two apps with data of their own on one folder: the second shot is refused, and rendered when the first app has gone', async () => {
  const first = await rendering();
  const second = await opened(join(place.root, 'data-2'));
  await second.render();
  await second.expectStatus('hero', 'Failed');
  await expect(second.window.getByText(/The Nightshift app \(process \d+/).first()).toBeVisible();
  await first.expectStatus('hero', 'Rendering');
  await first.kill();
  await steer({});
  await second.press('Retry');
  await second.expectStatus('hero', 'Done');
  expect(await frames()).toEqual(NAMES);
});

async function shotFolder(folder: string): Promise<void> {
  await mkdir(join(folder, 'scenes'), { recursive: true });
  await writeFile(join(folder, 'scenes', 'any.blend'), 'BLENDER-v403RENDH');
  await writeFile(join(folder, 'hero.yaml'), 'blend: scenes/any.blend\nframes: 1-3\n');
}

async function steer(rules: Record<string, unknown>): Promise<void> {
  const log = join(place.root, 'stand-in.jsonl');
  await writeFile(environment.FAKE_BLENDER ?? '', JSON.stringify({ log, ...rules }));
}

async function start(data = place.data): Promise<App> {
  const app = await startApp([], environment, data);
  await app.dropFolder(shots);
  return app;
}

async function opened(data = place.data): Promise<App> {
  const app = await start(data);
  await app.expectStatus('hero', 'Waiting');
  return app;
}

/** An app that hangs in the last frame of a shot. */
async function rendering(): Promise<App> {
  const app = await opened();
  await app.render();
  await expect.poll(rendered).toContain(3);
  return app;
}

function begin(folder: string, ...args: string[]) {
  const cli = join(projectRoot, 'out/cli/main.cjs');
  const command = execa(process.execPath, [cli, 'render', folder, ...args], {
    env: { ...environment },
    reject: false,
  });
  commands.push({ end: command, kill: () => command.kill('SIGKILL') });
  return command;
}

async function render(folder: string, ...args: string[]) {
  const { exitCode, stdout, stderr } = await begin(folder, ...args);
  return { exitCode, stdout, stderr };
}

/** The Blender that hangs dies, and its frame is tried again. */
async function goOn(): Promise<void> {
  await steer({});
  for (const { pid } of (await noted()).filter((event) => event.do === 'start')) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

interface Noted {
  readonly do: string;
  readonly pid: number;
  readonly frame?: number;
}

async function noted(): Promise<readonly Noted[]> {
  const text = await readFile(join(place.root, 'stand-in.jsonl'), 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Noted);
}

/** How many Blenders were started; one of them may have looked through the folder when it was opened. */
async function started(): Promise<number> {
  return (await noted()).filter((event) => event.do === 'start').length;
}

/** Frame numbers that Blenders were asked for, in order. */
async function rendered(): Promise<readonly number[]> {
  const asked = (await noted()).filter((event) => event.do === 'render');
  return asked.map(({ frame }) => frame ?? 0).sort();
}

async function frames(): Promise<readonly string[]> {
  return readdir(join(out, 'hero'));
}
