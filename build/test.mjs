// `npm test`: every check and every test, and one line at the end that counts them.
// Words after `npm test --` choose test files by name; then only those run. The contract of a version
// (`test/contract`) runs on this machine's Blender and on the newest long-term release beside it that it can have;
// where that could not be had within the last day, `npm test -- --again` tries once more.
// The whole suite takes all of a machine, and is at the mercy of what else runs there: where a few tests failed, they
// are tried once more alone. What passes then is named at the end: it is a test to be mended, and no reason to hold all.
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secondBlender } from './blenders/second.mjs';
import { secondRun } from './checks/contract.mjs';
import {
  afterSecondTry,
  failedNames,
  mayTryAgain,
  playwrightTotals,
  vitestTotals,
} from './checks/totals.mjs';
import { QUICK, testOnWindows } from './checks/windows.mjs';
import { findBlender } from './setup/blender.mjs';
import { whyNoOpenjd } from './setup/openjd.mjs';
import { projectRoot } from './setup/paths.mjs';
import { run } from './setup/run.mjs';
import { SetupProblem } from './setup/say.mjs';
import { whyNoSlurm } from './setup/slurm.mjs';
import { prepareWindows, whyNoWine } from './setup/wine.mjs';

const words = process.argv.slice(2);
const again = words.includes('--again');
const chosen = words.filter((word) => word !== '--again');
const reports = await mkdtemp(join(tmpdir(), 'nightshift-test-'));
const results = [];
let vitestRuns = 0;
try {
  // Comes by the network, while others compute.
  const coming = secondBlender({ fetch: chosen.length === 0, again, say: console.log });
  // What is wrong with it is told when it is awaited.
  coming.catch(() => {});
  if (chosen.length === 0) {
    await Promise.all([
      check('Format and lint', bin('@biomejs/biome', 'biome'), ['check', '.']),
      check('Types', bin('typescript', 'tsc'), ['--noEmit']),
      check('Borders', bin('dependency-cruiser', 'depcruise'), [
        ...['--config', 'build/dependency-cruiser.cjs'],
        ...['electron', 'renderer', 'shared'],
      ]),
    ]);
    heading('The size of the house');
    await run(process.execPath, ['build/checks/house.mjs'], { show: true });
  }
  const second = await coming;
  const { NIGHTSHIFT_OTHER_BLENDER: _, ...env } = process.env;
  if (second.executable) env.NIGHTSHIFT_OTHER_BLENDER = second.executable;
  const isWhole = chosen.length === 0;
  sayIfLeftOut('real Slurm', /slurm/, whyNoSlurm());
  sayIfLeftOut('job templates in openjd', /farm|openjd/, whyNoOpenjd());
  // Windows wait for Blender, Blender for windows, and who asks a cluster for the cluster: two rows of tests beside each
  // other take all of two cores, and no stage leaves one idle while its last test ends.
  const windows = isWhole && whyNoWine() === undefined ? prepareWindows() : null;
  // What is wrong with it is told when its tests want it.
  windows?.catch(() => {});
  const parts = async () => {
    await vitest('Tests of the parts', isWhole ? ['--project=!slurm'] : chosen, env);
    await contractOn(second);
  };
  const app = async () => {
    await playwright();
    if (isWhole && whyNoSlurm() === undefined) {
      await vitest('Tests on Slurm', ['--project=slurm'], env);
    }
    await windows?.catch(() => {});
    await asOnWindows();
  };
  await Promise.all([parts(), app()]);
  await tryAgain();
} finally {
  await rm(reports, { recursive: true, force: true });
}

