// `npm run packages`: packs Nightshift once and makes packages of it, into `release/`, with their checksums in SHA256SUMS.
// `npm run packages -- deb tar.gz` makes those. What needs tools that are only got from the network (AppImage, NSIS, DMG)
// is made where NIGHTSHIFT_RELEASE is 1, as in the release workflow; elsewhere packages are made quickly, with what is here.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { projectRoot } from '../setup/paths.mjs';
import { run } from '../setup/run.mjs';

const isRelease = process.env.NIGHTSHIFT_RELEASE === '1';
const release = join(projectRoot, 'release');
const TARGETS = {
  linux: {
    flag: '--linux',
    quick: ['deb', 'rpm', 'tar.gz'],
    all: ['deb', 'rpm', 'tar.gz', 'AppImage'],
  },
  win32: { flag: '--win', quick: ['zip'], all: ['nsis', 'zip'] },
  darwin: { flag: '--mac', quick: ['dmg'], all: ['dmg', 'zip'] },
};
const ENDS = /\.(deb|rpm|tar\.gz|AppImage|exe|zip|dmg)$/u;

const { flag, quick, all } = TARGETS[process.platform];
const wanted = process.argv.slice(2);
const targets = wanted.length > 0 ? wanted : isRelease ? all : quick;
process.exitCode = await make();

async function make() {
  await rm(release, { recursive: true, force: true });
  const code = await makeTargets();
  if (code !== 0) return code;
  const made = (await readdir(release)).filter((name) => ENDS.test(name)).sort();
  const sums = await Promise.all(made.map(async (name) => `${await sha256(name)}  ${name}\n`));
  await writeFile(join(release, 'SHA256SUMS'), sums.join(''));
  console.log(`\nIn ${release}:\n${sums.join('')}`);
  return 0;
}

/** What is signed is packed and made in one go: the program then also knows by whom its updates have to be signed. */
async function makeTargets() {
  if (process.platform === 'darwin') return await builder([flag, ...targets, '--universal']);
  if (process.platform === 'win32') {
    return (await builder([flag, ...targets])) || (await node('build/check-fuses.mjs'));
  }
  return (
    (await builder([flag, 'dir'])) ||
    (await node('build/check-fuses.mjs')) ||
    (await builder([flag, ...targets, '--prepackaged', join(release, 'linux-unpacked')]))
  );
}

function builder(args) {
  const script = 'node_modules/electron-builder/cli.js';
  const config = ['--config', 'build/electron-builder.config.mjs', '--publish', 'never'];
  return node(script, [...args, ...config], isRelease ? {} : toolsOfThisComputer());
}

async function node(script, args = [], env = {}) {
  const options = { show: true, env: { ...process.env, ...env } };
  return (await run(process.execPath, [join(projectRoot, script), ...args], options)).code;
}

/** electron-builder would get them from the network; what is set already stays. */
function toolsOfThisComputer() {
  const sevenZip = onPath('7za', '7zz', '7z');
  return {
    ELECTRON_BUILDER_COMPRESSION_LEVEL: '1',
    ...(sevenZip && { ELECTRON_BUILDER_7ZIP_PATH: sevenZip }),
    ...(onPath('fpm')
      ? { USE_SYSTEM_FPM: 'true' }
      : { CUSTOM_FPM_PATH: join(import.meta.dirname, 'fpm.mjs') }),
  };
}

function onPath(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find((place) => existsSync(place));
}

async function sha256(name) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(release, name)), hash);
  return hash.digest('hex');
}
