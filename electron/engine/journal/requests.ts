import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../lib/atomic-file.ts';
import { inTurn, readLockRecord } from './lock-file.ts';

/** What others want of the process that renders a batch: all is cancelled, or the shots with these ids. */
export type Cancelling = 'all' | readonly string[];

const fileSchema = z.array(
  z.object({
    id: z.string(),
    /** Of the lock of the run that is meant: a later one does not obey it. */
    to: z.string(),
    cancel: z.union([z.literal('all'), z.array(z.string())]),
  }),
);
type Request = Readonly<z.infer<typeof fileSchema>[number]>;

/**
 * Asks the process that renders a batch, on whatever computer, to cancel; it looks each second or two. False: nobody is
 * there to be asked. Throws what the disk says.
 * @param directory the folder of the checkpoint
 */
export async function askToCancel(directory: string, cancel: Cancelling): Promise<boolean> {
  const holder = await readLockRecord(directory);
  if (!holder) return false;
  const asked: Request = {
    id: randomUUID(),
    to: holder.token,
    cancel: cancel === 'all' ? cancel : [...cancel],
  };
  // Two processes that ask at the same moment must not overwrite each other's request.
  await inTurn(join(directory, 'requests.changing'), 'The list of requests', async () => {
    const before = (await read(directory)).filter(({ to }) => to === holder.token);
    await writeAtomically(fileIn(directory), `${JSON.stringify([...before, asked])}\n`);
  });
  return true;
}

const LOOK_MS = 1000;

/**
 * Looks for what a run is asked for by others, until that is ended.
 * @param token of the run's lock
 * @param obey told of each request once
 * @returns ends it, and removes what was asked
 */
export function watchRequests(
  directory: string,
  token: string,
  obey: (cancelling: Cancelling) => void,
): () => Promise<void> {
  const obeyed = new Set<string>();
  // A file that is there already is seen to change at once, also on a network drive, which remembers what was missing.
  const made = writeFile(fileIn(directory), '[]\n', { flag: 'wx' }).catch(() => {});
  let looking: Promise<void> = made;
  const look = async () => {
    for (const { id, to, cancel } of await read(directory)) {
      if (to !== token || obeyed.has(id)) continue;
      obeyed.add(id);
      obey(cancel);
    }
  };
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, LOOK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await looking;
    await rm(fileIn(directory), { force: true }).catch(() => {});
  };
}

/** Nothing where it can't be read. */
async function read(directory: string): Promise<readonly Request[]> {
  try {
    const value: unknown = JSON.parse(await readFile(fileIn(directory), 'utf8'));
    const parsed = fileSchema.safeParse(value);
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}

function fileIn(directory: string): string {
  return join(directory, 'requests.json');
}
