import { randomUUID } from 'node:crypto';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import type { z } from 'zod';
import { publish, renameFile } from './publish.ts';

/** The newest write of each file that is still under way. */
const underWay = new Map<string, Promise<void>>();

/**
 * Writes a small file whole or not at all, also when the power goes. Writes of one file follow the
 * order of the calls. Throws what the disk says; the old file is then still there.
 * @param mode as `chmod` has it; not given: as all files of this user
 */
export async function writeAtomically(file: string, text: string, mode?: number): Promise<void> {
  const before = underWay.get(file) ?? Promise.resolve();
  // Another's failure is told to the other.
  const mine = before.catch(() => {}).then(() => replaced(file, text, mode));
  underWay.set(file, mine);
  try {
    await mine;
  } finally {
    if (underWay.get(file) === mine) underWay.delete(file);
  }
}

async function replaced(file: string, text: string, mode?: number): Promise<void> {
  const staged = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(staged, 'w', mode);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await publish(staged, file);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
}

/** Puts a file that can't be used aside, with `.bad` behind its name, for a person to look at. Never throws. */
export async function setAside(file: string): Promise<void> {
  await renameFile(file, `${file}.bad`).catch(() => undefined);
}

/** Writes a file that may be lost with the power: whole or not at all for who reads it meanwhile. Throws what the disk says. */
export async function writeQuickly(file: string, data: string | Uint8Array): Promise<void> {
  const staged = `${file}.${randomUUID()}.part`;
  try {
    await writeFile(staged, data);
    await renameFile(staged, file);
  } catch (error) {
    await rm(staged, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** What a JSON text says; `null`: it is none, or says something else than the schema knows. */
export function jsonAs<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What a small JSON file says; `null` also where it can't be read. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  return jsonAs(schema, await readFile(file, 'utf8').catch(() => ''));
}
