import { mkdir, rmdir, stat, unlink } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { askHolder } from './lock-holder.ts';

/** A process that is just starting has its socket file before it listens; longer than that takes nobody. */
const LISTENS_WITHIN_MS = 100;
/** Who died while clearing does not keep others from it. */
const CLEARS_WITHIN_MS = 10_000;

/**
 * Removes the socket file of a process that died. Only one at a time may: of several that found it at
 * once, each would otherwise remove the socket that the one before has there by now.
 * @param found which file did not answer; see `identity`
 */
export async function clearStale(address: string, found: string): Promise<void> {
  const guard = `${address}.clearing`;
  if (!(await entered(guard))) {
    await pause(LISTENS_WITHIN_MS);
    return;
  }
  try {
    await pause(LISTENS_WITHIN_MS);
    const { held } = await askHolder(address);
    if (!held && (await identity(address)) === found) await unlink(address);
  } catch {
    // It went by itself.
  } finally {
    await rmdir(guard).catch(() => undefined);
  }
}

/**
 * Which file stands at an address; its number alone is given out again. `null` where it is no file:
 * abstract sockets and pipes vanish with their process.
 */
export async function identity(address: string): Promise<string | null> {
  if (address.startsWith('\0') || address.startsWith('\\\\.\\pipe\\')) return null;
  return stat(address, { bigint: true }).then(
    ({ ino, mtimeNs }) => `${ino}-${mtimeNs}`,
    () => null,
  );
}

/** A folder is made by one only. */
async function entered(guard: string): Promise<boolean> {
  const made = await mkdir(guard).then(
    () => true,
    () => false,
  );
  if (made) return true;
  const since = await stat(guard).catch(() => null);
  if (since && Date.now() - since.mtimeMs > CLEARS_WITHIN_MS) {
    await rmdir(guard).catch(() => undefined);
  }
  return false;
}
