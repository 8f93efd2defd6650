import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Lab, startLab } from '../slurm/lab.ts';
import { inject, type NightScene, watchedNight } from './disturbed-night.ts';
import {
  CLUSTER_FAULTS,
  type ClusterScene,
  ours,
  patiently,
  sendOthersAway,
} from './faults/cluster-faults.ts';
import { allFiles } from './files.ts';
import type { NightEnd, Told, Tools } from './night.ts';
import { type Random, randomOf } from './random.ts';
import type { Reference } from './reference.ts';
import { inWorld, type Round } from './round.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { triesTooMany } from './tries.ts';
import { journalText } from './world.ts';

/** Small batches that real Slurm renders on nodes of this computer. */
export const CLUSTER_SCENARIOS: readonly Scenario[] = SCENARIOS.filter(
  ({ name }) => name === 'scripted' || name === 'real PNG and EXR',
);

/** A cluster and a night of it, with what its nights have in common. */
interface ClusterNights extends NightScene {
  readonly cluster: Lab;
  /** Options of each night. */
  readonly args: readonly string[];
  /** Frames that take more memory than they were given. */
  readonly greedy: Set<number>;
}

/** One batch on a cluster of its own: nights under faults, then an undisturbed one. All of it by its seed. */
export async function playClusterRound(
  seed: number,
  references: readonly Reference[],
  tools: Tools,
): Promise<Round> {
  const random = randomOf(seed);
  const scripted = references.filter(({ scenario }) => scenario.blender === 'scripted');
  const reference = random.pick(random.chance(0.75) ? scripted : references);
  const size = { nodes: random.whole(2, 3), cpus: random.whole(1, 2) };
  return onCluster({ seed, reference, tools, ...size }, async (nights) => {
    let count = 0;
    for (const most = random.whole(1, 2); count < most; count += 1) {
      await randomNight(nights, random);
    }
    await lastNight(nights);
    return count + 1;
  });
}

/** One batch in which each kind of fault comes once, one after the other. */
export async function playEveryClusterFault(
  seed: number,
  [reference]: readonly Reference[],
  tools: Tools,
): Promise<Round> {
  if (!reference) throw new Error('There is nothing to render.');
  const random = randomOf(seed);
  return onCluster({ seed, reference, tools, nodes: 3, cpus: 1 }, async (nights) => {
    const left = CLUSTER_FAULTS.map((fault) => ({ fault, act: fault.draw(random), ms: 0 }));
    const goOn = join(nights.world.folder, 'go-on');
    let count = 0;
    for (; left.length > 0; count += 1) {
      await steer(nights, { until: goOn }, count === 0 ? 1 : null);
      await night(nights, async (running) => {
        const { over } = running.night;
        while (left.length > 0) {
          await delay(1000, undefined, { signal: over }).catch(() => {});
          if (over.aborted) return;
          const [next] = left.splice(0, 1);
          if (next) await inject(nights, running, next);
          if (next?.fault.kind.startsWith('SIG')) await aborted(over);
        }
        await writeFile(goOn, '');
      });
    }
    await lastNight(nights);
    return count + 1;
  });
}

const TOLD = /^(place-lost|node-left-out|frame-failed|job-retried|job-finished|batch-)/;

async function onCluster(
  setting: {
    readonly seed: number;
    readonly reference: Reference;
    readonly tools: Tools;
    readonly nodes: number;
    readonly cpus: number;
  },
  play: (nights: ClusterNights) => Promise<number>,
): Promise<Round> {
  const { nodes, cpus, reference } = setting;
  return inWorld(setting, async (scene) => {
    const cluster = await startLab({
      nodes,
      cpus,
      preempt: true,
      memory: 'watched',
      memoryMb: 4000,
      missedAfter: 20,
    });
    try {
      const { ledger, note } = scene;
      const memory = reference.scenario.blender === 'scripted' ? '0.5' : '1.5';
      const args = ['--on', 'slurm', '--cores', '1', '--memory', memory];
      const greedy = new Set<number>();
      const onTold = (told: Told) => {
        const { type, frame, cause, message } = told;
        if (TOLD.test(type)) note(`   ${type} ${frame ?? ''} ${message ?? ''}`);
        const isGreed = cause === 'out-of-memory' && greedy.has(Number(frame));
        const isBlamed = type === 'frame-failed' || type === 'job-retried';
        if (isBlamed && !isGreed)
          ledger.violate('frames blamed without fault', JSON.stringify(told));
        if (type === 'node-left-out') {
          ledger.violate('nodes left out without reason', String(message));
        }
      };
      return await play({
        ...scene,
        cluster,
        args,
        greedy,
        onTold,
        longestMs: 300_000,
        patienceMs: 8000,
      });
    } finally {
      await cluster.end();
    }
  });
}

