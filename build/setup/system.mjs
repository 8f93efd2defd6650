import { apt, has } from './apt.mjs';
import { findBlender } from './blender.mjs';
import { run } from './run.mjs';
import { SetupProblem, say } from './say.mjs';
import { installCommand, libraryPackages } from './system-packages.mjs';

/**
 * Makes sure of what npm can't bring: Blender, the libraries that Electron needs, and for tests
 * without a display an X server without a screen. Root on Debian or Ubuntu gets it installed;
 * everybody else is told what to run.
 * @param {{ electron: string, forTests: boolean }} need
 * @throws {SetupProblem} when tests can't run without it
 */
export async function ensureSystem({ electron, forTests }) {
  const before = await lookForMissing(electron, forTests);
  if (nothing(before)) return;
  if (has('apt-get') && process.getuid?.() === 0) await installByApt(before);
  const after = await lookForMissing(electron, forTests);
  if (nothing(after)) return;
  const sentence = await advice(after);
  if (forTests) throw new SetupProblem(sentence);
  say(sentence);
}

async function lookForMissing(electron, forTests) {
  const headless = !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  const linux = process.platform === 'linux';
  return {
    blender: findBlender() === undefined,
    // xvfb-run is a script that needs xauth besides the server.
    display: linux && forTests && headless && !(has('Xvfb') && has('xvfb-run') && has('xauth')),
    libraries: linux ? await missingLibraries(electron) : [],
  };
}

/** @returns the file names that the loader can't find, such as `libnss3.so` */
async function missingLibraries(electron) {
  const { code, output } = await run('ldd', [electron]);
  if (code !== 0) return [];
  return [...output.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
}

async function installByApt(missing) {
  say('Reading the list of system packages.');
  await apt(['update']);
  const names = await debianNames(missing);
  say(`Installing system packages: ${names.join(' ')} (once, some minutes).`);
  const { code, output } = await apt(['install', '-y', '--no-install-recommends', ...names]);
  if (code !== 0) say(`apt-get could not install them: ${output.trim().split('\n').at(-1)}`);
}

async function debianNames(missing) {
  const libraries = missing.libraries.map(
    (file) => libraryPackages.find(([pattern]) => pattern.test(file))?.[1] ?? [],
  );
  const known = await Promise.all(libraries.map(firstThatExists));
  const names = [
    ...(missing.blender ? ['blender'] : []),
    ...(missing.display ? ['xvfb', 'xauth'] : []),
    ...known.filter((name) => name !== undefined),
  ];
  return [...new Set(names)];
}

async function firstThatExists(candidates) {
  for (const name of candidates) {
    const { output } = await run('apt-cache', ['policy', name]);
    if (/Candidate: (?!\(none\))/.test(output)) return name;
  }
  return candidates.at(-1);
}

async function advice(missing) {
  const what = [
    missing.blender && 'Blender was not found',
    missing.display && 'there is no display and no xvfb-run to stand in for one',
    missing.libraries.length > 0 && `Electron lacks ${missing.libraries.join(', ')}`,
  ].filter(Boolean);
  const names = has('apt-get') ? await debianNames(missing) : [];
  const kinds = { ...missing, libraries: missing.libraries.length > 0 };
  const command = installCommand(kinds, { platform: process.platform, has, debianNames: names });
  const elsewhere = missing.blender
    ? 'Or install Blender from https://www.blender.org/download/ and set NIGHTSHIFT_BLENDER to its executable.'
    : '';
  const todo = command === undefined ? 'Install it with your package manager.' : `Run: ${command}`;
  return [`${sentence(what.join(', and '))}.`, todo, elsewhere].filter(Boolean).join('\n  ');
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function nothing(missing) {
  return !missing.blender && !missing.display && missing.libraries.length === 0;
}
