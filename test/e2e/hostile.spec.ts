import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect as baseExpect } from '@playwright/test';
import { makeBlend } from '../helpers/make-blend.ts';
import { BOMBS } from '../security/bombs.ts';
import { app, place, startApp, test } from './story.ts';

// The machine of a test may have much else to do.
const expect = baseExpect.configure({ timeout: 30_000 });

const SECRET = 'nobody may read this';

test('a page that was taken over reads no file, opens no folder and no window, and runs no program', async () => {
  const folder = join(place.root, 'shots');
  await mkdir(folder);
  const secret = join(place.root, 'secret.json');
  await writeFile(secret, JSON.stringify(SECRET));
  await writeFile(join(folder, 'hero.yaml'), 'blend: gone.blend\n');
  await startApp([folder]);
  await expect(app.row('hero')).toBeVisible();
  await app.main.evaluate(({ app, shell }) => {
    const opened: string[] = [];
    Object.assign(app, { opened });
    const note = (url: string) => void opened.push(url);
    shell.openExternal = async (url) => note(url);
    shell.openPath = async (path) => `${note(path)}`;
    shell.showItemInFolder = note;
  });
  const { window } = app;
  const home = window.url();

  const up = '../'.repeat(12);
  const coded = '..%2f'.repeat(12);
  const double = '%252e%252e%252f'.repeat(12);
  const path = secret.slice(1);
  const urls = [
    ...[`/${up}${path}`, `/${coded}${path}`, `/${double}${path}`, `//${path}`, `/%2f${path}`],
    ...[`/${encodeURIComponent(secret)}`, `/assets/${coded}${path}`, `/..%5c..%5c${path}`],
    ...[`/index.html%00/${path}`, `/${path}%00.js`, `app://${place.root}/secret.json`],
    ...[`app://nightshift@evil/${path}`, `app://nightshift:1/${path}`, `file://${secret}`],
    ...['/..%2f..%2fpackage.json', '/../main/main.js', '/%2e%2e/preload/preload.cjs'],
    ...['http://127.0.0.1:9/', 'https://example.com/', 'ws://127.0.0.1:9/', 'chrome://version'],
    ...[`view-source:file://${secret}`, 'data:text/plain,x', 'devtools://devtools/x'],
  ];
  const answers = await window.evaluate(
    (asked) =>
      Promise.all(
        asked.map((url) =>
          fetch(url).then(
            async (answer) => `${answer.status} ${await answer.text()}`,
            () => 'refused',
          ),
        ),
      ),
    urls,
  );
  for (const [index, answer] of answers.entries()) {
    expect(answer, urls[index]).toMatch(/^(?:refused|404 Not found)$/);
  }

  // Elements are held by the same policy as fetch.
  const loaded = await window.evaluate((url) => {
    const load = (tag: 'img' | 'script' | 'iframe' | 'object' | 'link') =>
      new Promise<string>((resolve) => {
        const element = document.createElement(tag);
        Object.assign(element, { src: url, data: url, href: url, rel: 'stylesheet' });
        element.onload = () => {
          const inside = element instanceof HTMLIFrameElement && element.contentDocument;
          resolve(`${tag} loaded ${inside ? inside.body.innerText : ''}`);
        };
        element.onerror = () => resolve('refused');
        document.body.append(element);
        setTimeout(() => resolve('refused'), 500);
      });
    return Promise.all((['img', 'script', 'object', 'link'] as const).map(load));
  }, `file://${secret}`);
  expect(loaded).toEqual(Array(4).fill('refused'));
  const ran = await window.evaluate(async (url) => {
    const tried = async (run: () => unknown) => {
      // Called straight by the debugger it would be allowed.
      await new Promise((resolve) => setTimeout(resolve));
      try {
        return `ran ${String(await run())}`;
      } catch {
        return 'refused';
      }
    };
    // Bundlers would follow a bare import.
    const load = (from: string) => import(/* @vite-ignore */ from);
    return Promise.all([
      // biome-ignore lint/security/noGlobalEval: that it is refused is what is tried
      tried(() => globalThis.eval('1 + 1')),
      tried(() => new Function('return 1')()),
      tried(() => load(url)),
      tried(() => load('data:text/javascript,1')),
      tried(() => new Worker(URL.createObjectURL(new Blob(['1'])))),
      tried(() => navigator.mediaDevices.getUserMedia({ audio: true })),
      tried(() => navigator.clipboard.readText()),
    ]);
  }, `file://${secret}`);
  expect(ran).toEqual(Array(7).fill('refused'));

  await window.evaluate((file) => {
    for (const url of [file, 'about:blank', 'http://example.com/', 'smb://x/y', 'mailto:a@b']) {
      if (open(url) !== null) throw new Error(`A window for ${url}`);
      location.href = url;
    }
    const form = document.createElement('form');
    form.action = file;
    document.body.append(form);
    form.submit();
  }, `file://${secret}`);
  expect(window.url()).toBe(home);
  expect(app.main.windows()).toHaveLength(1);

  const globals = ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'];
  expect(
    await window.evaluate(
      (names) =>
        names.filter((name) => (globalThis as Record<string, unknown>)[name] !== undefined),
      globals,
    ),
  ).toEqual([]);
  expect(
    await window.evaluate(() =>
      Object.keys((window as unknown as { nightshift: object }).nightshift),
    ),
  ).toEqual(['call', 'on', 'pathForFile']);
  const forged = await window.evaluate((file) => {
    const { pathForFile } = (window as unknown as { nightshift: Bridge }).nightshift;
    const given = (value: unknown) => {
      try {
        return pathForFile(value);
      } catch {
        return '';
      }
    };
    return [new File(['x'], file), { path: file, name: file }, file, null].map(given);
  }, secret);
  expect(forged).toEqual(['', '', '', '']);

  const settings = await app.call('settings:get', undefined);
  const kept = settings.ok ? (settings.value as object) : {};
  for (const [name, payload] of [
    ['folder:open', { path: place.root }],
    ['folder:open', { path: secret }],
    ['files:open', { paths: [place.root] }],
    ['settings:set', { ...kept, blenderPath: '/bin/true' }],
    ['settings:set', { ...kept, outputFolder: '/etc' }],
    ['jobs:reveal', { batchId: '..', jobIds: ['0123456789ab'] }],
    ['job:log', { batchId: '../../secret', jobId: null }],
    ['report:export', { batchId: 'nobody' }],
    ['shell:open', { path: secret }],
    ['__proto__', undefined],
  ] as const) {
    const answer = await app.call(name, payload);
    expect(answer, name).toMatchObject({ ok: false });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  }
  expect(
    await app.main.evaluate(({ app }) => (app as unknown as { opened: string[] }).opened),
  ).toEqual([]);
});

