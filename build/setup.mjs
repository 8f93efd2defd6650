import { ensureElectron } from './setup/electron.mjs';
import { SetupProblem, say } from './setup/say.mjs';

try {
  await ensureElectron();
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  say(error.message);
  process.exitCode = 1;
}
