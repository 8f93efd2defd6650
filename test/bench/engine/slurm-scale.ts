import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { whyNoSlurm } from '../../../build/setup/slurm.mjs';
import { startLab } from '../../slurm/lab.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const STAND_IN = join(ROOT, 'test/stand-ins/fake-blender.mjs');

/** How much a frame takes where many lanes render at once on a cluster's nodes, which are emulated on this computer. */
export const slurmScale: Scenario = {
  name: 'slurm-scale',
  group: 'engine',
  measure: async (bench) => {
    const why = whyNoSlurm();
    if (why !== undefined) {
      bench.say(`Left out: ${why}.`);
      return [];
    }
    const size = bench.short
      ? { nodes: 2, cores: 2, frames: 24, seconds: 0.2 }
      : { nodes: 50, cores: 4, frames: 2000, seconds: 5 };
    const lanes = size.nodes * size.cores;
    const frameMs = middleMs(await night(bench, size));
    const scale = {
      title: `${lanes} lanes on ${size.nodes} emulated Slurm nodes, ${size.frames.toLocaleString('en')} frames of a Blender that sleeps ${size.seconds} s: a frame`,
      baseline: 'the same frames on as many lanes with nothing between them',
      unit: 'ms',
      ours: [frameMs],
      theirs: [(size.seconds * 1000) / lanes],
      compare: 'ratio' as const,
      target: bench.short ? null : 1.1,
      note: 'the middle half of the frames, when all lanes are at work; real Slurm, every process on this computer',
    };
    return [await threeNodes(bench), scale];
  },
};

/** The same frames on three nodes and on one. */
async function threeNodes(bench: Bench): Promise<Row> {
  const frames = bench.short ? 8 : 48;
  const size = { cores: 1, frames, shots: 4, seconds: bench.short ? 0.2 : 2 };
  const seconds = async (nodes: number) => {
    const began = performance.now();
    await night(bench, { ...size, nodes });
    return (performance.now() - began) / 1000;
  };
  const [ours, theirs] = [await seconds(3), await seconds(1)];
  return {
    title: `4 shots × ${frames / 4} frames of a Blender that sleeps ${size.seconds} s on three Slurm nodes`,
    baseline: 'the same on one node',
    unit: 's',
    ours: [ours],
    theirs: [theirs],
    compare: 'ratio',
    target: bench.short ? null : 0.4,
    note: 'start of the cluster and of `nightshift render` included; Blender sleeps, since three that compute would share two cores',
  };
}

interface Size {
  readonly nodes: number;
  /** Of each node: a lane each. */
  readonly cores: number;
  readonly frames: number;
  readonly shots?: number;
  readonly seconds: number;
}

/** Wall time of the middle half of some frames, by their number. */
function middleMs(done: readonly number[]): number {
  const [from, to] = [done.length >> 2, (3 * done.length) >> 2];
  return ((done[to] ?? 0) - (done[from] ?? 0)) / (to - from);
}

/** Renders on a cluster of its own. Resolves with when each frame was told as done, by `performance.now()`. */
async function night(
  bench: Bench,
  { nodes, cores, frames, shots = 20, seconds }: Size,
): Promise<readonly number[]> {
  const home = join(bench.folder, 'cluster');
  await mkdir(join(home, 'shots'), { recursive: true });
  await writeFile(join(home, 'any.blend'), 'BLENDER-v403RENDH');
  for (let shot = 0; shot < shots; shot += 1) {
    const last = Math.ceil(frames / shots);
    await writeFile(
      join(home, `shots/shot_${shot}.yaml`),
      `blend: ../any.blend\nframes: 1-${last}\n`,
    );
  }
  await writeFile(join(home, 'steer.json'), JSON.stringify({ render: { seconds } }));
  const cluster = await startLab({ nodes, cpus: cores });
  try {
    const where = ['--on', 'slurm', '--cores', '1', '--nodes', String(nodes * cores)];
    const folders = [join(home, 'shots'), '-o', join(home, 'out'), '--data', join(home, 'data')];
    const args = [join(ROOT, 'out/cli/main.cjs'), 'render', ...folders, ...where, '--json'];
    const running = execa(process.execPath, args, {
      env: { ...cluster.env, FAKE_BLENDER: join(home, 'steer.json'), NIGHTSHIFT_BLENDER: STAND_IN },
      cancelSignal: bench.signal,
      reject: false,
      buffer: false,
    });
    const done: number[] = [];
    for await (const line of running.iterable()) {
      if (line.startsWith('{"type":"frame-done"')) done.push(performance.now());
    }
    await running;
    if (done.length < frames) throw new Error(`Only ${done.length} of ${frames} frames came.`);
    return done;
  } finally {
    await cluster.end();
    await rm(home, { recursive: true, force: true });
  }
}
