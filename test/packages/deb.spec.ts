import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { execa } from 'execa';
import { projectRoot } from '../e2e/launch.ts';
import { processesOf } from '../e2e/processes.ts';
import { makeOwnRoot, type OwnRoot } from './own-root.ts';

const HOME = '/home/artist';
const DATA = `${HOME}/data`;
const SECOND = process.env.NIGHTSHIFT_OTHER_BLENDER;

let root: OwnRoot;
const running: ChildProcess[] = [];

test.beforeAll(async () => {
  root = await makeOwnRoot();
});

test.afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await root.remove();
});

test('installed from the deb it renders the sample shots, is closed in mid-batch, goes on, finds and checks its update meanwhile, is upgraded, and is removed', async () => {
  const deb = join(projectRoot, 'release', await debName());
  await install(deb);
  expect(await root.run('nightshift', '--version')).toMatch(/^\d+\.\d+\.\d+$/u);
  await root.run('desktop-file-validate', ...ENTRIES);
  expect(await readFile(join(root.folder, ENTRIES[1]), 'utf8')).toContain('inode/directory;');

  const shots = await sampleShots();
  const asked = await offer(await newer(deb));
  const first = await open(shots);
  await first.page.getByRole('button', { name: 'Render', exact: true }).click();
  await first.page.getByRole('button', { name: 'Trust and run scripts' }).click();
  await expect.poll(async () => (await frames()).length, { timeout: 300_000 }).toBeGreaterThan(0);
  await first.close();
  const before = await frames();
  expect(await processesOf(DATA)).toEqual([]);

  const second = await open(shots);
  await second.page.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect
    .poll(async () => (await frames()).length, { timeout: 300_000 })
    .toBeGreaterThan(before.length);
  expect(asked).toEqual([]);
  const command = await update(second.page);
  expect(asked).toEqual(['latest-linux.yml', NEWER]);
  const file = command.replace(/^sudo apt install (?=\/home\/artist\/)/u, '');
  expect(await root.run('apt-get', 'install', '-y', file)).toContain('Nightshift is running.');
  expect(await root.run('dpkg-query', '--show', 'nightshift')).toMatch(/\b99\.0\.0$/u);
  await expect(second.page.getByText('How the night went')).toBeVisible({
    timeout: 600_000,
  });
  await expect(second.page.getByText(/Failed/)).toHaveCount(0);
  await second.close();
  const after = await frames();
  expect(after.length).toBe(FRAMES);
  const report = await root.run('env', `NIGHTSHIFT_DATA=${DATA}`, 'nightshift', 'report', shots);
  expect(report).toMatch(/\| Blender +\|.*\b4\.3\.\d/u);
  if (SECOND) expect(report).toMatch(/\| Blender +\|.*\b5\.\d\.\d/u);

  expect(await root.run('nightshift', '--version')).toMatch(/^\d/u);
  // A package that is made without an address does not bring it.
  await rm(join(root.folder, CHANNEL));
  await root.run('apt-get', 'remove', '-y', 'nightshift');
  const left = await root.run(
    'find',
    '/opt',
    '/usr',
    '/etc',
    '-iname',
    '*nightshift*',
    '-newer',
    deb,
  );
  expect(left.split('\n').filter((path) => path !== '' && !path.startsWith(projectRoot))).toEqual(
    [],
  );
  // What an artist made stays.
  expect(await frames()).toEqual(after);
});

/** Of the sample shots, all together. */
const FRAMES = 24;

const ENTRIES = [
  '/usr/share/applications/nightshift.desktop',
  '/usr/share/applications/nightshift-render.desktop',
] as const;

async function debName(): Promise<string> {
  const names = await readdir(join(projectRoot, 'release'));
  const name = names.find((each) => each.endsWith('.deb'));
  if (name === undefined) throw new Error('There is no deb in release/.');
  return name;
}

async function install(deb: string): Promise<void> {
  const inside = '/tmp/nightshift.deb';
  await cp(deb, join(root.folder, inside));
  await root.run('apt-get', 'update');
  await root.run('apt-get', 'install', '-y', '--no-install-recommends', inside);
}

const CHANNEL = 'opt/Nightshift/resources/app-update.yml';
const NEWER = 'nightshift_99.0.0_amd64.deb';

