import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ofType } from '../cli/rig.ts';
import { frameNames } from '../faults/lab.ts';
import { makeClusterLab } from './night.ts';

const LONG = { timeout: 240_000 };
const HERO = { hero: frameNames('hero', 6) };
const WAIT = { timeout: 60_000, interval: 100 };

test(
  'where all nodes are taken by others the batch waits, and takes the first that comes',
  LONG,
  async () => {
    const rig = await makeClusterLab({ nodes: 2 });
    await rig.lab.shot('hero', 'frames: 1-6');
    const others = await rig.cluster.fillWithOthers();
    const running = rig.begin();
    await vi.waitFor(
      async () => expect(await rig.ours()).toMatchObject([{ state: 'PENDING' }]),
      WAIT,
    );
    const reason = await running.until(({ type }) => type === 'waiting-for-node');
    expect(reason.why).toBe('Resources');
    await others.release();
    const { code, told } = await running.end;
    expect(code).toBe(0);
    expect(ofType(told, 'frame-failed')).toEqual([]);
    await rig.expectWhole(HERO);
  },
);

test('who is a job of the cluster itself asks for jobs of its own', LONG, async () => {
  const rig = await makeClusterLab({ nodes: 2 });
  await rig.lab.shot('hero', 'frames: 1-6');
  const job = { SLURM_JOB_ID: '4711', SLURM_JOBID: '4711', SLURM_NTASKS: '8', SLURM_NNODES: '2' };
  const { code, err } = await rig.begin({ env: job }).end;
  expect(code, err).toBe(0);
  await rig.expectWhole(HERO);
});

test('a batch that waits for a node is cancelled at once', LONG, async () => {
  const rig = await makeClusterLab({ nodes: 1 });
  await rig.lab.shot('hero', 'frames: 1-6');
  const others = await rig.cluster.fillWithOthers();
  const running = rig.begin();
  await vi.waitFor(
    async () => expect(await rig.ours()).toMatchObject([{ state: 'PENDING' }]),
    WAIT,
  );
  running.kill('SIGINT');
  expect((await running.end).code).toBe(130);
  await rig.expectNoJob();
  await others.release();
});

test(
  'no more places are asked for than there is work, and each is given back when none is left',
  LONG,
  async () => {
    const rig = await makeClusterLab({ nodes: 3 });
    await rig.lab.shot('hero', 'frames: 1-2');
    await rig.lab.steer({ render: { until: join(rig.lab.folder, 'go-on') } });
    const running = rig.begin({ args: ['--nodes', '3'] });
    await vi.waitFor(async () => {
      const begun = (await rig.lab.blenderLog()).filter((each) => each.do === 'render');
      expect(begun).toHaveLength(2);
    }, WAIT);
    expect(await rig.ours()).toHaveLength(2);
    await rig.lab.file('go-on', '');
    expect((await running.end).code).toBe(0);
    await rig.expectNoJob();
  },
);

test('many lanes that wait ask the controller once in some seconds', LONG, async () => {
  const rig = await makeClusterLab({ nodes: 2 });
  for (let shot = 1; shot <= 30; shot++) await rig.lab.shot(`shot_${shot}`, 'frames: 1');
  const others = await rig.cluster.fillWithOthers();
  const asked = join(rig.lab.folder, 'asked');
  await rig.lab.file('bin/squeue', `#!/bin/sh\necho >> ${asked}\nexec /usr/bin/squeue "$@"\n`);
  await chmod(join(rig.lab.folder, 'bin/squeue'), 0o755);
  const PATH = `${join(rig.lab.folder, 'bin')}:${process.env.PATH}`;
  const began = performance.now();
  const running = rig.begin({ args: ['--nodes', '30'], env: { PATH } });
  await vi.waitFor(async () => expect(await rig.ours()).toHaveLength(30), WAIT);
  const before = await questions(asked);
  await vi.waitFor(async () => expect(await questions(asked)).toBeGreaterThan(before + 1), WAIT);
  const seconds = (performance.now() - began) / 1000;
  expect(await questions(asked)).toBeLessThan(seconds / 3 + 2);
  running.kill('SIGINT');
  await running.end;
  await rig.expectNoJob();
  await others.release();
});

async function questions(file: string): Promise<number> {
  return (await readFile(file, 'utf8').catch(() => '')).length;
}
