import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type CheckpointSummary, listCheckpoints } from '../batch/index.ts';
import { UsageError } from './exit-codes.ts';

/**
 * The batch that a person means by an id, the beginning of one, or its shot folder; the newest one
 * where nothing is said. Throws `UsageError` where it is none or several.
 */
export async function findBatch(data: string, said: string | null): Promise<CheckpointSummary> {
  const all = await listCheckpoints(data);
  const newest = all[0];
  if (!newest) throw new UsageError('There is no batch yet. Render a folder first.');
  if (said === null) return newest;
  const exact = all.find(({ id }) => id === said);
  if (exact) return exact;
  const folder = await realpath(said).catch(() => resolve(said));
  // Several outputs of one folder are several batches; the newest is meant.
  const inFolder = all.find((batch) => batch.folder === folder);
  if (inFolder) return inFolder;
  const starting = said === '' ? [] : all.filter(({ id }) => id.startsWith(said));
  if (starting.length === 1 && starting[0]) return starting[0];
  if (starting.length > 1) {
    const ids = starting.map(({ id }) => id).join(', ');
    throw new UsageError(`More than one batch begins with ${said}: ${ids}. Say more of its id.`);
  }
  throw new UsageError(`No batch is called ${said}. nightshift list shows them all.`);
}