test('names of files and folders are text in the window, whatever stands in them', async () => {
  const folder = join(place.root, '<b>night\u202E<script>sung=1<');
  const shot = '<img src=x onerror=sung=1>"\'$(x)';
  await mkdir(folder);
  await writeFile(join(folder, `${shot}.yaml`), 'blend: <svg onload=sung=1>.blend\n');
  await startApp([folder]);
  const { window } = app;
  const row = window.getByRole('row').filter({ hasText: '_img src=x onerror=sung=1_' });
  await expect(row).toBeVisible();
  await expect(row).toContainText('<svg onload=sung=1>.blend');
  await window
    .getByText(/\d+ problem/)
    .first()
    .click();
  await row.click();
  await row.hover();
  expect(await window.evaluate(() => 'sung' in globalThis)).toBe(false);
  expect(await window.locator('img[src=x], svg[onload], b b').count()).toBe(0);
  const title = '<b>night\uFFFD<script>sung=1< · Nightshift';
  await expect(window).toHaveTitle(title);
  expect(
    await app.main.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle()),
  ).toBe(title);
  expect(await window.locator('body').innerText()).not.toMatch(/\p{Bidi_Control}/u);
});

test('a folder of YAML bombs holds up neither the window nor the process behind it', async () => {
  const folder = join(place.root, 'shots');
  await mkdir(folder);
  // Each alone is measured in test/security; here a few of every kind have to do.
  for (const [index, text] of Object.values(BOMBS).entries()) {
    if (index % 4 === 1) await writeFile(join(folder, `bomb-${index}.yaml`), text);
  }
  await writeFile(join(folder, 'scene.bin'), 'BLENDER');
  await writeFile(join(folder, 'a-lot.yaml'), 'blend: scene.bin\nframes: 1-100000\n');
  await startApp();
  await app.main.evaluate(({ app }) => {
    // Work between two ticks and not time: on a busy machine others work, too.
    const longest = { ms: 0 };
    let before = process.cpuUsage();
    setInterval(() => {
      const { user, system } = process.cpuUsage(before);
      longest.ms = Math.max(longest.ms, (user + system) / 1000);
      before = process.cpuUsage();
    }, 10);
    Object.assign(app, { longest });
  });
  await app.dropFolder(folder);
  await app.row('a-lot').click();
  const inspector = app.window.getByRole('tabpanel', { name: 'Frames' });
  await expect(inspector.getByRole('img', { name: '100,000 waiting' })).toBeVisible();
  const longest = await app.main.evaluate(
    ({ app }) => (app as unknown as { longest: { ms: number } }).longest.ms,
  );
  // A machine with neighbours was seen to take 1009. A bomb that goes off takes minutes.
  expect(longest, 'milliseconds of work in which nothing else was answered').toBeLessThan(2000);
});

test('a shot that writes elsewhere is told before Render, and renders only with trust', async () => {
  const folder = join(place.root, 'shots');
  const elsewhere = join(place.root, 'elsewhere');
  await makeBlend(join(folder, 'scenes/a.bin'));
  await writeFile(
    join(folder, 'out.yaml'),
    'blend: scenes/a.bin\nframes: 1\noutput: { path: ../elsewhere }\n',
  );
  await startApp([folder]);
  await expect(app.row('out').getByText('1 warning')).toBeVisible();
  await app.window
    .getByText(/1 warning/)
    .first()
    .click();
  await expect(
    app.window.getByText(/The frames of this shot go to .+elsewhere/).first(),
  ).toBeVisible();
  await app.render();
  await app.answerTrust('Don’t run scripts');
  await app.expectStatus('out', 'Failed');
  await expect(app.row('out')).toContainText('which only a trusted folder may');
  expect(await readdir(place.root)).not.toContain('elsewhere');
  await app.press('Trust…');
  await app.answerTrust('Trust and run scripts');
  await app.row('out').click({ button: 'right' });
  await app.window.getByRole('menuitem', { name: 'Retry' }).click();
  await app.expectStatus('out', 'Done');
  expect(await readdir(elsewhere)).toContain('out_0001.png');
});

interface Bridge {
  readonly pathForFile: (file: unknown) => string;
}
