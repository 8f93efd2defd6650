import { expect, it, vi } from 'vitest';
import { changePower, powerCommands } from '../../electron/engine/night/power.ts';

const lines = (...asked: Parameters<typeof powerCommands>) =>
  powerCommands(...asked).map(({ file, args }) => [file, ...args].join(' '));

it('sleeps and shuts down by what each system has for it', () => {
  expect(lines('sleep', 'darwin')).toEqual(['pmset sleepnow']);
  expect(lines('shut-down', 'darwin')).toEqual([
    'osascript -e tell application "System Events" to shut down',
  ]);
  expect(lines('sleep', 'win32')[0]).toMatch(
    /^C:\\Windows\\System32\\WindowsPowerShell\\v1\.0\\powershell\.exe -NoProfile -Command .*SetSuspendState\('Suspend', \$false, \$false\)$/i,
  );
  expect(lines('shut-down', 'win32')[0]).toMatch(
    /^C:\\Windows\\System32\\shutdown\.exe \/s \/t 0$/i,
  );
  expect(lines('sleep', 'linux')).toEqual(['systemctl suspend', 'loginctl suspend']);
  expect(lines('shut-down', 'linux')).toEqual(['systemctl poweroff', 'loginctl poweroff']);
});

it.each(['darwin', 'win32', 'linux'] as const)('ends no program by force on %s', (platform) => {
  for (const act of ['sleep', 'shut-down'] as const) {
    expect(lines(act, platform).join(' ')).not.toMatch(/\/f\b|--force|\s-f\b|-i\b/);
  }
});

it('asks the first that answers, and only that', async () => {
  const run = vi.fn(async () => {});
  await changePower('sleep', 'linux', run);
  expect(run).toHaveBeenCalledExactlyOnceWith({ file: 'systemctl', args: ['suspend'] });
});

it('goes on to the next where one is missing', async () => {
  const run = vi.fn(async () => {}).mockRejectedValueOnce(new Error('spawn systemctl ENOENT'));
  await changePower('shut-down', 'linux', run);
  expect(run).toHaveBeenLastCalledWith({ file: 'loginctl', args: ['poweroff'] });
});

it('says in a sentence that the system refused', async () => {
  const run = async () => Promise.reject(new Error('Interactive authentication required.'));
  await expect(changePower('sleep', 'linux', run)).rejects.toThrow(
    'This computer could not be put to sleep: Interactive authentication required. It stays on.',
  );
});
