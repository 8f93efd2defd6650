import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { userCache } from '../setup/paths.mjs';
import { run } from '../setup/run.mjs';
import { launcherOfPackage, launcherOfRoot } from './launchers.mjs';
import { askVersion, onPath } from './machine.mjs';

/**
 * A Blender that is there: one executable file that takes Blender's arguments.
 * @typedef {{ executable: string, version: string, build: string }} Provided
 */

/** Beside the Electron of the set-up, outside of the clone. */
export function blendersFolder() {
  return join(userCache(), 'blenders');
}

/**
 * The Blender of a kind that stands in the cache already.
 * @param {import('./catalog.mjs').Kind} kind
 * @param {import('./catalog.mjs').Machine} machine
 * @returns {Promise<Provided | undefined>}
 */
export async function known(kind, machine) {
  if (kind.way === 'path') {
    if (machine.blender === undefined) return undefined;
    const said = await askVersion(machine.blender);
    return 'problem' in said ? undefined : { executable: machine.blender, ...said };
  }
  const home = join(blendersFolder(), kind.id);
  const made = await readFile(join(home, 'made.json'), 'utf8').then(JSON.parse, () => undefined);
  if (made === undefined) return undefined;
  await writeLauncher(kind, home);
  return { executable: join(home, 'blender'), version: made.version, build: made.build };
}

/**
 * Makes a Blender ready, or finds it in the cache.
 * @param {import('./catalog.mjs').Kind} kind one that the machine can have
 * @param {import('./catalog.mjs').Machine} machine
 * @param {{ again?: boolean, timeoutSeconds?: number, say?: (sentence: string) => void }} [options]
 *   `again` makes it anew, so that what the cache holds is not believed
 * @returns {Promise<Provided | { problem: string }>}
 */
export async function provide(kind, machine, options = {}) {
  const { again = false, timeoutSeconds = 1800, say = () => {} } = options;
  const there = again && kind.way !== 'path' ? undefined : await known(kind, machine);
  if (there !== undefined) return there;
  if (kind.way === 'path') return { problem: `${machine.blender} does not say its version` };
  await mkdir(blendersFolder(), { recursive: true });
  // It appears by one rename: what breaks off is never taken for a whole one.
  const work = await mkdtemp(join(blendersFolder(), '.making-'));
  // mkdtemp is for one user alone, and packages are unpacked by others.
  await chmod(work, 0o755);
  try {
    const make = kind.way === 'debian' ? makeRoot : makeEnvironment;
    const problem = await make(kind, machine, work, { timeoutSeconds, say });
    if (problem !== undefined) return { problem };
    await writeLauncher(kind, work);
    const said = await firstWords(join(work, 'blender'));
    if ('problem' in said) return { problem: `it does not start: ${said.problem}` };
    await writeFile(join(work, 'made.json'), `${JSON.stringify(said)}\n`);
    const home = join(blendersFolder(), kind.id);
    await rm(home, { recursive: true, force: true });
    await rename(work, home);
    await writeLauncher(kind, home);
    return { executable: join(home, 'blender'), ...said };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function makeRoot(kind, _machine, work, { timeoutSeconds, say }) {
  if (onPath('mmdebstrap') === undefined) {
    say('Installing mmdebstrap.');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
    await run('apt-get', [...quiet, 'update'], { env });
    const packages = ['install', '-y', '--no-install-recommends', 'mmdebstrap'];
    const installed = await run('apt-get', [...quiet, ...packages], { env });
    if (installed.code !== 0) return `mmdebstrap could not be installed: ${lastLine(installed)}`;
  }
  say(`Making a root folder with the Blender of Debian ${kind.suite} (a minute or two, 1 GB).`);
  const include = 'blender,libegl1,libgl1,libegl-mesa0,libgl1-mesa-dri,python3-numpy';
  const result = await run(
    'mmdebstrap',
    [
      ...['--variant=apt', '--mode=root', `--include=${include}`],
      '--aptopt=Acquire::Check-Valid-Until "false"',
      '--aptopt=APT::Install-Recommends "false"',
      ...['doc', 'man', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      ...[kind.suite, join(work, 'root')],
    ],
    { timeoutSeconds },
  );
  if (result.code !== 0) return `mmdebstrap failed: ${lastLine(result)}`;
  // Blender looks here for the mounted disks.
  await symlink('../proc/self/mounts', join(work, 'root', 'etc', 'mtab')).catch(() => undefined);
  return undefined;
}

async function makeEnvironment(kind, machine, work, { timeoutSeconds, say }) {
  say(`Installing the Python package bpy ${kind.series} (some minutes, 1 GB).`);
  const python = machine.pythons[kind.python];
  const made = await run(python, ['-m', 'venv', join(work, 'venv')], { timeoutSeconds });
  if (made.code !== 0) return `no environment for Python ${kind.python}: ${lastLine(made)}`;
  const pip = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--quiet',
    '--only-binary=:all:',
  ];
  const installed = await run(
    join(work, 'venv', 'bin', 'python'),
    [...pip, `bpy==${kind.series}.*`],
    { timeoutSeconds },
  );
  return installed.code === 0 ? undefined : `pip could not install it: ${lastLine(installed)}`;
}

/** A clone with a newer launcher brings it into the cache that all clones share. */
async function writeLauncher(kind, home) {
  const executable = join(home, 'blender');
  const text =
    kind.way === 'debian'
      ? launcherOfRoot(join(home, 'root'))
      : launcherOfPackage(
          executable,
          join(home, 'venv', 'bin', 'python'),
          join(home, 'launcher.py'),
        );
  if (kind.way === 'bpy')
    await replace(join(home, 'launcher.py'), (file) => copyFile(LAUNCHER, file));
  await replace(executable, (file) => writeFile(file, text, { mode: 0o755 }));
}

const LAUNCHER = join(import.meta.dirname, 'bpy-launcher.py');

/** A Blender may be started from the file at this moment. */
async function replace(file, write) {
  const beside = `${file}.${process.pid}`;
  await write(beside);
  await rename(beside, file);
}

/** Not `--version` alone, which needs no library of Blender. */
async function firstWords(executable) {
  const said = await askVersion(executable);
  if ('problem' in said) return said;
  const expression =
    'import bpy; print("BUILD", ".".join(map(str, bpy.app.version)), bpy.app.build_hash.decode(), bpy.app.build_commit_date.decode())';
  const started = [
    '-b',
    '--factory-startup',
    '--python-exit-code',
    '3',
    '--python-expr',
    expression,
  ];
  const { code, output } = await run(executable, started, { timeoutSeconds: 120 });
  const [, version, hash, date] = /^BUILD (\S+) (\S+) ?(.*)$/m.exec(output) ?? [];
  if (code !== 0 || version === undefined) return { problem: lastLine({ output }) };
  if (version !== said.version) return { problem: `it says ${said.version} and is ${version}` };
  // Debian's builds come without a commit.
  const build = /^unknown$/i.test(hash) ? '' : [hash, date].filter(Boolean).join(', ');
  return { version, build };
}

function lastLine({ output }) {
  return output.trim().split('\n').at(-1) ?? '';
}
