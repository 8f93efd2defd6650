import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { frameState } from '../../shared/job-state.ts';
import { ofType } from '../cli/rig.ts';
import {
  type Lab as FaultLab,
  frameNames,
  makeLab,
  type NightOptions,
  type RunningNight,
} from '../faults/lab.ts';
import { type Lab as Cluster, type LabOptions, type QueuedJob, startLab } from './lab.ts';

/** A shot folder, and a real cluster that renders it: the fault laboratory with `--on slurm`. */
export interface ClusterLab {
  readonly lab: FaultLab;
  readonly cluster: Cluster;
  begin(options?: NightOptions): RunningNight;
  /** Jobs of ours that are in the queue. */
  ours(): Promise<readonly QueuedJob[]>;
  /** Resolves with the job that runs on a node, as soon as one does. */
  jobOn(node: string): Promise<QueuedJob>;
  /** Every frame of each shot is there, none was tried twice for what was not its fault, and nothing of ours is in the queue. */
  expectWhole(shots: Readonly<Record<string, readonly string[]>>): Promise<void>;
  expectNoJob(): Promise<void>;
  /** Options of a night on the cluster. */
  readonly on: NightOptions;
}

/**
 * @param options of the cluster; a function is given the laboratory, for hosts with disks of their own
 * @param blender the real one, or the stand-in
 */
export async function makeClusterLab(
  options: LabOptions | ((lab: FaultLab) => LabOptions | Promise<LabOptions>) = {},
  blender: 'real' | 'stand-in' = 'stand-in',
): Promise<ClusterLab> {
  const lab = await makeLab(blender);
  const cluster = await startLab(typeof options === 'function' ? await options(lab) : options);
  onTestFinished(() => cluster.end());
  const env = { ...cluster.env };
  const args = ['--on', 'slurm', '--cores', '1'];
  const ours = async () => {
    const queue = await cluster.queue();
    return queue.filter(({ name, state }) => name.startsWith('nightshift-') && ACTIVE.has(state));
  };
  const expectNoJob = () =>
    vi.waitFor(async () => expect(await ours(), 'jobs of ours in the queue').toEqual([]), WAIT);
  return {
    lab,
    cluster,
    on: { args, env },
    begin: (more = {}) =>
      lab.begin({ ...more, args: [...args, ...(more.args ?? [])], env: { ...env, ...more.env } }),
    ours,
    jobOn: (node) =>
      vi.waitFor(async () => {
        const job = (await ours()).find((each) => each.node === node && each.state === 'RUNNING');
        if (!job) throw new Error(`Nothing of ours runs on ${node}.`);
        return job;
      }, WAIT),
    expectNoJob,
    expectWhole: async (shots) => {
      await lab.expectTruth();
      const jobs = await lab.jobs();
      for (const [name, frames] of Object.entries(shots)) {
        const job = jobs.find((each) => each.name === name);
        expect(job?.counts, name).toMatchObject({ done: frames.length, total: frames.length });
        const tries = job?.plan?.frames.map((frame) => frameState(job, frame)?.tries);
        expect(tries, `tries of ${name}`).toEqual(frames.map(() => 1));
      }
      await expectNoJob();
    },
  };
}

const ACTIVE = new Set(['PENDING', 'RUNNING', 'COMPLETING', 'CONFIGURING', 'SUSPENDED']);
/** A cluster comes up, loses something, and comes to itself again. */
export const LONG = { timeout: 240_000 };
/** For `vi.waitFor`: until a cluster has done something. */
export const WAIT = { timeout: 60_000, interval: 100 };
/** The frames of a shot of six. */
export const HERO = { hero: frameNames('hero', 6) };

/** A night whose nodes are all taken by others, once it waits in the queue. `release` lets the others go. */
export async function waitingNight(nodes: number) {
  const rig = await makeClusterLab({ nodes });
  await rig.lab.shot('hero', 'frames: 1-6');
  const others = await rig.cluster.fillWithOthers();
  const running = rig.begin();
  await vi.waitFor(
    async () => expect(await rig.ours()).toMatchObject([{ state: 'PENDING' }]),
    WAIT,
  );
  return { ...rig, running, release: () => others.release() };
}

/** Resolves when the stand-in has begun so many frames. */
export function rendering({ lab }: ClusterLab, frames: number): Promise<void> {
  return vi.waitFor(async () => {
    const begun = (await lab.blenderLog()).filter((each) => each.do === 'render');
    expect(begun.length).toBeGreaterThanOrEqual(frames);
  }, WAIT);
}

/** A shot of six frames, whose second hangs the first time: where, and until that place is taken away. */
export async function hangingNight(options: LabOptions = {}, more: NightOptions = {}) {
  const rig = await makeClusterLab(options);
  await rig.lab.shot('hero', 'frames: 1-6');
  await rig.lab.steer({ render: [{ frame: 2, tries: 1, hang: true }, { seconds: 0.05 }] });
  const running = rig.begin(more);
  const node = await vi.waitFor(() => nodeOfFrame(rig.lab.data, 2), WAIT);
  // Blender is slower than the journal: killed before it hangs, it would hang in the next night.
  await vi.waitFor(async () => {
    const log = await rig.lab.blenderLog();
    expect(log).toContainEqual(expect.objectContaining({ do: 'render', frame: 2 }));
  }, WAIT);
  return { ...rig, running, node, job: await rig.jobOn(node) };
}

/** A night of `hangingNight` ends well, every frame was tried once, and it says what took the place away. */
export async function expectOtherPlace(
  rig: ClusterLab & { readonly running: RunningNight },
  lost: Readonly<Record<string, unknown>>,
) {
  const { code, told, err } = await rig.running.end;
  expect(code, err).toBe(0);
  expect(ofType(told, 'place-lost')).toMatchObject([lost]);
  expect(ofType(told, 'frame-failed')).toEqual([]);
  const names = ofType(told, 'frame-done').map(({ frame }) => frame);
  expect(names.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  await rig.expectWhole(HERO);
}

/** Where a frame was begun first. */
export async function nodeOfFrame(data: string, frame: number): Promise<string> {
  const files = await readdir(data, { recursive: true });
  const journals = files.filter((name) => /journal[^/]*\.jsonl$/.test(name));
  const texts = await Promise.all(journals.map((name) => readFile(join(data, name), 'utf8')));
  const lines = texts.join('\n').split('\n');
  const begun = lines.find(
    (line) => /"frame-started"/.test(line) && line.includes(`"frame":${frame},`),
  );
  const node = /"node":"([^"]+)"/.exec(begun ?? '')?.[1];
  if (!node) throw new Error(`Frame ${frame} was not begun.`);
  return node;
}

/** What a run in this process asks of the laboratory's cluster. */
export const WISHES = {
  nodes: 2,
  partition: null,
  cores: 1,
  memoryMb: null,
  gpus: 0,
  minutes: null,
  options: [],
};
