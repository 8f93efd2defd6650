import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { vitestTotals } from '../checks/totals.mjs';
import { projectRoot } from '../setup/paths.mjs';
import { run } from '../setup/run.mjs';

/**
 * What is tried on each Blender. `onlyReal`: of these folders the test files that start a real Blender;
 * the others use scripted ones and would say nothing of a version.
 */
export const parts = [
  { name: 'contract', title: 'Contract', folder: 'test/contract' },
  { name: 'blender', title: 'Blender', folder: 'test/blender', onlyReal: true },
  { name: 'engine', title: 'Engine', folder: 'test/engine', onlyReal: true },
  { name: 'security', title: 'Security', folder: 'test/security', onlyReal: true },
  { name: 'faults', title: 'Faults', folder: 'test/faults', onlyReal: true },
  { name: 'shots', title: 'Sample shots' },
];

/**
 * How one part went.
 * @typedef {{ passed: number, failed: number, failures: { title: string, why: string }[] }} PartResult
 */

/**
 * @param {(typeof parts)[number]} part
 * @param {string} executable
 * @param {string | undefined} other another Blender, for what needs two
 * @returns {Promise<PartResult>}
 */
export async function tryPart(part, executable, other) {
  return part.name === 'shots' ? renderSamples(executable) : runTests(part, executable, other);
}

/** Whether a test file starts a real Blender, by what it names. */
export function startsBlender(text) {
  return /\b(BLENDER|makeBlend|REAL)\b|\bmake(Lab|Rig)\(\)/.test(text);
}

async function runTests(part, executable, other) {
  const files = part.onlyReal ? await realFiles(part.folder) : [part.folder];
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-try-'));
  try {
    const report = join(folder, 'vitest.json');
    const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
    const { code } = await run(
      process.execPath,
      [
        ...[vitest, 'run', '-c', 'build/vitest.config.ts', '--passWithNoTests'],
        ...['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...files],
      ],
      {
        show: true,
        env: {
          ...process.env,
          NIGHTSHIFT_BLENDER: executable,
          ...(other === undefined ? {} : { NIGHTSHIFT_OTHER_BLENDER: other }),
        },
      },
    );
    const found = await readFile(report, 'utf8').then(JSON.parse, () => undefined);
    return { ...vitestTotals(found, code), failures: failuresIn(found) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function realFiles(folder) {
  const names = await readdir(join(projectRoot, folder));
  const files = names.filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name));
  const texts = await Promise.all(files.map((file) => readFile(join(projectRoot, file), 'utf8')));
  return files.filter((_, at) => startsBlender(texts[at]));
}

/**
 * The failed tests of Vitest's JSON report, and the files that could not be loaded.
 * @returns {{ title: string, why: string }[]}
 */
export function failuresIn(report) {
  return (report?.testResults ?? []).flatMap((file) => {
    const name = relative(projectRoot, file.name).replaceAll('\\', '/');
    const failed = (file.assertionResults ?? []).filter((test) => test.status === 'failed');
    if (file.status === 'failed' && failed.length === 0) {
      return [{ title: name, why: firstWords(file.message) }];
    }
    return failed.map((test) => ({
      title: `${name}: ${test.title}`,
      why: firstWords(test.failureMessages?.[0]),
    }));
  });
}

/** The seven sample shots at a quarter of their size, each with its own format, script and frames. */
async function renderSamples(executable) {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-try-'));
  try {
    const shots = join(folder, 'shots');
    await cp(join(projectRoot, 'assets', 'sample-shots'), shots, { recursive: true });
    const defaults = join(shots, 'defaults.yaml');
    const text = await readFile(defaults, 'utf8');
    await writeFile(defaults, text.replace(/^( *)resolution:.*$/m, '$&\n$1percentage: 25'));
    const data = join(folder, 'data');
    await mkdir(data);
    const { output } = await run(
      process.execPath,
      [
        ...[join(projectRoot, 'build', 'nightshift.cjs'), 'render', shots],
        ...['-o', join(folder, 'frames'), '--blender', executable],
        ...['--trust', '--factory-startup', '--workers', '2', '--json'],
      ],
      { env: { ...process.env, NIGHTSHIFT_DATA: data }, timeoutSeconds: 1800 },
    );
    return shotsIn(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * What became of the shots, from the lines of `nightshift render --json`.
 * @param {string} output
 * @returns {PartResult}
 */
export function shotsIn(output) {
  const events = output.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line)] : [];
    } catch {
      return [];
    }
  });
  const finished = events.filter(({ type }) => type === 'job-finished');
  const done = finished.filter(({ status }) => status === 'completed');
  const failures = finished
    .filter(({ status }) => status !== 'completed')
    .map(({ name, status, message }) => ({ title: `sample shot ${name}`, why: message ?? status }));
  if (finished.length === 0) {
    failures.push({ title: 'sample shots', why: firstWords(output.trim().split('\n').at(-1)) });
  }
  return { passed: done.length, failed: failures.length, failures };
}

function firstWords(text = '') {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal
  const plain = text.replace(/\u001b\[[0-9;]*m/g, '');
  return (plain.split('\n')[0] ?? '').slice(0, 200);
}
