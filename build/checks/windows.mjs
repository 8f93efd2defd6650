import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../setup/paths.mjs';
import { run } from '../setup/run.mjs';
import { endWine, prepareWindows, windows, wineEnvironment } from '../setup/wine.mjs';
import { vitestTotals } from './totals.mjs';

/** What only Windows does otherwise: in `npm test`, where there is Wine. */
export const QUICK = ['test/windows'];

/** And the rooms that deal with paths, files, locks and decisions. Minutes. */
export const ALL = [
  ...QUICK,
  ...['capacity', 'folder', 'journal', 'night', 'run', 'state'].map((room) => `test/${room}/`),
];

/** What of them means nothing there. */
const LEFT_OUT = [
  // Wine has no links.
  'test/folder/discovery.test.ts',
  'test/folder/servers.test.ts',
  'test/journal/lock.test.ts',
  // A link, and a path of two slashes, which leads to another computer there.
  'test/folder/bad-files.test.ts',
  // The codes of a POSIX file system.
  'test/state/make-folder.test.ts',
  // Recorded nights with POSIX paths.
  'test/journal/samples.test.ts',
];

/**
 * Runs test files in Node for Windows under Wine. Installs nothing in the system.
 * @param {readonly string[]} files
 * @param {string} reports a folder for the report and the log
 * @returns {Promise<{ totals: import('./totals.mjs').Totals, report: unknown, log: string }>}
 * @throws {SetupProblem} where Node for Windows can't be had
 */
export async function testOnWindows(files, reports) {
  await prepareWindows();
  const file = join(reports, 'windows.json');
  const log = join(reports, 'windows.log');
  const inWine = (path) => `Z:${path.replaceAll('/', '\\')}`;
  const env = {
    ...wineEnvironment(),
    NODE_PATH: inWine(windows.packages),
    NODE_OPTIONS: `--import file:///Z:${join(projectRoot, 'test/windows/wine.mjs')}`,
    STAND_IN_BLENDER: inWine(windows.blender),
    STAND_IN_NODE: inWine(windows.node),
    STAND_IN_SCRIPT: inWine(join(projectRoot, 'test/stand-ins/fake-blender.mjs')),
  };
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '-c', 'build/vitest.config.ts'];
  const leftOut = LEFT_OUT.filter((name) => !files.includes(name));
  const excludes = leftOut.flatMap((name) => ['--exclude', name]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${inWine(file)}`];
  // Node for Windows can't write into a pipe of Linux.
  const handle = await open(log, 'w');
  try {
    const args = [windows.node, ...vitest, ...excludes, ...reporters, ...files];
    const { code } = await run('wine', args, { env, into: handle.fd });
    const report = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
    return { totals: vitestTotals(report, code), report, log: await readFile(log, 'utf8') };
  } finally {
    await handle.close();
    await endWine();
  }
}
