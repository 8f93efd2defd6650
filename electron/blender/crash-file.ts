import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The head of the backtrace that a crashing Blender left in its TMPDIR; empty if there is none. */
export async function readCrash(temporary: string): Promise<string[]> {
  const names = await readdir(temporary).catch(() => []);
  const name = names.find((file) => file.endsWith('.crash.txt'));
  if (!name) return [];
  const text = await readFile(join(temporary, name), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').slice(0, HEAD);
}

const HEAD = 8;
