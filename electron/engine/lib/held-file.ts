import { randomUUID } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What Windows says of a file that may not be renamed or removed now; also of one that never may. */
const REFUSALS = ['EPERM', 'EACCES', 'EBUSY'];

/** Whether an error of the file system may pass by itself, since a program that shows or scans a file keeps it for a moment. */
export function mayPass(error: unknown, platform = process.platform): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  return platform === 'win32' && REFUSALS.includes(code);
}

/**
 * The file that another program has open, so that nothing could be done with it: a preview, a player, a virus scanner, a
 * synchronised folder. `null`: it was something else, such as missing rights. Only Windows keeps files like that.
 */
export async function heldFile(
  error: unknown,
  platform = process.platform,
): Promise<string | null> {
  const { code, path, dest } = (error ?? {}) as NodeJS.ErrnoException & { dest?: string };
  const file = dest !== undefined && (await modeOf(dest)) !== null ? dest : path;
  if (file === undefined || !mayPass(error, platform)) return null;
  if (code === 'EBUSY') return file;
  // The same words are used of a file that is write-protected, and of a folder that takes none.
  const mode = await modeOf(file);
  const isProtected = mode !== null && (mode & 0o200) === 0;
  return !isProtected && (await takesFiles(dirname(file))) ? file : null;
}

/** How long to wait after so many tries at a held file, ms; `null`: it was tried for ten minutes. */
export function heldDelayMs(tries: number): number | null {
  return tries > MOST_TRIES ? null : Math.min(60_000, 1000 * 2 ** tries);
}

const MOST_TRIES = 14;

/** `null`: there is none. */
async function modeOf(file: string): Promise<number | null> {
  return stat(file).then(
    ({ mode }) => mode,
    () => null,
  );
}

async function takesFiles(folder: string): Promise<boolean> {
  const probe = join(folder, `.nightshift-${randomUUID()}`);
  try {
    await writeFile(probe, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}
