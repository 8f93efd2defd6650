import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cloneCache } from './paths.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';

/** The reader and runner of Open Job Description's own makers, a Python package. */
const PACKAGE = 'openjd-cli==0.8.0';
const home = join(cloneCache, 'openjd');

/** The program `openjd` of this clone, which tests check and run our job templates with; may not be there. */
export const openjd =
  process.platform === 'win32' ? join(home, 'Scripts/openjd.exe') : join(home, 'bin/openjd');

/**
 * Whether tests have Open Job Description's own program.
 * @returns {string | undefined} why not, as the end of a sentence; undefined where they have
 */
export function whyNoOpenjd() {
  return existsSync(openjd)
    ? undefined
    : `there is no ${PACKAGE} in .cache/openjd, which takes Python 3.9 with venv, and PyPI`;
}

/** Puts it into a virtual environment of its own in this clone, once; where that can't be had, tests go without. */
export async function ensureOpenjd() {
  if (existsSync(openjd)) return;
  say('Installing openjd-cli for the tests of job templates (once, half a minute).');
  const windows = process.platform === 'win32';
  const made = await run(windows ? 'python' : 'python3', ['-m', 'venv', home], {
    timeoutSeconds: 120,
  });
  const python = join(dirname(openjd), windows ? 'python.exe' : 'python');
  const install = [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
    ...['--retries', '1', '--timeout', '15', PACKAGE],
  ];
  const { code, output } =
    made.code === 0 ? await run(python, install, { timeoutSeconds: 300 }) : made;
  if (code !== 0) say(`It could not be had: ${output.trim().split('\n').at(-1)}`);
}
