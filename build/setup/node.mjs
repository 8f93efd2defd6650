import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './paths.mjs';
import { SetupProblem } from './say.mjs';

/**
 * Compares the running Node with package.json's `engines`.
 * @param {string} [running] such as `20.19.0`
 * @throws {SetupProblem} when it is too old
 */
export function ensureNode(running = process.versions.node) {
  const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  const needed = manifest.engines.node.replace(/^>=/, '');
  const [major = 0, minor = 0] = running.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = needed.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new SetupProblem(
    `Nightshift needs Node ${needed} or newer, and this is ${running}. Install it from https://nodejs.org/ and run the command again.`,
  );
}
