import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Bench } from '../scenario.ts';
import { timed } from './timed.ts';

/** A scene to make. */
export interface SceneOrder {
  readonly name: string;
  readonly frames: number;
  /** What a frame shall take with so many threads. */
  readonly seconds: number;
  readonly threads: number;
  readonly width: number;
  readonly height: number;
  /** Much to build and little to sample: six displaced spheres. It is not sized. */
  readonly heavy?: true;
}

/** A scene that lies on disk; every frame of it takes about as long. */
export interface Scene extends SceneOrder {
  readonly file: string;
  readonly samples: number;
  /** What a frame was measured to take; `null` in the short form, where nothing is sized. */
  readonly took: number | null;
}

/** Where the copy of a heavy scene lies that was saved with persistent data on. */
export function persistentCopy(file: string): string {
  return file.replace(/\.blend$/, '-persistent.blend');
}

/** Sizes of pictures: more pixels where a frame shall take long, as artists do it. */
export const SMALL = { width: 192, height: 108 } as const;
export const LARGE = { width: 480, height: 270 } as const;
const TINY = { width: 64, height: 36, seconds: null } as const;

/** Makes scenes in `folder` with real Blender, sized by trying on this machine. */
export async function makeScenes(
  bench: Bench,
  folder: string,
  orders: readonly SceneOrder[],
): Promise<readonly Scene[]> {
  await mkdir(folder, { recursive: true });
  const scenes = orders.map((order) => ({ ...order, file: join(folder, `${order.name}.blend`) }));
  const order = join(bench.folder, 'order.json');
  const answer = join(bench.folder, 'answer.json');
  const asked = scenes.map((scene) => (bench.short ? { ...scene, ...TINY } : scene));
  await writeFile(order, JSON.stringify({ seed: bench.seed, scenes: asked }));
  const script = join(import.meta.dirname, 'make-scenes.py');
  const end = ['--python-exit-code', '1', '--python', script, '--', order, answer];
  await timed({
    program: bench.blender,
    args: ['-b', '--factory-startup', ...end],
    log: join(bench.folder, 'make-scenes.log'),
    signal: bench.signal,
  });
  const sizes = sizesSchema.parse(JSON.parse(await readFile(answer, 'utf8')));
  const made = scenes.map((scene, index) => {
    const { samples, seconds } = sizes[index] ?? { samples: 0, seconds: null };
    return { ...scene, samples, took: seconds };
  });
  bench.say(`${made.length} scenes; ${sizesText(made)}`);
  return made;
}

/** What the frames of scenes take, in words, each kind once. */
export function sizesText(scenes: readonly Scene[]): string {
  const kinds = scenes.map(({ took, threads, samples, width, height }) => {
    if (took === null) return 'scenes of the short form, which are not sized';
    const thread = threads === 1 ? 'thread' : 'threads';
    return `frames of ${width}×${height}, ${samples} samples, ${took.toFixed(2)} s with ${threads} ${thread}`;
  });
  return [...new Set(kinds)].join('; ');
}

const sizesSchema = z.array(z.object({ samples: z.number(), seconds: z.number().nullable() }));
