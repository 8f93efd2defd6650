import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { mayPass } from './held-file.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Removes a folder of temporary files. What another program holds stays: it is nobody's, and the next start tries again.
 * Never throws.
 */
export async function removeTemporary(folder: string): Promise<void> {
  await removed(folder).catch(() => undefined);
}

/** An empty folder for temporary files: this one, or one beside it where something in it is held. Throws what the disk says. */
export async function freshTemporary(folder: string): Promise<string> {
  const isEmpty = await removed(folder).then(
    () => true,
    () => false,
  );
  const fresh = isEmpty ? folder : `${folder}-${randomUUID().slice(0, 8)}`;
  await makeFolder(fresh);
  return fresh;
}

/** On Windows a virus scanner may have what was just written. Node's own tries multiply with the depth of the folder. */
async function removed(folder: string): Promise<void> {
  for (let wait = 50; ; wait *= 2) {
    try {
      return await rm(folder, { recursive: true, force: true });
    } catch (error) {
      if (!mayPass(error) || wait > 400) throw error;
      await pause(wait);
    }
  }
}
