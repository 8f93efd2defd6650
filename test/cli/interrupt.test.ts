import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { lockAddress } from '../../electron/engine/journal/lock.ts';
import { CLI, type CliRig, events, makeCli, ofType, runs } from './rig.ts';

const SLOW = { render: { frame: [3, 4, 5, 6], hang: true } };

/** A batch of six frames that comes to a stand at the third. */
async function hangingBatch(): Promise<CliRig> {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-6');
  await cli.steer(SLOW);
  return cli;
}

async function allBlendersAreGone(cli: CliRig): Promise<void> {
  const pids = new Set((await cli.blenderLog()).map(({ pid }) => pid));
  expect(pids.size).toBeGreaterThan(0);
  await vi.waitFor(async () => {
    for (const pid of pids) expect(await runs(pid), `Blender ${pid} runs`).toBe(false);
  }, 2000);
}

async function atFrame(cli: CliRig, frame: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const log = (await cli.blenderLog()) as readonly { do: string; frame?: number }[];
      expect(log.some((entry) => entry.do === 'render' && entry.frame === frame)).toBe(true);
    },
    { timeout: 20_000, interval: 50 },
  );
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s cancels cleanly: frames stay, Blenders are gone, and the same command goes on from there',
  async (signal) => {
    const cli = await hangingBatch();
    const child = cli.start('render', cli.shots, '-o', cli.out, '--json', '--workers', '1');
    await atFrame(cli, 3);
    child.kill(signal);
    const { exitCode, stdout, stderr } = await child;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('To resume, run the same command again.');
    expect(events(stdout).at(-1)).toMatchObject({ type: 'batch-finished', outcome: 'cancelled' });
    await allBlendersAreGone(cli);
    expect((await readdir(join(cli.out, 'hero'))).sort()).toEqual([
      'hero_0001.png',
      'hero_0002.png',
    ]);
    await cli.steer({});
    const again = await cli.run('render', cli.shots, '-o', cli.out, '--json');
    expect(again.code).toBe(0);
    expect(ofType(events(again.out), 'frame-done').map(({ frame }) => frame)).toEqual([3, 4, 5, 6]);
  },
);

test('a cancelled batch leaves its report too', async () => {
  const cli = await hangingBatch();
  const report = join(cli.folder, 'night.md');
  const child = cli.start('render', cli.shots, '-o', cli.out, '--workers', '1', '--report', report);
  await atFrame(cli, 3);
  child.kill('SIGINT');
  await child;
  const said = await cli.run('report');
  expect(said.out).toContain('The batch was cancelled: 0 of 1 shot is complete, and 2 of 6 frames');
});

test('after a kill the report tells which shot was being rendered and which was not reached', async () => {
  const cli = await hangingBatch();
  await cli.shot('later', 'frames: 1-2\npriority: -1');
  const child = cli.start('render', cli.shots, '-o', cli.out, '--workers', '1');
  await atFrame(cli, 3);
  child.kill('SIGKILL');
  await child;
  await allBlendersAreGone(cli);
  const { out } = await cli.run('report');
  expect(out).toContain('The batch stopped before its end');
  expect(out).toMatch(/\| hero +\| running .*\| was being rendered when the batch stopped +\|/);
  expect(out).toMatch(/\| later +\| waiting .*\| not reached +\|/);
});

test('a second Ctrl+C quits at once, and the Blenders die with it', async () => {
  const cli = await hangingBatch();
  await cli.steer({ render: { frame: [3, 4, 5, 6], hang: true, ignoreSignals: true } });
  const child = cli.start('render', cli.shots, '-o', cli.out, '--workers', '1');
  await atFrame(cli, 3);
  child.kill('SIGINT');
  child.kill('SIGINT');
  expect((await child).exitCode).toBe(130);
  await allBlendersAreGone(cli);
});

test('a reader that goes away ends the batch quietly and leaves no Blender', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-200');
  await cli.steer({ render: { seconds: 0.1 } });
  const command = `"${process.execPath}" "${CLI}" render "${cli.shots}" -o "${cli.out}" --json`;
  const line = `${command} | head -4; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await execa('bash', ['-c', line], { env: cli.env, reject: false });
  expect(stdout).toMatch(/^\{"type":"nightshift".*\n\{"type":"batch-started"/);
  expect(stdout).toMatch(/\n130$/);
  expect(stderr).not.toContain('EPIPE');
  await allBlendersAreGone(cli);
  expect((await readdir(join(cli.out, 'hero'))).length).toBeLessThan(100);
});

test('a run that somebody asks about at its very end comes to it, and says how it ended', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-4');
  await cli.steer({ render: { frame: 3, hang: true } });
  const child = cli.start('render', cli.shots, '-o', cli.out);
  await atFrame(cli, 3);
  const batches = join(cli.folder, 'data', 'batches');
  const [batch = ''] = await readdir(batches);
  const address = await lockAddress(join(batches, batch));
  let isOver = false;
  // Never hangs up: the lock is released while somebody is connected.
  const ask = () => {
    const socket = connect({ path: address, allowHalfOpen: true });
    socket.on('error', () => {});
    socket.resume().on('close', () => !isOver && setImmediate(ask));
  };
  ask();
  child.kill('SIGINT');
  const { exitCode } = await child;
  isOver = true;
  expect(exitCode).toBe(130);
});
