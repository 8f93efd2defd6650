import { readdir } from 'node:fs/promises';
import { batchesDirectory, checkpointDirectory } from './data-directory.ts';
import { isHeld } from './lock.ts';

/** Ids of the batches of a data directory that some process of this computer renders right now. */
export async function liveBatches(data: string): Promise<readonly string[]> {
  const entries = await readdir(batchesDirectory(data), { withFileTypes: true }).catch(() => []);
  const ids = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const held = await Promise.all(
    ids.map(async (id) => (await isHeld(checkpointDirectory(data, id))).held),
  );
  return ids.filter((_, index) => held[index]);
}
