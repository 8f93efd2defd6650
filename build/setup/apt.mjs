import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';

/**
 * Asks nobody anything.
 * @param {readonly string[]} args
 * @param {readonly string[]} [before] words that start it
 */
export function apt(args, before = []) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt, such as the nightly one, may hold the lock for a while.
  const [command, ...words] = [
    ...before,
    'apt-get',
    '-qq',
    '-o',
    'DPkg::Lock::Timeout=300',
    ...args,
  ];
  return run(command, words, { env });
}

/**
 * Whether a command is on the PATH.
 * @param {string} command
 */
export function has(command) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, command)));
}
