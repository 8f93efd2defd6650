import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findBlender } from '../setup/blender.mjs';
import { run } from '../setup/run.mjs';

/**
 * Looks at what decides which Blenders this machine can have.
 * @returns {Promise<import('./catalog.mjs').Machine>}
 */
export async function lookAtMachine() {
  const root = process.getuid?.() === 0;
  const linux = process.platform === 'linux';
  return {
    platform: process.platform,
    arch: process.arch,
    root,
    apt: linux && onPath('apt-get') !== undefined,
    ownMounts: linux && root && (await run('unshare', ['--mount', 'true'])).code === 0,
    blender: findBlender(),
    pythons: await pythons(['3.10', '3.11', '3.13']),
  };
}

/**
 * @param {string} command
 * @returns {string | undefined} its absolute path
 */
export function onPath(command) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, command))
    .find((file) => existsSync(file));
}

/**
 * What a Blender says of itself.
 * @param {string} executable
 * @returns {Promise<{ version: string, build: string } | { problem: string }>}
 */
export async function askVersion(executable) {
  const { code, output } = await run(executable, ['--version'], { timeoutSeconds: 60 });
  const version = /^Blender (\d+\.\d+\.\d+)/m.exec(output)?.[1];
  if (version === undefined) {
    return { problem: output.trim().split('\n').at(-1) || `it ended with code ${code}` };
  }
  const part = (name) =>
    new RegExp(`^\\s*build ${name}: *(.+)$`, 'm').exec(output)?.[1]?.trim() ?? '';
  const build = [part('hash'), part('commit date')].filter((text) => /[1-9a-f]/.test(text));
  return { version, build: build.join(', ') };
}

/** A shim of pyenv stands on the PATH for versions that it would not start, so each one is asked. */
async function pythons(series) {
  const found = {};
  for (const wanted of series) {
    for (const python of pythonCandidates(wanted)) {
      const ask =
        'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2], sys.executable)';
      const { code, output } = await run(python, ['-c', ask], { timeoutSeconds: 30 });
      const [version, executable] = output.trim().split(' ');
      if (code !== 0 || version !== wanted || executable === undefined) continue;
      found[wanted] = executable;
      break;
    }
  }
  return found;
}

function pythonCandidates(series) {
  const pyenv = join(process.env.PYENV_ROOT || join(homedir(), '.pyenv'), 'versions');
  const installed = existsSync(pyenv) ? readdirSync(pyenv) : [];
  return [
    ...[onPath(`python${series}`), onPath('python3'), `/usr/bin/python${series}`],
    ...installed
      .filter((name) => name.startsWith(`${series}.`))
      .map((name) => join(pyenv, name, 'bin', 'python3')),
  ].filter((path) => path !== undefined && existsSync(path));
}