/** Two to seven faults at random moments; now and then nothing is free at its beginning. */
async function randomNight(nights: ClusterNights, random: Random): Promise<void> {
  const { cluster, count, note } = nights;
  const seconds = random.pick([0.3, 1, 2]);
  const greedy = random.whole(1, 8);
  await steer(nights, { seconds }, random.chance(0.2) ? greedy : null);
  const from = random.chance(0.7) ? 'frame-done' : 'batch-started';
  const planned = Array.from({ length: random.whole(2, 7) }, () => {
    const fault = random.weighted(CLUSTER_FAULTS);
    return { fault, act: fault.draw(random), ms: random.whole(0, 20_000) };
  });
  const busyMs = random.chance(0.2) ? random.whole(1000, 8000) : 0;
  if (busyMs > 0) {
    count("all nodes full of others' jobs at the beginning");
    note(`others take all nodes for ${busyMs} ms`);
    await cluster.fillWithOthers();
  }
  const release = delay(busyMs).then(() => patiently(() => sendOthersAway(cluster)));
  await night(
    nights,
    async (running) => {
      await Promise.all(planned.map((one) => inject(nights, running, one)));
      await release;
    },
    from,
  );
  await release;
}

/** The undisturbed night that has to bring everything, and what must hold after it. */
async function lastNight(nights: ClusterNights): Promise<void> {
  const { world, ledger, greedy } = nights;
  await world.steer({});
  const { code } = await night(nights, async () => {});
  if (code !== 0) ledger.violate('not finished', `the undisturbed night ended with ${code}`);
  await expectNoJobs(nights);
  await ledger.finish();
  for (const file of [...(await allFiles(world.out)), ...(await allFiles(world.data))]) {
    const isProbe = /^\.nightshift-.*-(here|there)$/.test(basename(file));
    if (isProbe || file.includes('/.nightshift/')) ledger.violate('left over', file);
  }
  for (const what of triesTooMany(await journalText(world.data), greedy)) {
    ledger.violate('frames blamed without fault', what);
  }
}

/** @param greedy a frame that takes more memory than it was given, the first time */
async function steer(
  nights: ClusterNights,
  calm: Readonly<Record<string, unknown>>,
  greedy: number | null,
): Promise<void> {
  const { world, count } = nights;
  if (world.scenario.blender !== 'scripted') return;
  if (greedy !== null) {
    nights.greedy.add(greedy);
    count('memory over the limit');
  }
  const takes = greedy === null ? [] : [{ frame: greedy, tries: 1, takesMb: 900 }];
  await world.steer({ render: [...takes, calm] });
}

/**
 * A night and what happens in it, to their ends; nothing of the cluster is away after it.
 * @param from what has to be told before anything happens
 */
async function night(
  nights: ClusterNights,
  disturb: (running: ClusterScene) => Promise<void>,
  from: 'batch-started' | 'frame-done' = 'batch-started',
): Promise<NightEnd> {
  const { cluster, args, ledger } = nights;
  const begun = new AbortController();
  const onTold = (told: Told) => {
    nights.onTold?.(told);
    if (told.type === from) begun.abort();
  };
  const options = { args, env: cluster.env };
  const end = await watchedNight({ ...nights, onTold }, options, async (running) => {
    // Where no cluster answers at its beginning, a night is none.
    await aborted(AbortSignal.any([begun.signal, running.night.over]));
    await disturb({ ...running, cluster });
    await mend(cluster);
  });
  const { code } = end;
  // After SIGKILL, SIGINT, SIGTERM.
  const wasEnded = code === null || code === 130 || code === 143;
  if (code !== 0 && !wasEnded) {
    ledger.violate('not finished', `a night ended with ${code}: ${end.said.slice(-300)}`);
  }
  if (code !== null) await expectNoJobs(nights);
  return end;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Everything of the cluster is there again and answers, whatever has happened to it. */
async function mend(cluster: Lab): Promise<void> {
  const startAgain = [
    cluster.startMunge,
    cluster.startController,
    ...cluster.nodes.map((node) => () => cluster.startNode(node)),
  ];
  // What runs says so.
  for (const start of startAgain) await start().catch(() => {});
  await patiently(() => sendOthersAway(cluster));
  await patiently(async () => {
    for (const [node, state] of await cluster.states()) {
      if (/^(idle|alloc|mixed|comp)[a-z]*$/.test(state)) continue;
      await cluster.resume(node).catch(() => {});
      throw new Error(`${node} is ${state}.`);
    }
  });
}

/** No job of ours is in the queue, soon. */
async function expectNoJobs({ cluster, ledger }: ClusterNights): Promise<void> {
  const end = performance.now() + JOBS_GO_MS;
  for (;;) {
    const left = await patiently(() => ours(cluster));
    if (left.length === 0) return;
    if (performance.now() > end) {
      ledger.violate('jobs left in the queue', JSON.stringify(left));
      await Promise.all(left.map(({ id }) => cluster.cancel(id)));
      return;
    }
    await delay(250);
  }
}

const JOBS_GO_MS = 30_000;
