import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test as plain, vi } from 'vitest';
import { commandsWith } from '../engine/rig.ts';
import { type Lab, type LabOptions, startLab } from './lab.ts';

const test = plain.extend<{ begin: (options?: LabOptions) => Promise<Lab>; folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern here.
  begin: async ({}, use) => {
    const labs: Lab[] = [];
    await use(async (options) => {
      const lab = await startLab(options);
      labs.push(lab);
      return lab;
    });
    await Promise.all(labs.map((lab) => lab.end()));
  },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern here.
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'nightshift-disk-'));
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

describe.concurrent('a cluster on this computer', () => {
  test('two run side by side, and each node runs what it is given', async ({ begin }) => {
    const labs = await Promise.all([begin(), begin()]);
    for (const lab of labs) {
      expect(Object.fromEntries(await lab.states())).toEqual({
        n1: 'idle',
        n2: 'idle',
        n3: 'idle',
      });
      const said = await Promise.all(lab.nodes.map((node) => on(lab, node, 'hostname')));
      expect(said).toEqual(lab.nodes);
      expect((await lab.queue()).map(({ state }) => state)).toEqual(
        lab.nodes.map(() => 'COMPLETED'),
      );
    }
  });

  test('a host has disks of its own', async ({ begin, folder }) => {
    const [shots, frames, small, tool, other] = ['shots', 'frames', 'small', 'tool', 'other'].map(
      (name) => join(folder, name),
    ) as [string, string, string, string, string];
    await Promise.all([shots, frames, small].map((path) => mkdir(path)));
    await writeFile(join(shots, 'hero.yaml'), '');
    await Promise.all([tool, other].map((file) => writeFile(file, file)));
    const disks = {
      hides: [shots],
      readOnly: [frames],
      small: { folder: small, sizeMb: 1 },
      shadows: { [tool]: other },
    };
    const lab = await begin({ nodes: 2, hosts: { n2: disks } });
    const look = (node: string) =>
      on(
        lab,
        node,
        `ls ${shots}; touch ${frames}/${node} && echo written; head -c 2M /dev/zero > ${small}/big && echo room; cat ${tool}`,
      );
    expect(await look('n1')).toBe(`hero.yaml\nwritten\nroom\n${tool}`);
    expect(await look('n2')).toBe(other);
    expect(await readdir(frames)).toEqual(['n1']);
  });

  test('nodes are drained, taken down and given back', async ({ begin }) => {
    const lab = await begin();
    await Promise.all([lab.drain('n1'), lab.down('n2')]);
    await stateOf(lab, { n1: 'drained', n2: 'down', n3: 'idle' });
    await Promise.all([lab.resume('n1'), lab.resume('n2')]);
    await stateOf(lab, { n1: 'idle', n2: 'idle', n3: 'idle' });
  });

  test('a host that dies takes what ran there with it, and comes back', async ({
    begin,
    folder,
  }) => {
    const lab = await begin({ nodes: 2 });
    const script = `echo; sleep 1000; : ${folder}`;
    const lost = execa('srun', ['-n1', '-w', 'n2', 'sh', '-c', script], {
      env: lab.env,
      reject: false,
    });
    await once(lost.stdout, 'data');
    await lab.killNode('n2');
    expect((await commandsWith(folder)).filter((line) => !line.startsWith('srun'))).toEqual([]);
    // Slurm would miss it by itself, later.
    await lab.down('n2');
    expect((await lost).stderr).toContain('Node failure on n2');
    expect((await lab.queue()).map(({ state }) => state)).toEqual(['NODE_FAIL']);
    await lab.startNode('n2');
    await lab.resume('n2');
    expect(await on(lab, 'n2', 'hostname')).toBe('n2');
  });

  test('without a controller a program runs on, and with munged stopped nobody is answered', async ({
    begin,
  }) => {
    const lab = await begin({ nodes: 1 });
    const night = execa('srun', ['-n1', 'cat'], { env: lab.env, reject: false });
    await running(lab, 1);
    await lab.stopController();
    await expect(lab.queue()).rejects.toThrow(/Unable to contact slurm controller/);
    await lab.startController();
    expect((await lab.queue()).map(({ state }) => state)).toEqual(['RUNNING']);
    await lab.stopMunge();
    await expect(lab.queue()).rejects.toThrow(/Did you start munged/);
    await lab.startMunge();
    night.stdin.end('frame 7');
    expect(await night).toMatchObject({ exitCode: 0, stdout: 'frame 7' });
  });

  test("somebody else's jobs hold the nodes until they are released, or take them from ours", async ({
    begin,
  }) => {
    const lab = await begin({ nodes: 2, preempt: true });
    const others = await lab.fillWithOthers();
    const ours = execa('srun', ['-n1', 'sleep', '1000'], { env: lab.env, reject: false });
    await vi.waitFor(
      async () =>
        expect((await lab.queue()).find(({ user }) => user === 'root')).toMatchObject({
          state: 'PENDING',
          reason: 'Resources',
          node: '',
        }),
      PATIENCE,
    );
    await others.release();
    await running(lab, 1);
    await lab.fillWithOthers({ partition: 'urgent' });
    expect((await ours).stderr).toContain('DUE TO PREEMPTION');
  });

  test('a job that takes more memory than it asked for is ended', async ({ begin }) => {
    const greedy = ['-n1', '--mem=50', 'python3', '-c', 'a = bytearray(200_000_000); input()'];
    const ends = (['limited', 'watched'] as const).map(async (memory) => {
      const lab = await begin({ nodes: 1, memory });
      const { stderr } = await execa('srun', greedy, {
        env: lab.env,
        reject: false,
        stdin: 'pipe',
      });
      return stderr;
    });
    const [limited, watched] = await Promise.all(ends);
    expect(limited).toMatch(/Out Of Memory|Exceeded job memory limit/);
    expect(watched).toContain('Exceeded job memory limit');
  });

  test('GPUs are counted', async ({ begin }) => {
    const lab = await begin({ nodes: 1, cpus: 4, gpus: 2 });
    expect(await on(lab, 'n1', 'echo $SLURM_STEP_GPUS $CUDA_VISIBLE_DEVICES', '--gres=gpu:1')).toBe(
      '0 0',
    );
  });

  test('nothing is left of one that has ended, also when that is said twice', async ({ begin }) => {
    const lab = await begin({ nodes: 1, memory: 'limited' });
    void execa('srun', ['-n1', 'sh', '-c', `trap '' TERM; echo; sleep 1000; : ${lab.folder}`], {
      env: lab.env,
      reject: false,
    });
    await running(lab, 1);
    await Promise.all([lab.end(), lab.end()]);
    await expectGone(lab.folder);
  });

  test('nor of one whose process was killed', async () => {
    const killed = execa('node', [resolve(import.meta.dirname, 'killed-lab.mjs')], {
      reject: false,
    });
    const [folder] = await once(killed.stdout, 'data').then(([chunk]) =>
      String(chunk).trim().split('\n'),
    );
    expect((await commandsWith(folder ?? '')).length).toBeGreaterThan(3);
    killed.kill('SIGKILL');
    await vi.waitFor(() => expectGone(folder ?? ''), PATIENCE);
  });
});

const PATIENCE = { timeout: 30_000, interval: 50 };

/** What a shell on a node says on its standard output. */
async function on(
  lab: Lab,
  node: string,
  script: string,
  ...options: readonly string[]
): Promise<string> {
  const args = ['-n1', '-w', node, ...options, 'sh', '-c', script];
  return (await execa('srun', args, { env: lab.env, reject: false })).stdout;
}

async function running(lab: Lab, count: number): Promise<void> {
  await vi.waitFor(async () => {
    const states = (await lab.queue()).map(({ state }) => state);
    expect(states.filter((state) => state === 'RUNNING')).toHaveLength(count);
  }, PATIENCE);
}

async function stateOf(lab: Lab, states: Readonly<Record<string, string>>): Promise<void> {
  await vi.waitFor(
    async () => expect(Object.fromEntries(await lab.states())).toEqual(states),
    PATIENCE,
  );
}

async function expectGone(folder: string): Promise<void> {
  const processes = (await commandsWith(folder)).filter((line) => !line.startsWith('srun'));
  expect(processes).toEqual([]);
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(join('/sys/fs/cgroup/memory', basename(folder)))).toBe(false);
}
