import { copyFile, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { signatureOf } from '../pictures.ts';
import type { Random } from '../random.ts';
import { framesBelow } from '../world.ts';
import type { Fault, Scene } from './fault.ts';

/** What can happen to a frame in the output folder, at any time. */
export const FRAME_FAULTS: readonly Fault<Scene>[] = [
  fault('frame cut short', (random) => {
    const part = random.next();
    return (file) => rewritten(file, (bytes) => bytes.subarray(0, Math.floor(bytes.length * part)));
  }),
  fault('frame emptied', () => (file) => rewritten(file, () => Buffer.alloc(0))),
  fault('frame replaced by noise', (random) => {
    const seed = random.whole(1, 255);
    return (file) => rewritten(file, (bytes) => bytes.map((_, at) => (at * seed + 31) % 256));
  }),
  fault('byte of a frame flipped', (random) => {
    const { place, bit } = { place: random.next(), bit: random.whole(0, 7) };
    return (file) =>
      rewritten(file, (bytes) => {
        const at = Math.floor(place * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        return bytes;
      });
  }),
  fault('frame deleted', () => async (file) => {
    await rm(file, { force: true });
    return null;
  }),
  fault('frame replaced by its neighbour', () => async (file, neighbour) => {
    await copyFile(neighbour, file);
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino}:${size}:${mtimeMs}`;
  }),
];

type Break = (file: string, neighbour: string) => Promise<string | null>;

function fault(kind: string, draw: (random: Random) => Break): Fault<Scene> {
  return {
    kind,
    weight: 1,
    draw: (random) => {
      const which = random.next();
      const act = draw(random);
      return async ({ world, ledger }) => {
        const frames = await framesBelow(world.out);
        const at = Math.floor(which * frames.length);
        const frame = frames[at];
        const neighbour = frames[(at + 1) % frames.length];
        if (!frame || !neighbour) return null;
        // A folder that goes at the same moment takes the file with it.
        await ledger.tamper(frame, () =>
          act(join(world.out, frame), join(world.out, neighbour)).catch(() => null),
        );
        return frame;
      };
    },
  };
}

/** In place, as a bad disk or a careless tool does it; answers what the file looks like then. */
async function rewritten(file: string, change: (bytes: Buffer) => Uint8Array): Promise<string> {
  const handle = await open(file, 'r+');
  try {
    const bytes = change(await handle.readFile());
    await handle.truncate(bytes.length);
    await handle.write(bytes, 0, bytes.length, 0);
    return await signatureOf(handle);
  } finally {
    await handle.close();
  }
}
