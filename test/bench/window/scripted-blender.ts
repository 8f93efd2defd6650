import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const STAND_IN = resolve(import.meta.dirname, '../../stand-ins/fake-blender.mjs');

/** The environment in which the app takes the stand-in for a Blender. @param rules what it does, see its head */
export async function scriptedBlender(
  folder: string,
  rules: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, string>>> {
  const steer = join(folder, 'steer.json');
  await writeFile(steer, JSON.stringify(rules));
  return { NIGHTSHIFT_BLENDER: STAND_IN, FAKE_BLENDER: steer };
}
