import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inTurn } from '../journal/lock-file.ts';
import { jsonAs, setAside, writeAtomically } from '../lib/atomic-file.ts';
import { type ChoiceChange, choicesAfter, type FolderChoices, NOTHING_CHOSEN } from './left-out.ts';
import { batchIdOf } from './names.ts';

const files = z.array(z.string().min(1)).max(1_000_000);
const schema = z.object({
  version: z.literal(1),
  folder: z.string(),
  allVersions: z.boolean(),
  backups: z.boolean(),
  takenIn: files,
  leftOut: files,
});

/**
 * What the artist wants of a shot folder, kept in the app data for it, whatever becomes of its batches. What can't be
 * understood is set aside, and nothing is chosen then. Throws what the disk says.
 * @param data the app data directory
 * @param folder absolute, links resolved
 */
export async function folderChoices(data: string, folder: string): Promise<FolderChoices> {
  const path = placeOf(data, folder);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return NOTHING_CHOSEN;
  const found = jsonAs(schema, text);
  if (found === null) await setAside(path);
  if (found === null) return NOTHING_CHOSEN;
  const { allVersions, backups, takenIn, leftOut } = found;
  return { allVersions, backups, takenIn, leftOut };
}

/** Changes it from what it is on disk, one at a time among all processes. Throws what the disk says. */
export async function changeFolderChoices(
  data: string,
  folder: string,
  change: ChoiceChange,
): Promise<void> {
  const path = placeOf(data, folder);
  await mkdir(folders(data), { recursive: true });
  await inTurn(`${path}.changing`, 'What is left out of this folder', async () => {
    const now = choicesAfter(await folderChoices(data, folder), change);
    await writeAtomically(path, textOf(folder, now));
  });
}

/** The folder is somewhere else now. What was chosen there already stays. Throws what the disk says. */
export async function moveFolderChoices(data: string, from: string, to: string): Promise<void> {
  const chosen = await folderChoices(data, from);
  if (chosen === NOTHING_CHOSEN || (await folderChoices(data, to)) !== NOTHING_CHOSEN) return;
  await writeAtomically(placeOf(data, to), textOf(to, chosen));
}

function textOf(folder: string, choices: FolderChoices): string {
  return `${JSON.stringify({ version: 1, folder, ...choices }, null, 2)}\n`;
}

function folders(data: string): string {
  return join(data, 'folders');
}

function placeOf(data: string, folder: string): string {
  return join(folders(data), `${batchIdOf(folder, '')}.json`);
}
