import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { parseCluster, parseJob, parseQueue } from '../../electron/hosts/slurm/commands.ts';
import { nodeTold } from '../../electron/hosts/slurm/on-node.ts';
import { waitingText } from '../../electron/hosts/slurm/queue-text.ts';
import { beginning, withExcluded } from '../../electron/hosts/slurm/slurm-host.ts';
import { endOf, refusalOf } from '../../electron/hosts/slurm/srun-words.ts';
import { NotInCluster, wishesFor } from '../../shared/cluster.ts';
import { answer } from '../slurm/answers.ts';

test.each([
  ['exit-0', null],
  ['exit-3', null],
  ['program-crashes', null],
  ['program-killed', null],
  ['cancelled-running', 'taken-away: Somebody cancelled the job on n1'],
  ['cancelled-stubborn', 'taken-away: Somebody cancelled the job on n1'],
  ['preempted', 'taken-away: Slurm gave n1 to a job of higher priority'],
  ['time-over', 'taken-away: The time of the job on n1 was over'],
  ['node-lost', 'node-lost: The node n1 failed or was lost'],
  ['node-down', 'node-lost: The node n1 failed or was lost'],
  ['memory-watched', 'out-of-memory: n1'],
  ['memory-limited', 'out-of-memory: n1'],
])('%s: what ended a job is told from what Slurm says', (name, expected) => {
  const { stderr, scontrol } = answer(name);
  const state = parseJob(scontrol.join(' '))?.state ?? null;
  const end = endOf(stderr, state);
  expect(end && `${end.cause}: ${end.what('n1')}`).toBe(expected);
});

test.each([
  ['no-partition', 'Slurm gives no node for this: Invalid partition name specified.'],
  [
    'too-many-cores',
    /^Slurm gives no node for this: Requested node configuration is not available; CPU count per node can not be satisfied\.$/,
  ],
  ['too-much-memory', /Memory specification can not be satisfied\.$/],
  ['no-gpus', 'Slurm gives no node for this: Invalid generic resource (gres) specification.'],
  ['too-many-gpus', 'Slurm gives no node for this: Requested node configuration is not available.'],
  ['unknown-excluded', /^Slurm gives no node for this: /],
  ['unknown-option', /^Slurm gives no node for this: /],
])('%s: asking again would be refused again', (name, message) => {
  expect(refusalOf(answer(name).stderr, [])).toMatchObject({
    kind: 'refused',
    failure: {
      cause: 'no-node',
      message: message instanceof RegExp ? expect.stringMatching(message) : message,
    },
  });
});

test('where all nodes were left out it says which', () => {
  const refusal = refusalOf(answer('all-excluded').stderr, ['n1', 'n2', 'n3']);
  expect(refusal).toMatchObject({
    failure: {
      message:
        'No node is left that can render this: n1, n2, n3 were left out, and of the others Slurm says: Requested node configuration is not available.',
    },
  });
});

test.each([
  ['controller-stopped-asked', 'the controller does not answer'],
  ['munge-stopped-asked', 'the controller does not answer'],
  ['cancelled-waiting', 'its job was taken out of the queue'],
])('%s: is asked for again', (name, why) => {
  expect(refusalOf(answer(name).stderr, [])).toEqual({ kind: 'later', why });
});

test('what nobody knows is asked again and told as Slurm says it', () => {
  const said = ['srun: error: Unable to allocate resources: The moon is full'];
  expect(refusalOf(said, [])).toEqual({ kind: 'later', why: 'The moon is full' });
  expect(refusalOf([], [])).toEqual({ kind: 'later', why: 'srun has ended' });
});

test('the queue is read job by job, others left out', () => {
  const text =
    'nightshift-a|7|PENDING||Resources\nother|8|RUNNING|n1|None\nnightshift-b|9|RUNNING|n2|None\n\n';
  expect(parseQueue(text)).toEqual([
    { name: 'nightshift-a', id: '7', state: 'PENDING', node: '', reason: 'Resources' },
    { name: 'nightshift-b', id: '9', state: 'RUNNING', node: 'n2', reason: 'None' },
  ]);
});

const CLUSTER = parseCluster(
  [
    'n1|main*|8|32000|idle|(null)|infinite|none',
    'n1|fast|8|32000|idle|(null)|1:00:00|none',
    'n2|main*|16|64000|mixed|gpu:a100:2(S:0-1)|infinite|none',
    'n3|main*|8|32000|drained*|(null)|infinite|bad disk | since Monday',
    'broken line',
  ].join('\n'),
);

test('a cluster is read as nodes and partitions, with why a node is out', () => {
  expect(CLUSTER.nodes.map(({ name, partitions }) => [name, ...partitions])).toEqual([
    ['n1', 'main', 'fast'],
    ['n2', 'main'],
    ['n3', 'main'],
  ]);
  expect(CLUSTER.nodes[1]).toMatchObject({ gpus: 2, cores: 16, state: 'mixed', reason: null });
  expect(CLUSTER.nodes[2]).toMatchObject({ state: 'drained', reason: 'bad disk | since Monday' });
  expect(CLUSTER.partitions).toEqual([
    { name: 'main', isDefault: true, timeLimit: 'infinite', nodes: 3 },
    { name: 'fast', isDefault: false, timeLimit: '1:00:00', nodes: 1 },
  ]);
});

