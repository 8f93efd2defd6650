import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault, Scene } from './fault.ts';

/** A new time and nothing else: nothing may be rendered again for it. */
export const TOUCH_FAULTS: readonly Fault<Scene>[] = [
  {
    kind: 'shot file or scene touched',
    weight: 2,
    draw: (random, world) => {
      const { folder, which } = {
        folder: random.pick([world.shots, join(world.folder, 'scenes')]),
        which: random.next(),
      };
      return async () => {
        const names = (await readdir(folder)).sort();
        const name = names[Math.floor(which * names.length)] ?? '';
        await world.touch(join(folder, name));
        return name;
      };
    },
  },
];

/** Changes in earnest, while nothing runs. */
export const SOURCE_FAULTS: readonly Fault<Scene>[] = [
  {
    kind: 'shot file changed',
    weight: 1,
    draw: (random, world) => {
      const { name } = random.pick(world.scenario.shots.filter(({ yaml }) => yaml !== null));
      return async () => {
        const next = world.versions.get(name) === 'a' ? 'b' : 'a';
        await world.turn(name, next);
        return `${name} to ${next}`;
      };
    },
  },
  {
    kind: 'shot file changed and changed back',
    weight: 1,
    draw: (random, world) => {
      const { name } = random.pick(world.scenario.shots.filter(({ yaml }) => yaml !== null));
      return async () => {
        const now = world.versions.get(name) ?? 'a';
        await world.turn(name, now === 'a' ? 'b' : 'a');
        await world.turn(name, now);
        return name;
      };
    },
  },
];
