// `npm run mutate`: takes each protection out of a copy of the last commit, one at a time, and sees
// that a test fails for it. Words after `npm run mutate --` choose protections by a part of their name.
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../build/setup/paths.mjs';
import { run } from '../../build/setup/run.mjs';
import { PROTECTIONS } from './protections.mjs';

const words = process.argv.slice(2);
const chosen = PROTECTIONS.filter(
  ({ protection }) => words.length === 0 || words.some((word) => protection.includes(word)),
);
const copy = await mkdtemp(join(tmpdir(), 'nightshift-mutations-'));
const survived = [];
try {
  await mustSucceed('git', ['clone', '-q', projectRoot, copy]);
  await symlink(join(projectRoot, 'node_modules'), join(copy, 'node_modules'), 'junction');
  await build();
  const tests = [...new Set(chosen.flatMap((one) => one.tests))];
  if (!(await pass(tests)))
    throw new Error('The tests fail already with every protection in place.');
  for (const one of chosen) {
    const caught = await isCaught(one);
    console.log(`${caught ? 'caught  ' : 'SURVIVED'}  ${one.protection}`);
    if (!caught) survived.push(one);
  }
} finally {
  await rm(copy, { recursive: true, force: true, maxRetries: 3 });
}
console.log(`\n${chosen.length - survived.length} of ${chosen.length} are held by a test.`);
process.exitCode = survived.length === 0 ? 0 : 1;

async function isCaught({ protection, file, take, put = '', tests }) {
  const path = join(copy, file);
  const text = await readFile(path, 'utf8');
  if (text.split(take).length !== 2) {
    throw new Error(`${protection}: ${file} does not hold its text exactly once; mend the list.`);
  }
  await writeFile(
    path,
    text.replace(take, () => put),
  );
  try {
    if (file.startsWith('electron/') || file.startsWith('shared/')) await build();
    return !(await pass(tests));
  } finally {
    await writeFile(path, text);
  }
}

async function pass(tests) {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '-c', 'build/vitest.config.ts'];
  const { code } = await run(process.execPath, [...args, '--bail=1', ...tests], { cwd: copy });
  return code === 0;
}

/** The command line's tests run what is built. */
async function build() {
  const vite = 'node_modules/electron-vite/bin/electron-vite.js';
  const built = ['build', '-c', 'build/electron.vite.config.ts'];
  const { code, output } = await run(process.execPath, [vite, ...built], { cwd: copy });
  // A protection that can't even be taken out without breaking the build is held by it.
  if (code !== 0) console.log(output.slice(-2000));
}

async function mustSucceed(command, args) {
  const { code, output } = await run(command, args);
  if (code !== 0) throw new Error(output);
}
