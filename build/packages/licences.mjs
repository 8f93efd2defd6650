import { existsSync, readFileSync } from 'node:fs';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../setup/paths.mjs';

/**
 * Writes the licences of all that a packed Nightshift is made of into a folder of it: `LICENSE.nightshift.txt`, ours;
 * `THIRD-PARTY-LICENSES.md`, of what is bundled (the build notes those) and of the packages that lie beside the bundle;
 * and the texts that packages only name. Those of Electron and Chromium come with Electron.
 * @param {string} folder absolute
 * @throws {Error} when there is no build, or a package comes without its licence
 */
export async function writeLicences(folder) {
  const texts = ['LGPL-3.0.txt', 'GPL-3.0.txt'];
  await Promise.all([
    copyFile(join(projectRoot, 'LICENSE'), join(folder, 'LICENSE.nightshift.txt')),
    ...texts.map((name) =>
      copyFile(join(import.meta.dirname, 'licences', name), join(folder, `LICENSE.${name}`)),
    ),
  ]);
  const beside = await Promise.all([...packagesBeside()].map(([, at]) => sectionOf(at)));
  const sections = new Map([...(await bundled()), ...beside]);
  const sorted = [...sections].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = sorted.map(([title, body]) => `## ${title}\n\n${body.trim()}\n`).join('\n');
  await writeFile(join(folder, 'THIRD-PARTY-LICENSES.md'), `${HEAD}\n${text}`);
}

const HEAD = `# Licences of what Nightshift is made of

Nightshift itself is under the MIT licence: LICENSE.nightshift.txt. It runs in Electron and Chromium, whose licences are in
LICENSE.electron.txt and LICENSES.chromium.html. It also holds the packages below. What is said to be under the LGPL is a
library of its own file, which may be exchanged; the texts are in LICENSE.LGPL-3.0.txt and LICENSE.GPL-3.0.txt.
`;

/**
 * The packages that are not bundled, since they load libraries of the system, and what they need here.
 * @returns {Map<string, string>} name to folder, absolute
 */
export function packagesBeside() {
  return ['sharp', 'koffi'].reduce(withNeeds, new Map());
}

function withNeeds(found, name) {
  const folder = join(projectRoot, 'node_modules', name);
  if (found.has(name) || !existsSync(folder)) return found;
  found.set(name, folder);
  const { dependencies, optionalDependencies } = manifestOf(folder);
  return Object.keys({ ...dependencies, ...optionalDependencies }).reduce(withNeeds, found);
}

/** What Vite noted of each room's bundle: `## NAME - VERSION (LICENCE)`, then the text. */
async function bundled() {
  const rooms = await Promise.all(
    ['main', 'preload', 'renderer'].map((room) =>
      readFile(join(projectRoot, 'out', room, 'licences.md'), 'utf8'),
    ),
  );
  return rooms.flatMap((text) =>
    text
      .split(/^## (?=.+ - \d\S* \(.+\)$)/mu)
      .slice(1)
      .map((section) => {
        const end = section.indexOf('\n');
        const [title, body] = [section.slice(0, end), section.slice(end).trim()];
        return [title, body === '' ? withoutText(title) : body];
      }),
  );
}

/** Of a package that only names its licence. */
function withoutText(title) {
  const { author, homepage } = manifestOf(join(projectRoot, 'node_modules', title.split(' - ')[0]));
  return `By ${author?.name ?? author}, ${homepage}. The package brings no text of its licence.`;
}

async function sectionOf(folder) {
  const { name, version, license } = manifestOf(folder);
  const files = (await readdir(folder)).sort();
  // Where a package is made of libraries of others, its README tells whose.
  const file =
    files.find((each) => /^licen[cs]e/iu.test(each)) ??
    files.find((each) => /^readme\.md$/iu.test(each));
  if (file === undefined || typeof license !== 'string') {
    throw new Error(`The package ${name} comes without its licence, so it can't be shipped.`);
  }
  return [`${name} - ${version} (${license})`, await readFile(join(folder, file), 'utf8')];
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
