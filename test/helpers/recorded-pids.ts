import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The process ids of the Blenders that are written down in the folder of a checkpoint. */
export async function recordedPids(checkpoint: string): Promise<readonly number[]> {
  const text = await readFile(join(checkpoint, 'workers.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text).map(({ pid }: { readonly pid: number }) => pid);
}
