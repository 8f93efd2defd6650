// Makes a bare clone ready; `npm start` and `npm test` run it first. Nothing but Node may be
// imported from the top of any of these files, since no package is installed yet.
import { ensureBuilt } from './setup/app.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { ensureNode } from './setup/node.mjs';
import { ensureOpenjd } from './setup/openjd.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { SetupProblem, say } from './setup/say.mjs';
import { ensureSlurm } from './setup/slurm.mjs';
import { ensureSystem } from './setup/system.mjs';
import { ensureWine } from './setup/wine.mjs';

const forTests = process.argv.includes('--for-tests');
try {
  ensureNode();
  await ensurePackages();
  // One waits for a network while the other computes.
  await Promise.all([ofSystem(), forTests && ensureOpenjd(), ensureBuilt()]);
  say('Ready.');
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  say(error.message);
  process.exitCode = 1;
}

/** One after the other: two of them would wait for the same lock of the system's packages. */
async function ofSystem() {
  const electron = await ensureElectron();
  await ensureSystem({ electron: electron.path, forTests });
  if (!forTests) return;
  await ensureSlurm();
  await ensureWine();
}
