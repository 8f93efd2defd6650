import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
 * The Blender of a kind that stands in the cache already, and starts.
 * @param {import('./catalog.mjs').Kind} kind
 * @param {import('./catalog.mjs').Machine} machine
 * @param {{ say?: (sentence: string) => void }} [options] `say` hears of one that does not start any more
 * @returns {Promise<Provided | undefined>}
 */
export async function known(kind, machine, { say = () => {} } = {}) {
  if (kind.way === 'path') {
    if (machine.blender === undefined) return undefined;
    const said = await askVersion(machine.blender);
    return 'problem' in said ? undefined : { executable: machine.blender, ...said };
  }
  const home = join(blendersFolder(), kind.id);
  if (!(await exists(join(home, 'made.json')))) return undefined;
  // Where the cache can only be read, the launcher that stands there is taken as it is.
  await writeLauncher(kind, home).catch(() => undefined);
  const executable = join(home, 'blender');
  // Its Python may have gone with an update of the system, or a part of it with a cleaning of the cache.
  const said = await startedBlender(executable);
  if (!('problem' in said)) return { executable, ...said };
  say(`${kind.id} of the cache does not start any more: ${said.problem}.`);
  return undefined;
}

/**
 * Makes a Blender ready, or finds it in the cache.
 * @param {import('./catalog.mjs').Kind} kind one that the machine can have
 * @param {import('./catalog.mjs').Machine} machine
 * @param {{ again?: boolean, timeoutSeconds?: number, say?: (sentence: string) => void }} [options]
 *   `again` makes it anew, so that what the cache holds is not believed; the time is for all steps together
 * @returns {Promise<Provided | { problem: string, where?: string }>} `where`: a path of this machine, which is no part of the record
 */
export async function provide(kind, machine, options = {}) {
  const { again = false, timeoutSeconds = 1800, say = () => {} } = options;
  const there = again && kind.way !== 'path' ? undefined : await known(kind, machine, { say });
  if (there !== undefined) return there;
  if (kind.way === 'path') return { problem: `${machine.blender} does not say its version` };
  const until = Date.now() + timeoutSeconds * 1000;
  const left = () => Math.max(1, (until - Date.now()) / 1000);
  try {
    await makeFolder(blendersFolder());
    await removeLeftovers();
    // It appears by one rename: what breaks off is never taken for a whole one.
    const work = await mkdtemp(join(blendersFolder(), `.making-${process.pid}-`));
    try {
      // mkdtemp is for one user alone, and packages are unpacked by others.
      await chmod(work, 0o755);
      const make = kind.way === 'debian' ? makeRoot : makeEnvironment;
      const problem = await make(kind, machine, work, { left, say });
      if (problem !== undefined) return { problem };
      await writeLauncher(kind, work);
      const said = await startedBlender(join(work, 'blender'));
      if ('problem' in said) return { problem: `it does not start: ${said.problem}` };
      await writeFile(join(work, 'made.json'), `${JSON.stringify(said)}\n`);
      return await moveIn(kind, machine, work, { again, said });
    } finally {
      await rm(work, { recursive: true, force: true }).catch(() => undefined);
    }
  } catch (error) {
    if (error.code === undefined) throw error;
    // A disk that is full or may not be written: tests go on without.
    return {
      problem: `the user's cache can't be written (${error.code})`,
      where: blendersFolder(),
    };
  }
}

/** Where a folder can't be made, `mkdir` of Node with `recursive` may try for ever: in /proc it does. */
export async function makeFolder(folder) {
  try {
    await mkdir(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return;
    if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder).catch(ignoring('EEXIST'));
  }
}

/** Gives a whole one its place. Another clone may have been quicker, and its tests may run on that one by now. */
async function moveIn(kind, machine, work, { again, said }) {
  const home = join(blendersFolder(), kind.id);
  if (!again) {
    const appeared = await known(kind, machine);
    if (appeared !== undefined) return appeared;
  }
  // What runs from the old one goes on: its files are kept for a day.
  const aside = join(blendersFolder(), `.old-${Date.now()}-${process.pid}`);
  await rename(home, aside).catch(ignoring('ENOENT'));
  try {
    await rename(work, home);
  } catch (error) {
    const appeared = await known(kind, machine);
    if (appeared === undefined) throw error;
    return appeared;
  }
  await writeLauncher(kind, home);
  return { executable: join(home, 'blender'), ...said };
}

