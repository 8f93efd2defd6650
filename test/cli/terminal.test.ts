import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { CLI, type CliRig, makeCli } from './rig.ts';

/** Of util-linux: gives a command a terminal. */
const SCRIPT = '/usr/bin/script';
const aTerminal = test.skipIf(process.platform !== 'linux' || !existsSync(SCRIPT));

async function inTerminal(cli: CliRig, args: string, env: Record<string, string> = {}) {
  const line = `stty cols 100 rows 30; "${process.execPath}" "${CLI}" ${args}`;
  return await execa(SCRIPT, ['-qefc', line, '/dev/null'], {
    env: { ...cli.env, TERM: 'xterm', ...env },
    reject: false,
  });
}

aTerminal(
  'a terminal gets bars while it renders, sentences above them, and its cursor back',
  async () => {
    const cli = await makeCli();
    await cli.shot('hero', 'frames: 1-4');
    await cli.steer({ render: { seconds: 0.2 } });
    const { stdout, exitCode } = await inTerminal(cli, `render "${cli.shots}" -o "${cli.out}"`);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/All shots +[█░]{24} \d of 4/);
    expect(stdout).toMatch(/hero +[█░]{24} \d of 4/);
    const last = stripVTControlCharacters(stdout).trimEnd().split('\n').slice(-2).join('\n');
    expect(last).toContain('The shot is complete: 4 frames in');
    expect(stdout.lastIndexOf('\u001B[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001B[?25l'));
    expect(stdout).toContain('\u001B[32m');
  },
);

aTerminal('NO_COLOR takes the colours away, TERM=dumb the bars too', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-2');
  const render = `render "${cli.shots}" -o "${cli.out}" --fresh`;
  const plain = await inTerminal(cli, render, { NO_COLOR: '1' });
  expect(plain.stdout).not.toContain('\u001B[32m');
  const dumb = await inTerminal(cli, render, { TERM: 'dumb' });
  expect(dumb.stdout).not.toContain('\u001B');
  expect(dumb.stdout).toContain('hero: frame 1 done');
});

aTerminal('--json stays JSON in a terminal', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1');
  const { stdout } = await inTerminal(cli, `render "${cli.shots}" -o "${cli.out}" --json 2>&-`);
  for (const line of stdout.trimEnd().split('\r\n')) expect(() => JSON.parse(line)).not.toThrow();
});
