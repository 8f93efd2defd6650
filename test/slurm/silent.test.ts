import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runBatch } from '../../electron/engine/index.ts';
import { withoutNodeWords } from '../../electron/hosts/slurm/on-node.ts';
import { frameNames } from '../faults/lab.ts';
import { makeClusterLab, WISHES } from './night.ts';

test('what a node and Slurm say is taken out of what Blender says, wherever it was cut', async () => {
  const stderr = new PassThrough();
  const words = withoutNodeWords(stderr);
  const said = text(words.rest);
  for (const part of [
    'Fra:1 Mem',
    ':1M\nnightshift-no',
    'de cpu 250 100\nsrun: err',
    'or: n1: task 0: Killed\nlast words',
  ]) {
    stderr.write(part);
  }
  stderr.end();
  expect(await said).toBe('Fra:1 Mem:1M\nlast words');
  expect(words.said()).toEqual(['srun: error: n1: task 0: Killed']);
  expect(words.computedMs()).toBe(2500);
});

test('Blender that computes in silence on a node is no stall', { timeout: 180_000 }, async () => {
  const rig = await makeClusterLab({ nodes: 1 });
  vi.stubEnv('SLURM_CONF', rig.cluster.env.SLURM_CONF);
  vi.stubEnv('FAKE_BLENDER', rig.lab.env.FAKE_BLENDER);
  onTestFinished(() => void vi.unstubAllEnvs());
  await rig.lab.shot('hero', 'frames: 1-2');
  await rig.lab.steer({ render: [{ frame: 2, spins: 16 }, {}] });
  const result = await runBatch(rig.lab.shots, {
    output: rig.lab.out,
    dataDirectory: rig.lab.data,
    config: { slurm: WISHES, blenderPath: rig.lab.env.NIGHTSHIFT_BLENDER ?? null },
    stall: { leastMs: 12_000, firstFrameMs: 12_000, openMs: 12_000 },
  });
  expect(result).toMatchObject({ completed: 1, failed: 0 });
  await rig.expectWhole({ hero: frameNames('hero', 2) });
});
