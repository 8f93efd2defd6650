import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../lib/atomic-file.ts';

const recordedWorkers = z.array(z.object({ pid: z.int().positive(), token: z.string().min(1) }));
/** A Blender of ours: the token stands on its command line, so that a reused pid is not mistaken. */
export type RecordedWorker = Readonly<z.infer<typeof recordedWorkers>[number]>;

/** Writes down which Blenders run for this batch, for the next start to find any that were left. */
export async function recordWorkers(
  directory: string,
  workers: readonly RecordedWorker[],
): Promise<void> {
  await writeAtomically(workersFile(directory), `${JSON.stringify(workers, null, 2)}\n`);
}

/** The Blenders written down last. Empty if none were, or if the file can't be used. */
export async function readWorkers(directory: string): Promise<readonly RecordedWorker[]> {
  try {
    const value: unknown = JSON.parse(await readFile(workersFile(directory), 'utf8'));
    const parsed = recordedWorkers.safeParse(value);
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}

function workersFile(directory: string): string {
  return join(directory, 'workers.json');
}
