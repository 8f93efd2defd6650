import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './paths.mjs';
import { npm } from './run.mjs';
import { SetupProblem, say } from './say.mjs';

/**
 * Installs the npm packages when they are missing or not the ones that package-lock.json names.
 * No package's install script runs: none of ours needs one.
 */
export async function ensurePackages() {
  // npm writes the second one last, so a broken-off install leaves none.
  const stale = stalePackages(
    readLock('package-lock.json') ?? {},
    readLock('node_modules/.package-lock.json'),
  );
  if (stale.length === 0) return;
  const fresh = !existsSync(join(projectRoot, 'node_modules'));
  say(
    fresh
      ? 'Installing the npm packages (a minute or two, once).'
      : `Updating the npm packages: ${stale.slice(0, 3).join(', ')}${stale.length > 3 ? ', …' : ''}.`,
  );
  // `npm ci` would empty a folder that is only a little behind, and with it a downloaded Electron.
  const command = fresh ? ['ci'] : ['install', '--no-save'];
  const result = await npm([...command, '--ignore-scripts', '--no-audit', '--no-fund'], {
    timeoutSeconds: 1200,
  });
  if (result.code !== 0) {
    throw new SetupProblem(
      `The npm packages could not be installed. Check the network or the npm registry, then run the command again. npm said:\n${result.output.trim()}`,
    );
  }
}

/**
 * What package-lock.json wants and node_modules lacks or has in another version.
 * @param {Record<string, object>} wanted entries of package-lock.json, by path
 * @param {Record<string, object> | undefined} installed the same of what npm installed last
 * @returns {string[]} names of packages
 */
export function stalePackages(wanted, installed) {
  if (installed === undefined) return ['all of them'];
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && isStale(entry, installed[path]))
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

/** An optional package that is missing belongs to another platform. */
function isStale(wanted, installed) {
  if (installed === undefined) return !(wanted.optional || wanted.devOptional || wanted.peer);
  return installed.version !== wanted.version;
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(join(projectRoot, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
