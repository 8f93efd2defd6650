import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

/** The two ways in which Linux has it; v1 first, since a mixed system has its memory there. */
const PLACES = [
  { folder: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' },
  { folder: '/sys/fs/cgroup', limit: 'memory.max' },
];

/**
 * Makes a group of processes that may take so much memory together, for one test. Gives the words that
 * start a program in it; `null` where there is no such group or it may not be made.
 */
export function memoryGroup(mb: number): readonly string[] | null {
  for (const place of PLACES) {
    const folder = join(place.folder, `nightshift-test-${process.pid}`);
    if (!made(folder, place.limit, mb)) continue;
    onTestFinished(() => vi.waitFor(() => rmdirSync(folder), { timeout: 30_000, interval: 50 }));
    return ['sh', '-c', `echo $$ > '${folder}/cgroup.procs' && exec "$@"`, 'sh'];
  }
  return null;
}

function made(folder: string, limit: string, mb: number): boolean {
  try {
    mkdirSync(folder);
  } catch {
    return false;
  }
  try {
    writeFileSync(join(folder, limit), String(mb * 2 ** 20), { flag: 'r+' });
    return true;
  } catch {
    rmdirSync(folder);
    return false;
  }
}
