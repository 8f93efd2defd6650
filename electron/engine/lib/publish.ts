import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { mayPass } from './held-file.ts';
import { withHandles } from './with-handles.ts';

/** Brings what was written to the file onto the disk. Throws what the disk says. */
export async function flushFile(file: string): Promise<void> {
  // Windows flushes only through a handle that may write.
  const handle = await withHandles(() => open(file, 'r+'));
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Gives a flushed file its final name, over one that is there already, and makes the name durable.
 * Both paths are on the same disk. Throws what the file system says; the staged file is then still there.
 */
export async function publish(staged: string, final: string): Promise<void> {
  await renameFile(staged, final);
  await flushDirectory(dirname(final));
}

/** Makes the names in a folder durable; nothing where the system has no such thing. */
export async function flushDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const opened = withHandles(() => open(directory, 'r'));
  const handle = await opened.catch((error: NodeJS.ErrnoException) => {
    // A folder that may be written to but not listed.
    if (error.code === 'EACCES') return null;
    throw error;
  });
  if (!handle) return;
  try {
    await handle.sync();
  } catch (error) {
    // Network file systems that can't flush a folder say one of these.
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF', 'EPERM', 'EISDIR'].includes(code)) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Renames a file, over one that is there already; every rename of ours is this one. On Windows a virus scanner or a viewer
 * may hold either for a moment, so it is tried for two seconds. Throws what the file system says.
 */
export async function renameFile(from: string, to: string): Promise<void> {
  for (let wait = 20; ; wait *= 2) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (!mayPass(error) || wait > 1000) throw error;
      await pause(wait);
    }
  }
}
