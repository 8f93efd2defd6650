import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Shot } from './ours.ts';

/** Throws unless both sides made every frame of the shots with equal pixels. */
export async function checkSameFrames(
  ours: string,
  theirs: string,
  shots: readonly Shot[],
): Promise<void> {
  for (const shot of shots) {
    const { name } = shot;
    const wanted = frameFiles(shot);
    for (const side of [ours, theirs]) {
      const found = (await readdir(join(side, name))).filter((each) => each.endsWith('.png'));
      if (found.sort().join() === wanted.join()) continue;
      throw new Error(
        `${join(side, name)} has ${found.length} frames instead of ${wanted.length}.`,
      );
    }
    for (const one of wanted) {
      const [a, b] = await Promise.all([ours, theirs].map((side) => pixels(join(side, name, one))));
      if (!a?.equals(b as Buffer)) throw new Error(`Both sides made another picture of ${one}.`);
    }
  }
}

/** Names of the pictures of a shot, in the order of its frames. */
export function frameFiles({ name, first, last }: Shot): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, at) => {
    return `${name}_${String(first + at).padStart(4, '0')}.png`;
  });
}

function pixels(path: string): Promise<Buffer> {
  return sharp(path).raw().toBuffer();
}
