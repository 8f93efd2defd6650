import { lstat, mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { allFiles } from '../files.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import type { Fault, RunningScene, Scene } from './fault.ts';

/** What can happen to the output folder while nobody or somebody works in it. */
export const FOLDER_FAULTS: readonly Fault<Scene>[] = [
  {
    kind: 'output folder deleted',
    weight: 1,
    draw: (random, world) => {
      const shot = shotFolder(random, world);
      return async ({ ledger }) => {
        if (!(await isThere(shot))) return null;
        ledger.damage(...ledger.frames);
        await rm(shot, { recursive: true, force: true, maxRetries: 5 });
        ledger.damage(...ledger.frames);
        return shot;
      };
    },
  },
];

/** What can happen to disks and folders only while a night runs. */
export const RUNNING_FOLDER_FAULTS: readonly Fault<RunningScene>[] = [
  {
    kind: 'output folder renamed away and back',
    weight: 2,
    draw: (random, world) => {
      const shot = shotFolder(random, world);
      const ms = random.whole(0, 600);
      return async ({ ledger }) => {
        const away = join(world.out, '.away');
        if (!(await isThere(shot)) || (await isThere(away))) return null;
        ledger.damage(...ledger.frames);
        await rename(shot, away);
        await delay(ms);
        ledger.damage(...ledger.frames);
        await moveBack(away, shot);
        ledger.damage(...ledger.frames);
        return `${shot} for ${ms} ms`;
      };
    },
  },
  {
    kind: 'disk full',
    weight: 12,
    fits: ({ smallDisk }) => smallDisk !== null,
    draw: (random) => {
      const { ms, leave } = { ms: random.whole(100, 2500), leave: random.whole(0, 40) * 1024 };
      return async ({ smallDisk }) => {
        if (smallDisk === null) return null;
        const ballast = join(smallDisk, '.ballast');
        await fill(ballast);
        // A little room is left: enough to begin a file, not to end it.
        if (leave > 0) await makeRoom(ballast, leave);
        await delay(ms);
        await rm(ballast, { force: true });
        return `${smallDisk} for ${ms} ms, ${leave} bytes left`;
      };
    },
  },
];

function shotFolder(random: Random, world: World): string {
  return join(world.out, random.pick(world.scenario.shots).name);
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

/** What Nightshift has made in its place in the meantime stays. */
async function moveBack(from: string, to: string): Promise<void> {
  for (const file of await allFiles(from)) {
    const target = join(to, relative(from, file));
    if (await isThere(target)) continue;
    await mkdir(dirname(target), { recursive: true });
    await rename(file, target);
  }
  await rm(from, { recursive: true, force: true });
}

async function fill(ballast: string): Promise<void> {
  for (const size of [2 ** 20, 2 ** 12]) {
    const block = Buffer.alloc(size, 1);
    let isFull = false;
    while (!isFull) {
      isFull = await writeFile(ballast, block, { flag: 'a' }).then(
        () => false,
        () => true,
      );
    }
  }
}

async function makeRoom(ballast: string, bytes: number): Promise<void> {
  const { size } = await lstat(ballast);
  await truncate(ballast, Math.max(0, size - bytes));
}
