import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BlenderInstalls } from '../../shared/blender-install.ts';
import { candidates, lookForBlenders } from '../blender/find-blender.ts';
import { dataDirectory } from './checkpoint/data-directory.ts';

/** The artist's own list of places, in the app data directory: executables, folders, apps. */
export const BLENDER_PLACES_FILE = 'blender-places.json';
export const BLENDER_PLACES = z.array(z.string().min(1).max(4096)).max(100).readonly();

/**
 * Every Blender of this machine, and of the places that the artist added. What each of them answered is kept in the app
 * data directory, so that a start does not ask all of them again.
 * @param again asks those anew that did not answer the last time
 */
export async function blenderInstalls(
  data = dataDirectory(),
  { again = false } = {},
): Promise<BlenderInstalls> {
  const memory = join(data, 'blenders.json');
  return await lookForBlenders({ added: await addedPlaces(data), memory, again });
}

/** Paths of what may be Blenders, each file once; nobody has asked them yet. */
export async function blenderCandidates(data = dataDirectory()): Promise<readonly string[]> {
  return await candidates({ added: await addedPlaces(data) });
}

async function addedPlaces(data: string): Promise<readonly string[]> {
  const text = await readFile(join(data, BLENDER_PLACES_FILE), 'utf8').catch(() => '[]');
  try {
    return BLENDER_PLACES.parse(JSON.parse(text));
  } catch {
    return [];
  }
}
