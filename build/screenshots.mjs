// `npm run screenshots`: the README's pictures, made by the real app over the real sample shots.
// Needs what `npm run setup -- --for-tests` provides.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { _electron } from 'playwright';
import sharp from 'sharp';
import { electronPath } from './electron-path.mjs';
import { projectRoot } from './setup/paths.mjs';
import { run } from './setup/run.mjs';

const WIDTH = 1440;
const HEIGHT = 900;
const LONGEST_MS = 600_000;
const target = join(projectRoot, 'docs/screenshots');

if (process.platform === 'linux' && !process.env.DISPLAY) {
  const screen = ['-a', '-s', `-screen 0 ${WIDTH + 160}x${HEIGHT + 140}x24`];
  const again = [...screen, process.execPath, import.meta.filename];
  process.exitCode = (await run('xvfb-run', again, { show: true })).code;
} else {
  await takeAll();
}

async function takeAll() {
  // A home of its own, so that the pictures show a path that anybody could have.
  const home = await mkdtemp(join(tmpdir(), 'nightshift-home-'));
  const shots = join(home, 'projects', 'moonlit-garden');
  await mkdir(target, { recursive: true });
  await cp(join(projectRoot, 'assets/sample-shots'), shots, {
    recursive: true,
    filter: (file) => basename(file) !== 'renders',
  });
  const app = await launch(home, shots);
  try {
    await photograph(app);
  } finally {
    await app.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function launch(home, shots) {
  const root = process.platform === 'linux' && process.getuid?.() === 0;
  const data = join(home, 'data');
  return _electron.launch({
    executablePath: electronPath(),
    args: [...(root ? ['--no-sandbox'] : []), projectRoot, shots],
    env: { ...process.env, HOME: home, USERPROFILE: home, NIGHTSHIFT_DATA: data },
  });
}

async function photograph(app) {
  const window = await app.firstWindow();
  await window.getByRole('row').nth(1).waitFor();
  await app.evaluate(
    ({ BrowserWindow }, [width, height]) => {
      BrowserWindow.getAllWindows()[0].setContentSize(width, height);
    },
    [WIDTH, HEIGHT],
  );
  await prepare(window);
  const row = (name) => window.getByRole('row').filter({ hasText: name });
  await window.getByRole('button', { name: 'Render', exact: true }).click();
  const busy = await window.waitForFunction(rowInTheMiddle, undefined, { timeout: LONGEST_MS });
  await row(await busy.jsonValue()).click();
  await take(window, 'rendering-dark');
  await window.getByRole('heading', { name: /are ready/ }).waitFor({ timeout: LONGEST_MS });
  await window.getByRole('button', { name: /^030_clockwork/ }).click();
  await take(window, 'finished-dark');
}

/** In the window: the name of a shot that has some of its frames, once three others have all. */
function rowInTheMiddle() {
  const rows = [...document.querySelectorAll('.job-row')].map((row) => row.innerText.split('\n'));
  if (rows.filter(([status]) => status === 'Done').length < 3) return undefined;
  const busy = rows.find(
    (words) => words[0] === 'Rendering' && words.some((w) => /^[1-9]\d* of/.test(w)),
  );
  return busy?.[1];
}

/** Dark, two workers, and the folder trusted, as its artist would have it. */
async function prepare(window) {
  await window.evaluate(async () => {
    const { call } = window.nightshift;
    const { value: settings } = await call('settings:get', undefined);
    await call('settings:set', { ...settings, theme: 'dark', workers: 2 });
    const { value: batches } = await call('batches:list', undefined);
    await call('batch:trust', { batchId: batches[0].id, trusted: true });
  });
  await window.reload();
  await window.getByText('moonlit-garden', { exact: true }).first().click();
  await window.getByRole('row').nth(1).waitFor();
}

async function take(window, name) {
  await window.mouse.move(WIDTH / 2, HEIGHT - 60);
  await window.evaluate(() => document.activeElement?.blur());
  // The inspector asks for its frames anew.
  await window.waitForTimeout(700);
  const picture = await window.screenshot({ animations: 'disabled' });
  const file = join(target, `${name}.png`);
  await sharp(picture).png({ palette: true, effort: 10, compressionLevel: 9 }).toFile(file);
  console.log(`docs/screenshots/${name}.png`);
}
