import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { marked, signal } from '../processes.ts';
import type { World } from '../world.ts';
import type { Fault, RunningScene } from './fault.ts';

type Running = Fault<RunningScene>;

/** What can happen to the processes of a night. */
export const PROCESS_FAULTS: readonly Running[] = [
  ...(['SIGKILL', 'SIGTERM', 'SIGINT'] as const).map(
    (name): Running => ({
      kind: `${name} of nightshift`,
      weight: name === 'SIGKILL' ? 6 : 2,
      draw: () => async (scene) => (signal(scene.night.pid, name) ? name : null),
    }),
  ),
  {
    kind: 'SIGINT of nightshift, twice',
    weight: 1,
    draw: (random) => {
      const ms = random.whole(0, 200);
      return async ({ night }) => {
        if (!signal(night.pid, 'SIGINT')) return null;
        await delay(ms);
        return `${signal(night.pid, 'SIGINT')} after ${ms} ms`;
      };
    },
  },
  ...(['SIGKILL', 'SIGSEGV', 'SIGTERM'] as const).map(
    (name): Running => ({
      kind: `${name} of a Blender`,
      weight: 2,
      draw: (random) => {
        const which = random.next();
        return async ({ world }) => {
          const pid = await blenderOf(world, which);
          return pid !== null && signal(pid, name) ? String(pid) : null;
        };
      },
    }),
  ),
  {
    kind: 'SIGSTOP and SIGCONT of a Blender',
    weight: 2,
    draw: (random) => {
      const { which, ms } = { which: random.next(), ms: random.whole(50, 1500) };
      return async ({ world, night }) => {
        const pid = await blenderOf(world, which);
        if (pid === null || !signal(pid, 'SIGSTOP')) return null;
        await delay(ms, undefined, { signal: night.over }).catch(() => {});
        signal(pid, 'SIGCONT');
        return `${pid} for ${ms} ms`;
      };
    },
  },
  {
    kind: 'SIGKILL of nightshift and a Blender at once',
    weight: 3,
    draw: (random) => {
      const which = random.next();
      return async ({ world, night }) => {
        const pid = await blenderOf(world, which);
        if (!signal(night.pid, 'SIGKILL')) return null;
        return pid !== null && signal(pid, 'SIGKILL') ? String(pid) : 'no Blender';
      };
    },
  },
  {
    kind: 'a second nightshift on the batch',
    weight: 2,
    draw: () => async (scene) => {
      await scene.startSecond();
      return 'over';
    },
  },
  {
    kind: 'memory limit of a Blender',
    weight: 2,
    fits: ({ world }) => world.scenario.blender === 'real',
    draw: (random) => {
      const { which, more } = { which: random.next(), more: random.whole(0, 64) * 2 ** 20 };
      return async ({ world }) => {
        const pid = await blenderOf(world, which);
        const size = pid === null ? null : await addressSpace(pid);
        if (size === null) return null;
        const { exitCode } = await execa('prlimit', ['--pid', String(pid), `--as=${size + more}`], {
          reject: false,
        });
        return exitCode === 0 ? `${pid}, ${more / 2 ** 20} MiB more` : null;
      };
    },
  },
];

/** One of the Blenders that run, by a number from 0 to 1. */
async function blenderOf(world: World, which: number): Promise<number | null> {
  const blenders = (await marked(world.folder)).filter(({ isBlender }) => isBlender);
  return blenders[Math.floor(which * blenders.length)]?.pid ?? null;
}

async function addressSpace(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  const pages = Number(text.split(' ')[0]);
  return pages > 0 ? pages * 4096 : null;
}
