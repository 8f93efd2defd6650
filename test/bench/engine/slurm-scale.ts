import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { startLab } from '../../slurm/lab.ts';
import type { Bench, Scenario } from '../scenario.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const STAND_IN = join(ROOT, 'test/stand-ins/fake-blender.mjs');

/** How much a frame takes where many lanes render at once on a cluster's nodes, which are emulated on this computer. */
export const slurmScale: Scenario = {
  name: 'slurm-scale',
  group: 'engine',
  measure: async (bench) => {
    const size = bench.short
      ? { nodes: 2, cores: 2, frames: 24, seconds: 0.2 }
      : { nodes: 50, cores: 4, frames: 2000, seconds: 5 };
    const lanes = size.nodes * size.cores;
    const frameMs = await perFrameMs(bench, size);
    const row = {
      title: `${lanes} lanes on ${size.nodes} emulated Slurm nodes, ${size.frames.toLocaleString('en')} frames of a Blender that sleeps ${size.seconds} s: a frame`,
      baseline: 'the same frames on as many lanes with nothing between them',
      unit: 'ms',
      ours: [frameMs],
      theirs: [(size.seconds * 1000) / lanes],
      compare: 'ratio' as const,
      target: bench.short ? null : 1.1,
      note: 'the middle half of the frames, when all lanes are at work; real Slurm, every process on this computer',
    };
    return [row];
  },
};

interface Size {
  readonly nodes: number;
  /** Of each node: a lane each. */
  readonly cores: number;
  readonly frames: number;
  readonly seconds: number;
}

/** Wall time of the middle half of the frames, by their number. */
async function perFrameMs(bench: Bench, { nodes, cores, frames, seconds }: Size): Promise<number> {
  const home = join(bench.folder, 'cluster');
  const shots = 20;
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
    const args = [join(ROOT, 'out/main/cli.js'), 'render', ...folders, ...where, '--json'];
    const night = execa(process.execPath, args, {
      env: { ...cluster.env, FAKE_BLENDER: join(home, 'steer.json'), NIGHTSHIFT_BLENDER: STAND_IN },
      cancelSignal: bench.signal,
      reject: false,
      buffer: false,
    });
    const done: number[] = [];
    for await (const line of night.iterable()) {
      if (line.startsWith('{"type":"frame-done"')) done.push(performance.now());
    }
    await night;
    const [first, last] = [done[done.length >> 2], done[(3 * done.length) >> 2]];
    if (done.length < frames || first === undefined || last === undefined) {
      throw new Error(`Only ${done.length} of ${frames} frames came.`);
    }
    bench.say(`${done.length} frames on ${nodes} nodes`);
    return (last - first) / (((3 * done.length) >> 2) - (done.length >> 2));
  } finally {
    await cluster.end();
    await rm(home, { recursive: true, force: true });
  }
}
