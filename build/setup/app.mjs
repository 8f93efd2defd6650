import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { buildRecord, projectRoot } from './paths.mjs';
import { run } from './run.mjs';
import { SetupProblem, say } from './say.mjs';

const sources = ['electron', 'renderer', 'shared', 'assets'];
const settings = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'build/electron.vite.config.ts',
  'build/cli.vite.config.ts',
];
const results = [
  'out/main/main.js',
  'out/cli/main.cjs',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
];

/**
 * Builds the app into out/ when a source has changed since the last time.
 * @throws {SetupProblem} with what the compiler said
 */
export async function ensureBuilt() {
  const stamp = await stampOfSources();
  if (isBuilt() && readStamp() === stamp) return;
  say('Building the app.');
  await Promise.all([
    built('electron-vite/bin/electron-vite.js', 'build/electron.vite.config.ts'),
    built('vite/bin/vite.js', 'build/cli.vite.config.ts'),
  ]);
  await mkdir(dirname(buildRecord), { recursive: true });
  await writeFile(buildRecord, `${JSON.stringify({ stamp })}\n`);
}

async function built(builder, config) {
  const program = join(projectRoot, 'node_modules', builder);
  const args = [program, 'build', '-c', join(projectRoot, config)];
  const { code, output } = await run(process.execPath, args, {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  if (code !== 0) throw new SetupProblem(`The app could not be built:\n${output.trim()}`);
}

/** Whether every part of the app has been built at least once. */
export function isBuilt() {
  return results.every((file) => existsSync(join(projectRoot, file)));
}

/** One hash over the names and contents of everything that goes into the build. */
async function stampOfSources() {
  const inFolders = await Promise.all(sources.map(filesBelow));
  const files = [...settings, ...inFolders.flat()].sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(await contents(file));
  return hash.digest('hex');
}

async function filesBelow(folder) {
  const options = { recursive: true, withFileTypes: true };
  const entries = await readdir(join(projectRoot, folder), options).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)))
    .filter((file) => !/sample-shots|__pycache__/.test(file));
}

/** A file that goes while we look makes a new stamp next time, and no error now. */
async function contents(file) {
  return readFile(join(projectRoot, file)).catch(() => '');
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(buildRecord, 'utf8')).stamp;
  } catch {
    return undefined;
  }
}
