import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { ofType } from '../cli/rig.ts';
import type { Lab } from '../faults/lab.ts';
import type { Disks } from './lab.ts';
import { HERO, LONG, makeClusterLab } from './night.ts';

/** A night of three nodes, one of which has disks of its own. Resolves with what it told of nodes. */
async function nightWith(disks: (lab: Lab) => Promise<Disks>) {
  const rig = await makeClusterLab(async (lab) => {
    await lab.shot('hero', 'frames: 1-6');
    await mkdir(lab.out, { recursive: true });
    await mkdir(lab.data, { recursive: true });
    return { hosts: { n3: await disks(lab) } };
  });
  // Each frame waits until n3 was asked, so that it has its turn.
  await rig.lab.steer({ render: { until: join(rig.lab.folder, 'go-on') } });
  const running = rig.begin();
  const left = await running.until(({ type }) => type === 'node-left-out');
  await rig.lab.file('go-on', '');
  const { code, told, err } = await running.end;
  expect(code, err).toBe(0);
  expect(ofType(told, 'node-left-out')).toHaveLength(1);
  expect(ofType(told, 'frame-failed')).toEqual([]);
  await rig.expectWhole(HERO);
  return left;
}

test('a node that does not see the shots is left out by name', LONG, async () => {
  const left = await nightWith(async (lab) => ({ hides: [lab.shots] }));
  expect(left).toMatchObject({ node: 'n3', message: expect.stringContaining('it does not see') });
});

test('a node that does not see the frames', LONG, async () => {
  const left = await nightWith(async (lab) => ({ hides: [lab.out] }));
  expect(left.message).toMatch(/^The node n3 was left out: it does not see .*\/out\.$/);
});

test('a node that cannot write the frames', LONG, async () => {
  const left = await nightWith(async (lab) => ({ readOnly: [lab.out] }));
  expect(left.message).toMatch(/^The node n3 was left out: it can't write to .*\/out\.$/);
});

test('a node whose disk is full', LONG, async () => {
  const left = await nightWith(async (lab) => ({ small: { folder: lab.out, sizeMb: 1 } }));
  // A disk of its own in place of the shared one is not the shared one, full or not.
  expect(left.message).toMatch(/^The node n3 was left out: .*\/out\.$/);
});

test('a node that has another Blender', LONG, async () => {
  const left = await nightWith(async (lab) => {
    const other = join(lab.folder, 'other-blender');
    const own = lab.env.NIGHTSHIFT_BLENDER ?? '';
    const real = join(lab.folder, 'stand-in.mjs');
    await copyFile(own, real);
    await writeFile(other, `#!/bin/sh\nFAKE_VERSION=4.2.0 exec node ${real} "$@"\n`);
    await chmod(other, 0o755);
    return { shadows: { [own]: other } };
  });
  expect(left.message).toBe('The node n3 was left out: Blender is 4.2.0 there, and 4.3.2 here.');
});

test('where no node is left, each shot says which were left out and why', LONG, async () => {
  const rig = await makeClusterLab(async (lab) => {
    await lab.shot('hero', 'frames: 1-6');
    await mkdir(lab.out, { recursive: true });
    return { nodes: 1, hosts: { n1: { hides: [lab.out] } } };
  });
  const { code, told } = await rig.begin().end;
  expect(code).toBe(1);
  expect(ofType(told, 'job-finished')).toMatchObject([
    { status: 'failed', cause: 'no-node', message: expect.stringContaining('n1 was left out') },
  ]);
  await rig.expectNoJob();
});

test(
  'a node on which Blender fails again and again while others work is left out',
  LONG,
  async () => {
    const rig = await makeClusterLab();
    await rig.lab.shot('hero', 'frames: 1-60');
    // n1 works at its pace, and n2 waits until n3 has failed often enough.
    const goOn = join(rig.lab.folder, 'go-on');
    const works = { node: 'n1', seconds: 0.5 };
    await rig.lab.steer({ render: [{ node: 'n3', crash: true }, works, { until: goOn }] });
    const running = rig.begin({ args: ['--retries', '20'] });
    expect(await running.until(({ type }) => type === 'node-left-out')).toMatchObject({
      node: 'n3',
      message:
        'The node n3 was left out: Blender failed there on 3 frames in a row, and other nodes work.',
    });
    await rig.lab.file('go-on', '');
    expect((await running.end).code).toBe(0);
    await rig.expectNoJob();
  },
);

test(
  'a shot that must have a GPU gets a place with one, and the others go on without',
  LONG,
  async () => {
    const rig = await makeClusterLab({ nodes: 3, gpus: 1, cpus: 2 });
    await rig.lab.shot('gpu', 'frames: 1-3\nrender: {device: gpu}');
    await rig.lab.shot('hero', 'frames: 1-3');
    const gpu = { kind: 'CUDA', id: 'gpu-0', name: 'A100', on: true };
    await rig.lab.steer({ gpus: [gpu], render: { seconds: 0.1 } });
    const { code, err } = await rig.begin().end;
    expect(code, err).toBe(0);
    const { env } = rig.cluster;
    const { stdout } = await execa('squeue', ['-h', '-t', 'all', '-o', '%j|%b'], { env });
    const given = stdout.split('\n').filter((line) => line.startsWith('nightshift-'));
    expect(given.filter((line) => /gpu(:1|=1|$)/.test(line)).length).toBeGreaterThan(0);
    expect(given.filter((line) => line.endsWith('|N/A')).length).toBeGreaterThan(0);
    await rig.expectNoJob();
  },
);

test(
  'where the cluster gives no GPU the shot that must have one says so, and the others are rendered',
  LONG,
  async () => {
    const rig = await makeClusterLab({ nodes: 1 });
    await rig.lab.shot('gpu', 'frames: 1-3\nrender: {device: gpu}');
    await rig.lab.shot('hero', 'frames: 1-6');
    const { code, told } = await rig.begin().end;
    expect(code).toBe(1);
    expect(ofType(told, 'job-finished')).toMatchObject([
      { name: 'gpu', status: 'failed', cause: 'no-node', message: expect.stringContaining('gres') },
      { name: 'hero', status: 'completed' },
    ]);
    await rig.expectNoJob();
  },
);