/** The same package as a later version. @returns its path */
async function newer(deb: string): Promise<string> {
  const tree = join(root.folder, 'tmp/newer');
  await execa('dpkg-deb', ['-R', deb, tree]);
  const control = join(tree, 'DEBIAN/control');
  const text = await readFile(control, 'utf8');
  await writeFile(control, text.replace(/^Version: .*$/mu, 'Version: 99.0.0'));
  await execa('dpkg-deb', ['-Znone', '-b', tree, `${tree}.deb`]);
  return `${tree}.deb`;
}

/** Lets a package lie where the installed one asks for newer ones. @returns what it is asked for */
async function offer(deb: string): Promise<readonly string[]> {
  const asked: string[] = [];
  const sha512 = createHash('sha512')
    .update(await readFile(deb))
    .digest('base64');
  const list = `version: 99.0.0\nfiles:\n  - url: ${NEWER}\n    sha512: ${sha512}\n`;
  const server = http.createServer(({ url = '' }, answer) => {
    const [name = ''] = url.slice(1).split('?');
    asked.push(name);
    if (name === NEWER) createReadStream(deb).pipe(answer);
    else answer.end(name === 'latest-linux.yml' ? list : '');
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const noted = `provider: generic\nurl: http://127.0.0.1:${port}/\nupdaterCacheDirName: nightshift-updater\n`;
  await writeFile(join(root.folder, CHANNEL), noted);
  return asked;
}

/** Asks for what is newer and fetches it, in the window. @returns the command that installs it */
async function update(page: Page): Promise<string> {
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await button('Settings').click();
  await button('Check for updates…').click();
  await button('Download').click();
  const ready = page.getByRole('dialog', { name: 'Nightshift 99.0.0 is ready' });
  const command = (await ready.getByText(/^sudo apt install /u).textContent()) ?? '';
  await ready.getByRole('button', { name: 'Close' }).click();
  await button('Close').click();
  return command;
}

/** The sample shots as they ship, small; every second one for the other Blender, where there is one. */
async function sampleShots(): Promise<string> {
  const shots = `${HOME}/shots`;
  const folder = join(root.folder, shots);
  await mkdir(folder, { recursive: true });
  await cp(join(root.folder, 'opt/Nightshift/resources/sample-shots'), folder, { recursive: true });
  const defaults = join(folder, 'defaults.yaml');
  const text = await readFile(defaults, 'utf8');
  await writeFile(defaults, text.replace(/resolution: .*/u, 'resolution: [160, 90]'));
  if (SECOND) {
    for (const name of ['020_snow_cabin', '040_bloom', '050_tea_set']) {
      const file = join(folder, `${name}.yaml`);
      await writeFile(file, `${await readFile(file, 'utf8')}\nblender: ${SECOND}\n`);
    }
  }
  return shots;
}

interface Opened {
  readonly page: Page;
  /** As the end of a session does, which nobody is asked about. */
  close(): Promise<void>;
}

/** Starts the app by its entry's program, outside of the clone. The window is driven as any browser is: the fuses of a release are set. */
async function open(folder: string): Promise<Opened> {
  const port = await freePort();
  const program = ['/opt/Nightshift/nightshift', '--no-sandbox', `--remote-debugging-port=${port}`];
  const { NIGHTSHIFT_OTHER_BLENDER: _, ...env } = process.env;
  const child = spawn('chroot', [root.folder, ...program, folder], {
    cwd: '/',
    env: { ...env, HOME, NIGHTSHIFT_DATA: DATA },
    stdio: 'ignore',
  });
  running.push(child);
  const browser = await connected(port);
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('The app has no window.');
  return {
    page,
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await browser.close();
    },
  };
}

async function connected(port: number): Promise<Browser> {
  let browser: Browser | undefined;
  await expect(async () => {
    browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    expect(browser.contexts()[0]?.pages()).toHaveLength(1);
  }).toPass({ timeout: 60_000 });
  return browser as Browser;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** All frames that have their name, below the shots. */
async function frames(): Promise<readonly string[]> {
  const folder = join(root.folder, HOME, 'shots/renders');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => /_\d{4}\.(png|exr)$/u.test(name)).sort();
}
