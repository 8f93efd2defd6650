import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { awakeCommands, held } from '../../electron/engine/night/keep-awake.ts';
import { runs } from '../cli/rig.ts';

test('each system has something that keeps it awake, and ends with us', () => {
  const lines = (...asked: Parameters<typeof awakeCommands>) =>
    awakeCommands(...asked).map(({ file, args }) => [file, ...args].join(' '));
  expect(lines('darwin', 42, false)).toEqual(['/usr/bin/caffeinate -i -w 42']);
  expect(lines('linux', 42, true)).toEqual([
    'systemd-inhibit --what=sleep:idle --who=Nightshift --why=It renders --mode=block cat',
    'systemd-inhibit --what=idle --who=Nightshift --why=It renders --mode=block cat',
  ]);
  // A container, or another kind of start: nothing would answer.
  expect(lines('linux', 42, false)).toEqual([]);
  // A call, and no program.
  expect(lines('win32', 42, false)).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'what is refused is followed by the next, which runs until it is released',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nightshift-awake-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'pid');
    const release = held([
      { file: join(folder, 'not-there'), args: [] },
      { file: 'false', args: [] },
      { file: 'sh', args: ['-c', `echo $$ > ${file}; exec cat`] },
    ]);
    onTestFinished(release);
    const pid = async () => Number(await readFile(file, 'utf8').catch(() => ''));
    await expect.poll(pid, { timeout: 20_000 }).toBeGreaterThan(0);
    const running = await pid();
    expect(await runs(running)).toBe(true);
    release();
    await expect.poll(() => runs(running), { timeout: 20_000 }).toBe(false);
  },
);
