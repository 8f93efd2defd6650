import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { BLENDER } from '../helpers/make-blend.ts';

/** One Blender run: the same picture in every codec. Remove the folder afterwards. */
export async function makePictures(): Promise<{ folder: string; names: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-pictures-'));
  const script = resolve(import.meta.dirname, 'make-pictures.py');
  const options = ['-b', '-Y', '--factory-startup', '--python-exit-code', '3', '-P', script];
  await execa(BLENDER, [...options, '--', folder]);
  return { folder, names: (await readdir(folder)).sort() };
}

export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });

export type Colour = readonly [number, number, number];

/** Places of the patches and of the background, as shares of width and height. */
const PLACES = {
  'top left': [0.19, 0.23],
  'top right': [0.81, 0.23],
  bottom: [0.5, 0.77],
  background: [0.5, 0.1],
} as const;

/** The colours at those places, 0 to 255. */
export async function coloursOf(picture: Buffer): Promise<Record<keyof typeof PLACES, Colour>> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  const at = ([x, y]: readonly [number, number]): Colour => {
    const pixel = Math.floor(y * info.height) * info.width + Math.floor(x * info.width);
    const [red = 0, green = 0, blue = 0] = data.subarray(pixel * info.channels);
    return [red, green, blue];
  };
  const entries = Object.entries(PLACES).map(([name, place]) => [name, at(place)]);
  return Object.fromEntries(entries) as Record<keyof typeof PLACES, Colour>;
}

/** The largest difference of any channel of any place. */
export function difference(
  a: Awaited<ReturnType<typeof coloursOf>>,
  b: Awaited<ReturnType<typeof coloursOf>>,
): number {
  const places = Object.keys(PLACES) as (keyof typeof PLACES)[];
  return Math.max(
    ...places.flatMap((p) => a[p].map((value, c) => Math.abs(value - (b[p][c] ?? 0)))),
  );
}
