import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { framesBelow } from './world.ts';

/** Where the watcher reports to. */
export interface Seer {
  /** False if it has to be looked at again. */
  seen(frame: string): Promise<boolean>;
}

/** Looks at an output folder again and again, and reports every file that it has not seen so before. */
export function watchOutput(folder: string, seer: Seer): { readonly end: () => Promise<void> } {
  const known = new Map<string, string>();
  let watching = true;
  const look = async () => {
    for (const frame of await framesBelow(folder)) {
      const found = await stat(join(folder, frame)).catch(() => null);
      if (!found) continue;
      const signature = `${found.ino}:${found.size}:${found.mtimeMs}`;
      if (known.get(frame) === signature) continue;
      if (await seer.seen(frame)) known.set(frame, signature);
    }
  };
  const done = (async () => {
    while (watching) {
      await look();
      await delay(8);
    }
    await look();
  })();
  return {
    end: async () => {
      watching = false;
      await done;
    },
  };
}
