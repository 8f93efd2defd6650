// `npm run test:windows`: tests in Node for Windows under Wine, on a scripted stand-in for Blender; words after `--` choose
// files by name. Where root can have Wine of Debian or Ubuntu it is installed, which is said. See docs/windows.md.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failedNames } from './checks/totals.mjs';
import { ALL, testOnWindows } from './checks/windows.mjs';
import { SetupProblem } from './setup/say.mjs';
import { ensureWine, whyNoWine } from './setup/wine.mjs';

const chosen = process.argv.slice(2);
const reports = await mkdtemp(join(tmpdir(), 'nightshift-windows-'));
try {
  await ensureWine();
  const why = whyNoWine();
  if (why !== undefined) throw new SetupProblem(`Tests as on Windows take Wine, and ${why}.`);
  const { totals, report, log } = await testOnWindows(chosen.length > 0 ? chosen : ALL, reports);
  console.log(log);
  for (const name of failedNames(report)) console.log(`Failed: ${name}`);
  console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  console.log(error.message);
  process.exitCode = 1;
} finally {
  await rm(reports, { recursive: true, force: true });
}
