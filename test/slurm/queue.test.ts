import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Nodes } from '../../electron/engine/capacity/nodes.ts';
import { SlurmHost } from '../../electron/hosts/slurm/slurm-host.ts';
import { ofType } from '../cli/rig.ts';
import { HERO, LONG, makeClusterLab, rendering, WAIT, WISHES, waitingNight } from './night.ts';

test(
  'where all nodes are taken by others the batch waits, and takes the first that comes',
  LONG,
  async () => {
    const rig = await waitingNight(2);
    const { running } = rig;
    const reason = await running.until(({ type }) => type === 'waiting-for-node');
    expect(reason.why).toBe('all nodes are busy');
    await rig.release();
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
  const rig = await waitingNight(1);
  const { running } = rig;
  running.kill('SIGINT');
  expect((await running.end).code).toBe(130);
  await rig.expectNoJob();
  await rig.release();
});

test(
  'no more places are asked for than there is work, and each is given back when none is left',
  LONG,
  async () => {
    const rig = await makeClusterLab({ nodes: 3 });
    await rig.lab.shot('hero', 'frames: 1-2');
    await rig.lab.steer({ render: { until: join(rig.lab.folder, 'go-on') } });
    const running = rig.begin({ args: ['--nodes', '3'] });
    await rendering(rig, 2);
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

test(
  'what is called off in the moment in which it is asked for is not waited for',
  LONG,
  async () => {
    const rig = await makeClusterLab({ nodes: 1 });
    vi.stubEnv('SLURM_CONF', rig.cluster.env.SLURM_CONF);
    onTestFinished(() => void vi.unstubAllEnvs());
    const others = await rig.cluster.fillWithOthers();
    const shared = { owner: 'batch', seen: [rig.lab.shots], written: [rig.lab.shots] };
    const host = new SlurmHost(WISHES, shared, new Nodes());
    const stop = new AbortController();
    const asking = { signal: stop.signal, onWaiting: () => {}, onGiven: () => {}, gpu: false };
    const launched = host.launch({ program: 'true', args: [], token: 'called-off' }, asking);
    stop.abort();
    expect(await launched).toEqual({ error: 'ECANCELED' });
    await host.close();
    await rig.expectNoJob();
    await others.release();
  },
);
