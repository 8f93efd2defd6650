import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { computedMs, psRow } from '../../electron/blender/process-tree.ts';

test('the times that ps tells, of Linux and of macOS', () => {
  expect(psRow('    1     0 00:00:05')).toEqual([[1, 0, 5000]]);
  expect(psRow('  612   400 2-03:04:05')).toEqual([[612, 400, 183_845_000]]);
  expect(psRow('  612   400 0:03.25')).toEqual([[612, 400, 3250]]);
  expect(psRow('  612   400 125:10.00')).toEqual([[612, 400, 7_510_000]]);
  expect(psRow('')).toEqual([]);
  expect(psRow('  PID  PPID TIME')).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'the processor time of a tree grows while one of it computes, and stands still while all wait',
  async () => {
    const waits = "const { spawn } = require('node:child_process');";
    const spins =
      "let n = 0; process.stdin.once('data', () => { for (;;) n += 1; }); console.log('up')";
    const child = spawn(
      process.execPath,
      [
        '-e',
        `${waits} spawn(process.execPath, ['-e', ${JSON.stringify(spins)}], { stdio: 'inherit' })`,
      ],
      { detached: true, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const pid = child.pid ?? 0;
    onTestFinished(() => void process.kill(-pid, 'SIGKILL'));
    await once(child.stdout, 'data');
    const settled = await standsStill(pid);
    child.stdin.write('go\n');
    await expect
      .poll(async () => ((await computedMs(pid)) ?? 0) - settled, { timeout: 20_000 })
      .toBeGreaterThan(200);
    expect(await computedMs(2 ** 22 + 1)).toBeNull();
  },
);

/** What it has taken once its start is over and it takes no more. */
async function standsStill(pid: number): Promise<number> {
  let last = -1;
  const grown = async () => {
    const before = last;
    last = (await computedMs(pid)) ?? 0;
    return last - before;
  };
  await expect.poll(grown, { timeout: 20_000, interval: 200 }).toBe(0);
  return last;
}
