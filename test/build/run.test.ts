import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { run } from '../../build/setup/run.mjs';
import { makeFolder } from './folder.ts';

const LIMIT = 60_000;
const HOUR = 3600;

// Process groups of their own are not for Windows, which ends a tree by name.
describe.skipIf(process.platform === 'win32')('a time limit', () => {
  test('ends what the program has started too', { timeout: LIMIT }, async () => {
    const file = join(await makeFolder(), 'pid');
    const script = `sleep ${HOUR} & echo $! > '${file}'; echo begun; wait`;
    const { code, output } = await run('sh', ['-c', script], { timeoutSeconds: 2 });
    expect({ code, output }).toEqual({ code: 124, output: 'begun\n' });
    await expectGone(file);
  });

  test('holds also where something has left the group and keeps the output open', {
    timeout: LIMIT,
  }, async () => {
    const file = join(await makeFolder(), 'pid');
    onTestFinished(() => endPid(file));
    const script = `setsid sh -c 'echo $$ > "${file}"; exec sleep ${HOUR}' & sleep ${HOUR}`;
    expect(await run('sh', ['-c', script], { timeoutSeconds: 2 })).toMatchObject({ code: 124 });
  });

  test('does not wait for what a program that came to its end has left behind', {
    timeout: LIMIT,
  }, async () => {
    const file = join(await makeFolder(), 'pid');
    onTestFinished(() => endPid(file));
    const script = `sleep ${HOUR} & echo $! > '${file}'; echo done`;
    const result = await run('sh', ['-c', script], { timeoutSeconds: HOUR });
    expect(result).toEqual({ code: 0, output: 'done\n' });
  });

  test('a Ctrl+C of us ends it as well, although the terminal does not reach it', {
    timeout: LIMIT,
  }, async () => {
    const folder = await makeFolder();
    const file = join(folder, 'pid');
    const module = join(process.cwd(), 'build/setup/run.mjs');
    await writeFile(
      join(folder, 'us.mjs'),
      `import { run } from ${JSON.stringify(module)};
await run('sh', ['-c', ${JSON.stringify(`echo $$ > '${file}'; exec sleep ${HOUR}`)}], { timeoutSeconds: ${HOUR} });
`,
    );
    const us = execa(process.execPath, [join(folder, 'us.mjs')], { reject: false });
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toMatch(/\d\n/), LIMIT);
    us.kill('SIGINT');
    expect((await us).signal).toBe('SIGINT');
    await expectGone(file);
  });
});

async function expectGone(file: string): Promise<void> {
  const pid = Number(await readFile(file, 'utf8'));
  await vi.waitFor(async () => {
    // One that nobody has waited for is gone, too.
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (state !== '') expect(state).toMatch(/\) [ZX] /);
    else expect(isThere(pid)).toBe(false);
  }, LIMIT);
}

async function endPid(file: string): Promise<void> {
  const pid = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (pid > 0 && isThere(pid)) process.kill(pid, 'SIGKILL');
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
