import { open, rm } from 'node:fs/promises';
import { publish } from '../proof/publish.ts';

/** Writes a small file whole or not at all, also when the power goes. Throws what the disk says. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const staged = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(staged, 'w');
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
