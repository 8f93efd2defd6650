import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Bench } from '../scenario.ts';
import type { Scene } from './scenes.ts';
import { timed } from './timed.ts';

/** The command as it is installed: the built one, in plain Node. */
export const NIGHTSHIFT = resolve(import.meta.dirname, '../../../build/nightshift.cjs');

/** A shot as both sides render it. */
export interface Shot {
  readonly name: string;
  /** Absolute path of the .blend. */
  readonly scene: string;
  readonly first: number;
  readonly last: number;
}

/** How we render: with so many workers, 0 as we choose, and scenes kept as `auto` does or as said. */
export interface OurWay {
  readonly workers: number;
  readonly keepScene?: 'on' | 'off';
}

/** Shots over these scenes, each with all of its scene's frames. */
export function shotsOf(scenes: readonly Scene[]): readonly Shot[] {
  return scenes.map(({ name, file, frames }) => ({ name, scene: file, first: 1, last: frames }));
}

/** Writes the shot files of a folder; what they don't say is as the scene has it. */
export async function writeShots(
  folder: string,
  shots: readonly Shot[],
  keepScene?: OurWay['keepScene'],
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const kept = keepScene === undefined ? '' : `render:\n  keep_scene: "${keepScene}"\n`;
  for (const { name, scene, first, last } of shots) {
    const yaml = `blend: ${JSON.stringify(scene)}\nframes: ${first}-${last}\n${kept}`;
    await writeFile(join(folder, `${name}.yaml`), yaml);
  }
  return folder;
}

/** What is rendered, and where to. */
interface RenderOrder {
  /** The shot folder. */
  readonly shots: string;
  readonly out: string;
  readonly workers: number;
}

/** Arguments of `node` for `nightshift render`, with a data directory of its own. */
export function renderArguments(
  bench: Bench,
  { shots, out, workers }: RenderOrder,
): readonly string[] {
  const places = ['-o', out, '--data', `${out}-data`, '--blender', bench.blender];
  return [NIGHTSHIFT, 'render', shots, ...places, '--workers', String(workers)];
}

/** Seconds of one `nightshift render`, from its start to its end. */
export function renderOurs(bench: Bench, order: RenderOrder): Promise<number> {
  const args = renderArguments(bench, order);
  const { signal } = bench;
  return timed({ program: process.execPath, args, log: `${order.out}.log`, signal });
}
