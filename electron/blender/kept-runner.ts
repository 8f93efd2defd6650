import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOurs } from './own-folder.ts';
import { RUNNER_FILES } from './runner-files.ts';

/** How Python finds the modules of the runner. */
const PACKAGE = 'nightshift_runner';
/** What no Blender was started from for so long was of another version of ours. */
const UNUSED_MS = 30 * 86_400_000;

/** Writes the runner into a folder and gives the path of `runner.py`. */
export async function writeRunner(folder: string): Promise<string> {
  const own = join(folder, PACKAGE);
  await mkdir(own).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await Promise.all([...RUNNER_FILES].map(([name, text]) => writeFile(join(own, name), text)));
  return join(own, 'runner.py');
}

/**
 * The runner in a folder that stays: Python compiles it for the first Blender, beside it, and reads that for all others, which
 * takes a tenth of a second less. Its name is that of its contents, its time that of its last use, and what lies there is looked
 * at each time.
 * Gives the path of `runner.py`; `null`: it can't be kept there.
 */
export async function keptRunner(folder: string): Promise<string | null> {
  if (!isOurs(folder)) return null;
  const kept = join(folder, contentsName());
  const runner = join(kept, PACKAGE, 'runner.py');
  if (isWhole(join(kept, PACKAGE))) {
    const now = new Date();
    await utimes(kept, now, now).catch(() => {});
    return runner;
  }
  const fresh = `${kept}.${randomUUID().slice(0, 8)}`;
  try {
    await mkdir(fresh, { recursive: true });
    await writeRunner(fresh);
    await putInPlace(fresh, kept);
    await removeUnused(folder, kept);
    return runner;
  } catch {
    await rm(fresh, { recursive: true, force: true }).catch(() => {});
    // Another process was faster, or the disk refuses.
    return isWhole(join(kept, PACKAGE)) ? runner : null;
  }
}

let name: string | undefined;

function contentsName(): string {
  if (name === undefined) {
    const hash = createHash('sha256');
    for (const [file, text] of RUNNER_FILES) hash.update(`${file}\0${text}\0`);
    name = hash.digest('hex').slice(0, 16);
  }
  return name;
}

/** Nobody's whole runner is taken away for it: a Blender may be starting from that. */
async function putInPlace(fresh: string, kept: string): Promise<void> {
  const refused = await rename(fresh, kept).then(
    () => null,
    (error: unknown) => error,
  );
  if (refused === null) return;
  if (isWhole(join(kept, PACKAGE))) throw refused;
  const spoilt = `${fresh}.spoilt`;
  await rename(kept, spoilt);
  await rename(fresh, kept);
  await rm(spoilt, { recursive: true, force: true });
}

/** Whether all of it is there, as it is to be; a power cut may have cut it off. At once: so thirty small files take a millisecond. */
function isWhole(own: string): boolean {
  try {
    return [...RUNNER_FILES].every(
      ([file, text]) => readFileSync(join(own, file), 'utf8') === text,
    );
  } catch {
    return false;
  }
}

async function removeUnused(folder: string, but: string): Promise<void> {
  for (const other of await readdir(folder)) {
    const path = join(folder, other);
    const isOld = path !== but && (await stat(path)).mtimeMs < Date.now() - UNUSED_MS;
    if (isOld) await rm(path, { recursive: true, force: true });
  }
}
