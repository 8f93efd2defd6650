import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkpointDirectory, createBatchFromDirectory } from '../../electron/engine/index.ts';
import type { Batch } from '../../shared/batch.ts';
import { STAND_IN } from '../engine/rig.ts';

/** Where the recorded checkpoint of a version lies. */
export function recordedFolder(version: 1): string {
  return resolve(import.meta.dirname, `recorded/version-${version}`);
}

/** A folder with the shots, the frames and the checkpoint that an older Nightshift left. */
export interface Recorded {
  readonly batch: Batch;
  /** The folder of its checkpoint. */
  readonly checkpoint: string;
  readonly journal: string;
  /** What the journal holds. */
  readonly text: string;
}

/** @param home gets `shots`, `scenes`, `out` and `data` */
export async function placeRecorded(home: string, version: 1): Promise<Recorded> {
  const from = recordedFolder(version);
  for (const name of ['shots', 'scenes']) {
    await cp(join(from, name), join(home, name), { recursive: true });
  }
  await cp(join(from, 'frames'), join(home, 'out'), { recursive: true });
  const batch = await createBatchFromDirectory(join(home, 'shots'), { output: join(home, 'out') });
  const checkpoint = checkpointDirectory(join(home, 'data'), batch.id);
  const journal = join(checkpoint, 'journal.jsonl');
  const kept = await readFile(join(from, 'journal.jsonl'), 'utf8');
  const text = kept.replaceAll('{{HOME}}', home).replaceAll('{{BLENDER}}', STAND_IN);
  await mkdir(checkpoint, { recursive: true });
  await writeFile(journal, text);
  return { batch, checkpoint, journal, text };
}
