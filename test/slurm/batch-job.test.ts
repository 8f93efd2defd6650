import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import type { JobOrder } from '../../electron/hosts/host-record.ts';
import { scriptOf, unfitText, whoAsks } from '../../electron/hosts/slurm/batch-job.ts';
import { parseJob } from '../../electron/hosts/slurm/commands.ts';

/** A folder with a program that prints its words and what Slurm would have told it, and an order for it. */
async function makeOrder() {
  const folder = await mkdtemp(join(tmpdir(), "nightshift-it's a job-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = join(folder, 'node');
  await writeFile(program, '#!/bin/sh\nprintf "%s\\n" "$@"\nenv | grep -a SLURM | sort\n');
  await chmod(program, 0o755);
  const script = join(folder, 'cli.js');
  await writeFile(script, '');
  const file = join(folder, 'detached.json');
  await writeFile(file, '{"token":"t-1"}');
  const order: JobOrder = {
    ...{ batchId: 'film', mark: { folder, file, token: 't-1' }, seen: folder },
    ...{ log: join(folder, 'log'), program, script },
    ...{ args: ['render', "--output=it's $HOME", '/shots'], firstArgs: ['--fresh'] },
  };
  return { folder, order };
}

function run(order: JobOrder, env: Record<string, string> = {}) {
  return execa('sh', {
    ...{ input: scriptOf(order), reject: false, extendEnv: false },
    env: { PATH: process.env.PATH ?? '', SLURM_JOB_ID: '7', SLURM_JOB_NODELIST: 'n1', ...env },
  });
}

test('the job becomes the command, which Slurm takes for no part of a job', async () => {
  const { folder, order } = await makeOrder();
  const { exitCode, stdout } = await run(order, { SLURMD_NODENAME: 'n1' });
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').filter((line) => !line.startsWith('SLURM_CONF='))).toEqual([
    ...[order.script, 'render', "--output=it's $HOME", '/shots', '--fresh'],
  ]);
  expect(await readdir(folder)).toEqual(['cli.js', 'detached.json', 'node']);
});

test('a job that Slurm starts again does not forget what was done', async () => {
  const { order } = await makeOrder();
  const { stdout } = await run(order, { SLURM_RESTART_COUNT: '1' });
  expect(stdout).toContain('/shots');
  expect(stdout).not.toContain('--fresh');
});

test('a node that lacks something says what', async () => {
  const { order } = await makeOrder();
  const lacks = [
    [{ ...order, mark: { ...order.mark, token: 't-2' } }, 81, 'does not see the data directory'],
    [{ ...order, seen: '/not/there' }, 83, 'does not see the shots: /not/there'],
    [{ ...order, program: '/not/node' }, 84, 'does not have Node where'],
    [{ ...order, script: '/not/cli.js' }, 85, 'does not have Nightshift where'],
  ] as const;
  await Promise.all(
    lacks.map(async ([lacking, code, words]) => {
      const { exitCode, stdout } = await run(lacking, { SLURMD_NODENAME: 'n1' });
      expect(exitCode).toBe(code);
      expect(stdout).toContain(`Nightshift can't run here: the node n1 ${words}`);
      expect(unfitText(code)).not.toBeNull();
    }),
  );
  expect(unfitText(1)).toBeNull();
});

test('of the options for places those are for the batch that say who asks', () => {
  expect(
    whoAsks(['--account=film', '--exclusive', '--qos', 'night', '--constraint', 'fast', '-Afilm']),
  ).toEqual(['--account=film', '--qos', 'night', '-Afilm']);
});

test('how a job ended is read from what the controller remembers of it', () => {
  expect(
    parseJob(
      'JobId=57 JobName=nightshift-batch-film UserId=root(0) JobState=FAILED Reason=NonZeroExitCode Dependency=(null) Requeue=1 ExitCode=81:0 NodeList=n1 NumNodes=1',
    ),
  ).toEqual({ state: 'FAILED', reason: 'NonZeroExitCode', node: 'n1', exitCode: 81 });
});
