import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CLI } from '../cli/rig.ts';
import { HERO, LONG, makeClusterLab } from './night.ts';

const WAIT = { timeout: 90_000, interval: 100 };

/** A shot of six frames, of which those from the third on wait for `goOn`, and the command line of a login node. */
async function makeLogin(...options: Parameters<typeof makeClusterLab>) {
  const rig = await makeClusterLab(...options);
  const { lab, cluster } = rig;
  await lab.shot('hero', 'frames: 1-6');
  await lab.steer({ render: { frame: [3, 4, 5, 6], until: join(lab.folder, 'go') } });
  const start = (...args: string[]) => {
    const child = execa(process.execPath, [CLI, ...args], {
      ...{ cwd: lab.folder, env: { ...lab.env, ...cluster.env }, reject: false },
    });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await child;
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    // Wrapped: a process is a promise of its own end.
    return { child, says: (text: string) => vi.waitFor(() => expect(said).toContain(text), WAIT) };
  };
  const run = (...args: string[]) => start(...args).child;
  // As a person types it: relative.
  const detach = () => run('render', 'shots', '-o', 'out', '--on', 'slurm', '--detach');
  return { ...rig, start, run, detach, goOn: () => lab.file('go', '') };
}

test(
  'a detached batch renders without the computer that asked for it, and once',
  LONG,
  async () => {
    const login = await makeLogin();
    const detached = await login.detach();
    expect(detached.exitCode, detached.stderr).toBe(0);
    expect(detached.stdout).toMatch(
      /^Job \d+ renders this batch as soon as the cluster has a place/,
    );
    expect(detached.stdout).toContain('detached.log');
    const again = await login.detach();
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toMatch(/in the queue already, as job \d+|is being rendered by/);
    const follow = login.start('follow', 'shots');
    await follow.says('2 of 6');
    const third = await login.detach();
    expect(third.exitCode).toBe(2);
    expect(third.stderr).toMatch(/is being rendered by Nightshift on the command line/);
    await login.goOn();
    const { exitCode, stdout } = await follow.child;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('hero: complete, 6 frames.');
    await login.expectWhole(HERO);
  },
);

test('a detached batch that waits says why, and is taken out of the queue', LONG, async () => {
  const login = await makeLogin({ nodes: 1 });
  const others = await login.cluster.fillWithOthers();
  expect((await login.detach()).exitCode).toBe(0);
  const follow = login.start('follow', 'shots');
  await follow.says('waits in the queue: all nodes are busy.');
  const { exitCode, stdout } = await login.run('follow', 'shots', '--cancel');
  expect(exitCode).toBe(130);
  expect(stdout).toContain('Cancelling.');
  const followed = await follow.child;
  expect(followed.exitCode).toBe(130);
  expect(followed.stderr).toContain('taken out of the queue before it began: nothing was rendered');
  await login.expectNoJob();
  await others.release();
});

test(
  'a detached batch is cancelled through the disk, and another is resumed after it',
  LONG,
  async () => {
    const login = await makeLogin();
    await login.detach();
    const follow = login.start('follow', 'shots');
    await follow.says('2 of 6');
    expect((await login.run('follow', 'shots', '--cancel')).exitCode).toBe(130);
    const { exitCode, stdout } = await follow.child;
    expect(exitCode).toBe(130);
    expect(stdout).toContain('hero: cancelled with 2 of 6 frames done.');
    await login.expectNoJob();
    await login.goOn();
    await login.detach();
    const resumed = await login.run('follow', 'shots');
    expect(resumed.exitCode, resumed.stdout).toBe(0);
    await login.expectWhole(HERO);
  },
);

test(
  'that the Nightshift on a node was killed is told, and the batch goes on elsewhere',
  LONG,
  async () => {
    const login = await makeLogin();
    await login.detach();
    const follow = login.start('follow', 'shots');
    await follow.says('2 of 6');
    // The lock names its number in the node's own namespace.
    await execa('pkill', ['-KILL', '-f', `^${process.execPath} .*--output=${login.lab.out} `]);
    const { exitCode, stderr } = await follow.child;
    expect(exitCode).toBe(130);
    expect(stderr).toContain(
      'Whoever rendered this batch is gone, and it has not come to its end.',
    );
    expect(stderr).toMatch(/Its job \d+ has ended on the node n\d: Slurm says FAILED/);
    expect(stderr).toContain(`To resume: npx nightshift render ${login.lab.shots}`);
    await login.goOn();
    const { code, err } = await login.begin().end;
    expect(code, err).toBe(0);
    await login.expectWhole(HERO);
    expect(await detachedPids(login.lab.out)).toEqual([]);
  },
);

test('a data directory that no node sees is told by whoever follows', LONG, async () => {
  const login = await makeLogin(async ({ data }) => {
    await mkdir(data, { recursive: true });
    return { nodes: 1, hosts: { n1: { hides: [data] } } };
  });
  expect((await login.detach()).exitCode).toBe(0);
  const { exitCode, stderr } = await login.run('follow', 'shots');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^The batch was not begun\. Its job \d+ ended at once: the node n1 does not see the data directory/,
  );
  expect(stderr).toContain('It has left no log at ');
});

/** Numbers of the Nightshifts that render into a folder on a node: what its lock says counts in the node's own namespace. */
async function detachedPids(out: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      return words[0] === process.execPath && words.includes(`--output=${out}`)
        ? [Number(pid)]
        : [];
    }),
  );
  return found.flat();
}
