import { setTimeout as delay } from 'node:timers/promises';
import type { Lab, QueuedJob } from '../../slurm/lab.ts';
import { signal } from '../processes.ts';
import type { Random } from '../random.ts';
import type { Act, RunningScene } from './fault.ts';

/** A night that runs on a cluster. */
export interface ClusterScene extends RunningScene {
  readonly cluster: Lab;
}

/** What can happen to a cluster and to those who render on it. It is as before when the act is over. */
export interface ClusterFault {
  readonly kind: string;
  readonly weight: number;
  readonly draw: (random: Random) => Act<ClusterScene>;
}

export const CLUSTER_FAULTS: readonly ClusterFault[] = [
  onJob('job cancelled', 3, (cluster, { id }) => cluster.cancel(id)),
  onJob('time of a job over', 1, (cluster, { id }) =>
    // Not in the second in which it began.
    patiently(() => cluster.expire(id), 3),
  ),
  forATime('node drained', 2, {
    begin: (cluster, node) => cluster.drain(node),
    end: (cluster, node) => cluster.resume(node),
  }),
  forATime('node set down', 2, {
    begin: (cluster, node) => cluster.down(node),
    end: (cluster, node) => cluster.resume(node),
  }),
  forATime('slurmd killed with all that runs there', 2, {
    begin: (cluster, node) => cluster.killNode(node),
    // Slurm may have given it up.
    end: async (cluster, node) => {
      await cluster.startNode(node);
      await cluster.resume(node).catch(() => {});
    },
  }),
  forATime('slurmctld stopped', 2, {
    begin: (cluster) => cluster.stopController(),
    end: (cluster) => cluster.startController(),
  }),
  forATime('munge stopped', 2, {
    begin: (cluster) => cluster.stopMunge(),
    end: (cluster) => cluster.startMunge(),
  }),
  forATime('node taken by a job of higher priority', 2, {
    begin: (cluster, node) => urgent(cluster, [node]),
    end: sendOthersAway,
  }),
  forATime('all nodes taken by jobs of higher priority', 1, {
    begin: (cluster) => urgent(cluster, cluster.nodes),
    end: sendOthersAway,
  }),
  ...(['SIGINT', 'SIGTERM', 'SIGKILL'] as const).map(
    (name): ClusterFault => ({
      kind: `${name} of nightshift`,
      weight: name === 'SIGKILL' ? 3 : 1,
      draw: () => async (scene) => (signal(scene.night.pid, name) ? name : null),
    }),
  ),
];

/** To a job of ours that runs. */
function onJob(
  kind: string,
  weight: number,
  act: (cluster: Lab, job: QueuedJob) => Promise<void>,
): ClusterFault {
  return {
    kind,
    weight,
    draw: (random) => {
      const which = random.next();
      return async ({ cluster, night }) => {
        const running = await runningJobs(cluster, night.over);
        const job = running[Math.floor(which * running.length)];
        if (!job) return null;
        await act(cluster, job);
        return `${job.id} on ${job.node}`;
      };
    },
  };
}

/** Waits for some seconds until there is one. */
async function runningJobs(cluster: Lab, over: AbortSignal): Promise<readonly QueuedJob[]> {
  for (let tries = 40; ; tries -= 1) {
    const running = (await ours(cluster)).filter(({ state }) => state === 'RUNNING');
    if (running.length > 0 || tries === 0 || over.aborted) return running;
    await delay(250);
  }
}

/** To a node, or to all of it, until it is undone after some seconds or with the night. */
function forATime(
  kind: string,
  weight: number,
  act: {
    readonly begin: (cluster: Lab, node: string) => Promise<void>;
    readonly end: (cluster: Lab, node: string) => Promise<void>;
  },
): ClusterFault {
  return {
    kind,
    weight,
    draw: (random) => {
      const which = random.next();
      const ms = random.whole(200, 8000);
      return async ({ cluster, night }) => {
        const node = cluster.nodes[Math.floor(which * cluster.nodes.length)] ?? '';
        try {
          await act.begin(cluster, node);
          await delay(ms, undefined, { signal: night.over }).catch(() => {});
        } finally {
          await patiently(() => act.end(cluster, node));
        }
        return `${node} for ${ms} ms`;
      };
    },
  };
}

/** Jobs of ours that are in the queue. */
export async function ours(cluster: Lab): Promise<readonly QueuedJob[]> {
  const queue = await cluster.queue();
  return queue.filter(({ name, state }) => name.startsWith('nightshift-') && ACTIVE.has(state));
}

const ACTIVE = new Set(['PENDING', 'RUNNING', 'COMPLETING', 'CONFIGURING', 'SUSPENDED']);

async function urgent(cluster: Lab, nodes: readonly string[]): Promise<void> {
  await cluster.fillWithOthers({ nodes, partition: 'urgent' });
}

/** Also those that were never given a node. */
export async function sendOthersAway(cluster: Lab): Promise<void> {
  const queue = await cluster.queue();
  const others = queue.filter(({ user, state }) => user === 'nobody' && ACTIVE.has(state));
  await Promise.all(others.map(({ id }) => cluster.cancel(id)));
}

/** What can't be undone while another part of the cluster is away is tried again. */
export async function patiently<T>(act: () => Promise<T>, seconds = 60): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      // Somebody else has started it.
      if (/runs already/.test(String(error)) || performance.now() > end) throw error;
      await delay(250);
    }
  }
}
