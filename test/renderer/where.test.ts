import { expect, test } from 'vitest';
import { askedText, partitionChoices } from '../../renderer/text/where-text.ts';
import type { Cluster, ClusterNode } from '../../shared/cluster.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../shared/settings.ts';

const node = (name: string, over: Partial<ClusterNode> = {}): ClusterNode => ({
  ...{ name, partitions: ['main'], cores: 16, memoryMb: 64_000, gpus: 0, state: 'idle' },
  ...{ reason: null, ...over },
});

const CLUSTER: Cluster = {
  partitions: [
    { name: 'main', isDefault: true, timeLimit: 'infinite', nodes: 3 },
    { name: 'gpu', isDefault: false, timeLimit: '4:00:00', nodes: 1 },
  ],
  nodes: [
    ...[node('n1'), node('n2', { state: 'mixed' }), node('n3', { state: 'drained' })],
    node('g1', { partitions: ['gpu'], cores: 32, gpus: 2 }),
  ],
};

const asked = (over: Partial<Settings> = {}, cluster: Cluster | null = CLUSTER) =>
  askedText({ ...DEFAULT_SETTINGS, where: 'slurm', ...over }, cluster);

test('what is asked of a cluster is said in a sentence, with what of it can’t be used', () => {
  expect(asked()).toEqual({
    text: 'Up to 2 Blenders at once, each with 16 cores. 1 node of 4 (n3) can’t be used now.',
    bad: false,
  });
  expect(asked({ slurmCores: 8, slurmNodes: 3, slurmSeconds: 7200 }).text).toContain(
    'Up to 3 Blenders at once, each with 8 cores and 31 GB, for at most 2 h.',
  );
  expect(asked({ slurmPartition: 'gpu', slurmGpus: 2 }).text).toContain(
    'One Blender at once with 32 cores and 2 GPUs.',
  );
});

test('what a cluster can’t fulfil is said before anything is started', () => {
  expect(asked({ slurmCores: 64 })).toEqual({
    text: 'No node has 64 cores; the most that one has: 16 cores, 64000 MB, no GPU.',
    bad: true,
  });
  expect(asked({ slurmPartition: 'night' }).text).toBe(
    'The cluster has no partition night; it has main, gpu.',
  );
  expect(asked({ slurmPartition: 'gpu', slurmSeconds: 5 * 3600 }).text).toBe(
    'The partition gpu gives a node for 4:00:00 at most.',
  );
  expect(asked({}, null)).toEqual({ text: 'The cluster does not answer now.', bad: true });
});

test('partitions are those of the cluster, and a chosen one that has gone is still shown', () => {
  expect(partitionChoices(null, CLUSTER)).toEqual({
    '': 'The cluster’s default, main',
    main: 'main (3 nodes)',
    gpu: 'gpu (1 node, at most 4:00:00)',
  });
  expect(partitionChoices('old', CLUSTER)).toMatchObject({ old: 'old (not in the cluster)' });
  expect(partitionChoices(null, null)).toEqual({ '': 'The cluster’s default' });
});
