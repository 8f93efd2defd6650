import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Refusal } from '../refusal.ts';

const MARK = '.nightshift-samples';
const RENDERS = 'renders';

/**
 * The sample shots as a folder that may be written to: a copy in the data directory, made anew
 * when the app brings other samples. What was rendered there stays.
 * @returns the real path of the copy
 */
export async function sampleFolder(source: string, data: string): Promise<string> {
  const target = join(data, 'samples');
  const wanted = await fingerprint(source);
  const present = await readFile(join(target, MARK), 'utf8').catch(() => null);
  if (present !== wanted) await refresh(source, target, wanted);
  return realpath(target);
}

async function refresh(source: string, target: string, mark: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of await readdir(target)) {
    if (name !== RENDERS) await rm(join(target, name), { recursive: true, force: true });
  }
  await cp(source, target, {
    recursive: true,
    filter: (file) => !relative(source, file).split(sep).includes(RENDERS),
  });
  // Last, so that a copy that was cut short is made again.
  await writeFile(join(target, MARK), mark);
}

async function fingerprint(source: string): Promise<string> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true }).catch(() => null);
  if (!entries?.length) {
    throw new Refusal(
      'The sample shots are missing from this installation.',
      'Install Nightshift again, or open a folder of your own shots.',
    );
  }
  const hash = createHash('sha256');
  for (const file of entries
    .filter((entry) => entry.isFile())
    .map(pathOf)
    .sort()) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${relative(source, file)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function pathOf(entry: { readonly parentPath: string; readonly name: string }): string {
  return join(entry.parentPath, entry.name);
}
