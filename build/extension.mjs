// `npm run extension`: Nightshift for Blender as a package, and a static repository of it that can be dragged into Blender.
import { copyFile, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBlender } from './setup/blender.mjs';
import { projectRoot } from './setup/paths.mjs';
import { run } from './setup/run.mjs';

/** Modules of the runner that its checks stand on: what a scene uses, which files are read, what simulates. */
const SHARED = [
  ...['caches', 'devices', 'overrides', 'paths', 'refusal', 'series', 'simulations', 'strips'],
  'used',
];

/**
 * Puts the extension together: its own files, and what it shares with the runner, as it is and under the licence that it has.
 * @param {string} folder that is made, absolute
 */
export async function assembleExtension(folder) {
  await cp(join(projectRoot, 'assets/extension'), folder, { recursive: true });
  await mkdir(join(folder, 'runner'));
  await copyFile(join(projectRoot, 'LICENSE'), join(folder, 'runner', 'LICENSE'));
  for (const name of SHARED.map((module) => `${module}.py`)) {
    await copyFile(
      join(projectRoot, 'electron/blender/runner', name),
      join(folder, 'runner', name),
    );
  }
}

/**
 * Lets Blender look through the extension, pack it, and make the listing of a repository beside the package.
 * @param {string} folder of the repository; packages of other versions in it are removed
 * @param {string} blender 4.2 or newer
 * @returns {Promise<string>} the package
 */
export async function buildExtension(folder, blender) {
  await mkdir(folder, { recursive: true });
  for (const name of await packagesIn(folder)) await rm(join(folder, name));
  const work = await mkdtemp(join(tmpdir(), 'nightshift-extension-'));
  const source = join(work, 'nightshift');
  try {
    await assembleExtension(source);
    await extension(blender, 'validate', source);
    await extension(blender, 'build', `--source-dir=${source}`, `--output-dir=${folder}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await extension(blender, 'server-generate', `--repo-dir=${folder}`, '--html');
  const [name] = await packagesIn(folder);
  if (name === undefined) throw new Error(`Blender has put no package into ${folder}.`);
  return join(folder, name);
}

async function packagesIn(folder) {
  return (await readdir(folder)).filter((name) => name.endsWith('.zip'));
}

async function extension(blender, ...args) {
  const { code, output } = await run(blender, ['--command', 'extension', ...args]);
  if (code !== 0) throw new Error(`blender --command extension ${args.join(' ')}:\n${output}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const blender = findBlender();
  try {
    if (blender === undefined)
      throw new Error('No Blender was found: install one, or set NIGHTSHIFT_BLENDER to its path.');
    const made = await buildExtension(join(projectRoot, 'release/extension'), blender);
    console.log(
      `${made}\nThe repository is its folder: put it on any web server, or install the file from disk.`,
    );
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