test('what is not said comes from the cluster: whole nodes, as large a part of the memory, every place', () => {
  expect(wishesFor({}, CLUSTER)).toMatchObject({ cores: 8, memoryMb: 32_000, nodes: 3 });
  expect(wishesFor({ cores: 4 }, CLUSTER)).toMatchObject({ cores: 4, memoryMb: 16_000, nodes: 6 });
  expect(wishesFor({ partition: 'fast' }, CLUSTER)).toMatchObject({ nodes: 1, memoryMb: null });
  expect(wishesFor({ gpus: 1 }, CLUSTER)).toMatchObject({ nodes: 1, gpus: 1, cores: 16 });
  expect(wishesFor({ nodes: 2 }, CLUSTER)).toMatchObject({ nodes: 2 });
});

test.each([
  [{ partition: 'gone' }, 'The cluster has no partition gone; it has main, fast.'],
  [{ cores: 32 }, 'No node has 32 cores; the most that one has: 16 cores, 64000 MB, 2 GPUs.'],
  [{ partition: 'fast', minutes: 61 }, 'The partition fast gives a node for 1:00:00 at most.'],
  [{ cores: 12, gpus: 3 }, /^No node has 12 cores and 3 GPUs; /],
])('%o can not be had, which is said before the night', (asked, message) => {
  expect(() => wishesFor(asked, CLUSTER)).toThrow(NotInCluster);
  expect(() => wishesFor(asked, CLUSTER)).toThrow(message);
});

const NODE_LINES = [
  ['job', '7'],
  ['node', 'n3'],
  ['cores', '4'],
  ['memory', '8000'],
] as const;

test('what a node tells is read as its place, and what is wrong with it as the end of a sentence', () => {
  const told = nodeTold(NODE_LINES, false);
  expect(told).toMatchObject({
    job: '7',
    place: { node: 'n3', cores: 4, memoryMb: 8000, endsAt: null, gpu: false },
    problem: null,
    full: null,
  });
  expect(nodeTold([...NODE_LINES, ['unseen', '/shots/a.yaml']], false).problem).toBe(
    'it does not see /shots/a.yaml',
  );
  expect(nodeTold([...NODE_LINES, ['room', '1000 /frames']], false)).toMatchObject({
    problem: null,
    full: '/frames',
  });
});

test('a node that hangs after its first words is not waited for', async () => {
  const stdout = new PassThrough();
  const never = new Promise<never>(() => {});
  const begun = beginning({ stdout, ended: never }, 20);
  stdout.write('nightshift-node job 7\nnightshift-node node n3\n');
  expect(await begun).toEqual({
    lines: [
      ['job', '7'],
      ['node', 'n3'],
    ],
    isReady: false,
  });
});

test('what follows the words of a node is left to whoever reads on', async () => {
  const stdout = new PassThrough();
  const begun = beginning({ stdout, ended: new Promise<never>(() => {}) });
  stdout.end('nightshift-node job 7\nnightshift-node ready\n{"hello":1}\n');
  expect(await begun).toMatchObject({ isReady: true });
  expect(await text(stdout)).toBe('{"hello":1}\n');
});

test.each([
  [['--exclude=n1,n2'], ['n3'], ['--exclude=n3,n1,n2']],
  [['--exclude', 'n1', '--account=film'], ['n3'], ['--account=film', '--exclude=n3,n1']],
  [['-x', 'n1', '-xn2', '-x n4'], [], ['--exclude=n1,n2,n4']],
  [['--account=film'], ['n3'], ['--account=film', '--exclude=n3']],
  [['--exclusive'], [], ['--exclusive']],
])('%o and nodes that were left out, %o, are excluded together', (options, nodes, expected) => {
  expect(withExcluded(options, nodes)).toEqual(expected);
});

test.each([
  ['Resources', 'all nodes are busy'],
  ['Priority', 'others are first in the queue'],
  ['None', ''],
  ['QOSMaxJobsPerUserLimit', 'you have all that you may have at once'],
  ['AssocGrpCpuLimit', 'your group has all that it may have at once'],
  ['ReqNodeNotAvail, UnavailableNodes:n[1-3]', 'no node that could do it is available'],
  [
    'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions',
    'no node that could do it is available',
  ],
  ['PartitionDown', 'the partition is down'],
  ['JobHeldAdmin', 'held back by an administrator'],
  ['the controller does not answer', 'the controller does not answer'],
  ['SomethingOfTomorrow', 'SomethingOfTomorrow'],
])('%s is said as “%s”', (why, words) => {
  expect(waitingText(why)).toBe(words);
});