/** What a run left that was broken off, and what was put aside a day ago. */
async function removeLeftovers() {
  for (const name of await readdir(blendersFolder())) {
    const maker = /^\.making-(\d+)-/.exec(name)?.[1];
    const putAside = /^\.old-(\d+)-/.exec(name)?.[1];
    const over =
      (maker !== undefined && !isAlive(Number(maker))) ||
      (putAside !== undefined && Date.now() - Number(putAside) > DAY_MS);
    if (!over) continue;
    // Another clone may clean at the same time.
    await rm(join(blendersFolder(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

const DAY_MS = 24 * 3600 * 1000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function makeRoot(kind, _machine, work, { left, say }) {
  if (onPath('mmdebstrap') === undefined) {
    const problem = await installMmdebstrap({ left, say });
    if (problem !== undefined) return problem;
  }
  say(`Making a root folder with the Blender of Debian ${kind.suite} (a minute or two, 1 GB).`);
  const include = 'blender,libegl1,libgl1,libegl-mesa0,libgl1-mesa-dri,python3-numpy';
  const result = await run(
    // It mounts this machine's /dev in the folder, which we remove when it has not come to its end.
    'unshare',
    [
      ...['--mount', 'mmdebstrap', '--variant=apt', '--mode=root', `--include=${include}`],
      '--aptopt=Acquire::Check-Valid-Until "false"',
      '--aptopt=APT::Install-Recommends "false"',
      ...['doc', 'man', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      ...[kind.suite, join(work, 'root')],
    ],
    { timeoutSeconds: left() },
  );
  if (result.code !== 0) return `mmdebstrap ${whyFailed(result)}`;
  // Blender looks here for the mounted disks.
  await symlink('../proc/self/mounts', join(work, 'root', 'etc', 'mtab')).catch(() => undefined);
  return undefined;
}

async function installMmdebstrap({ left, say }) {
  say('Installing mmdebstrap.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args, options) => {
    const lock = `DPkg::Lock::Timeout=${Math.ceil(left())}`;
    return run('apt-get', ['-qq', '-o', lock, ...args], { env, ...options });
  };
  const install = ['install', '-y', '--no-install-recommends', 'mmdebstrap'];
  await apt(['update'], { timeoutSeconds: left() });
  const got = await apt([...install, '--download-only'], { timeoutSeconds: left() });
  if (got.code !== 0) return `mmdebstrap could not be had: apt-get ${whyFailed(got)}`;
  // No network from here on, and no limit: a dpkg that is killed leaves the machine's packages half set up.
  const installed = await apt([...install, '--no-download']);
  return installed.code === 0
    ? undefined
    : `mmdebstrap could not be installed: apt-get ${whyFailed(installed)}`;
}

async function makeEnvironment(kind, machine, work, { left, say }) {
  say(`Installing the Python package bpy ${kind.series} (some minutes, 1 GB).`);
  const python = machine.pythons[kind.python];
  const venv = ['-m', 'venv', join(work, 'venv')];
  const made = await run(python, venv, { timeoutSeconds: left() });
  if (made.code !== 0) return `no environment for Python ${kind.python}: venv ${whyFailed(made)}`;
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
    { timeoutSeconds: left() },
  );
  return installed.code === 0 ? undefined : `pip ${whyFailed(installed)}`;
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

/**
 * What a Blender says of itself once it has been started: `--version` alone needs no library of it.
 * @param {string} executable
 * @returns {Promise<{ version: string, build: string } | { problem: string }>}
 */
export async function startedBlender(executable) {
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
  if (code !== 0 || version === undefined) {
    return { problem: lastLine({ output }) || `it ended with code ${code}` };
  }
  if (version !== said.version) return { problem: `it says ${said.version} and is ${version}` };
  // Debian's builds come without a commit.
  const build = /^unknown$/i.test(hash) ? '' : [hash, date].filter(Boolean).join(', ');
  return { version, build };
}

function lastLine({ output }) {
  return output.trim().split('\n').at(-1) ?? '';
}

function whyFailed({ code, output }) {
  return code === 124 ? 'took too long' : `failed: ${lastLine({ output }) || `code ${code}`}`;
}

function exists(file) {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function ignoring(code) {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