const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const names = results.flatMap((result) => result.names ?? []);
const late = results.flatMap((result) => result.late ?? []);
if (late.length > 0) console.log(`\nPassed only alone, at a second try:\n${list(late)}`);
if (names.length > 0) console.log(`\nFailed:\n${list(names)}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** A check has no tests of its own: it counts as one. */
async function check(title, script, args) {
  heading(title);
  const { code } = await run(process.execPath, [script, ...args], { show: true });
  const isGood = code === 0;
  results.push({ passed: Number(isGood), failed: Number(!isGood), names: isGood ? [] : [title] });
}

async function vitest(title, args, env) {
  const first = await vitestRun(title, args, env);
  const options = args.filter((word) => word.startsWith('--'));
  const files = first.names.map((name) => name.split(' › ')[0]);
  const again = () => vitestRun(`${title}, once more`, [...options, ...new Set(files)], env);
  results.push({ ...first, again });
}

async function vitestRun(title, args, env) {
  heading(title);
  vitestRuns += 1;
  const file = join(reports, `vitest-${vitestRuns}.json`);
  const { code } = await run(
    process.execPath,
    [
      ...[bin('vitest', 'vitest'), 'run', '-c', 'build/vitest.config.ts', '--passWithNoTests'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args],
    ],
    { show: true, env },
  );
  const report = await readJson(file);
  await rm(file, { force: true });
  return { ...vitestTotals(report, code), names: failedNames(report) };
}

/** Each run of the whole suite in which a few tests failed, alone. */
async function tryAgain() {
  if (chosen.length > 0) return;
  for (const [index, result] of results.entries()) {
    if (!result.again || !mayTryAgain(result)) continue;
    results[index] = afterSecondTry(result, await result.again());
  }
}

/** Vitest's configuration leaves them out by the same rule. */
function sayIfLeftOut(what, words, why) {
  if (why === undefined) return;
  if (chosen.length > 0 && !chosen.some((word) => words.test(word))) return;
  console.log(`\nThe tests on ${what} were left out: ${why}.`);
}

/** The quick half of `npm run test:windows`. Where there is no Wine that is no failure, but it is said. */
async function asOnWindows() {
  const files = chosen.length === 0 ? QUICK : chosen.filter((word) => /\bwindows\b/.test(word));
  if (files.length === 0) return;
  const leftOut = (why) => console.log(`\nThe tests as on Windows were left out: ${why}`);
  const why = whyNoWine();
  if (why !== undefined) return leftOut(`${why}.`);
  heading('Tests as on Windows');
  try {
    const { totals, report, log } = await testOnWindows(files, reports);
    console.log(log);
    results.push({ ...totals, names: failedNames(report) });
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    leftOut(error.message);
  }
}

/** Where no second Blender can be had that is no failure, but it is said. */
async function contractOn(second) {
  const next = secondRun(second, chosen, findBlender() ?? 'blender');
  if (next === undefined) return;
  if ('args' in next) {
    await vitest(next.title, next.args, { ...process.env, ...next.env });
    return;
  }
  console.log(`\n${next.note ?? next.failure}`);
  if ('failure' in next) results.push({ passed: 0, failed: 1 });
}

/**
 * A window waits for Blender, Blender for a window: two rows of these tests beside those of the parts take two cores; with
 * three, what tells stalls by the clock fails. Each has a screen of its own, so that no window loses its focus to one of
 * another's; where the screen is a person's, one after the other.
 */
async function playwright() {
  heading('Tests of the whole app');
  const headless = process.platform === 'linux' && !process.env.DISPLAY;
  const first = await playwrightRun(headless, headless && chosen.length === 0 ? 2 : 1, chosen);
  const again = () => playwrightRun(headless, 1, ['--last-failed']);
  results.push({ ...first, again });
}

async function playwrightRun(headless, rows, which) {
  const file = join(reports, 'playwright.json');
  const args = [
    ...[bin('@playwright/test', 'playwright'), 'test', '-c', 'build/playwright.config.ts'],
    ...[`--workers=${rows}`, '--pass-with-no-tests', '--reporter=list,json', ...which],
  ];
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  const screen = ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24'];
  const keep = 'NIGHTSHIFT_FIRST_SCREEN="$DISPLAY $XAUTHORITY" exec "$@"';
  const second = ['sh', '-c', keep, 'sh', ...screen];
  const screens = headless ? [...screen, ...(rows > 1 ? second : [])] : [];
  const [program, ...words] = [...screens, process.execPath, ...args];
  const { code } = await run(program, words, { show: true, env });
  const report = await readJson(file);
  await rm(file, { force: true });
  return { ...playwrightTotals(report, code), names: failedNames(report) };
}

function list(names) {
  return names.map((name) => `  ${name}`).join('\n');
}

function heading(title) {
  console.log(`\n== ${title}`);
}

/** The script behind a package's command, so that no shell and no .cmd file stands between. */
function bin(name, command) {
  const folder = join(projectRoot, 'node_modules', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[command]);
}

async function readJson(file) {
  return readFile(file, 'utf8').then(JSON.parse, () => undefined);
}
