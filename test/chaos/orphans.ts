import { setTimeout as delay } from 'node:timers/promises';
import { marked, signal } from './processes.ts';

const PATIENCE_MS = 2000;

/**
 * What still runs so long (two seconds) after the last nightshift of a world has ended, with the seconds that
 * it took to go by itself; what doesn't go in five times that is killed.
 */
export async function findOrphans(
  mark: string,
  patienceMs = PATIENCE_MS,
): Promise<readonly string[]> {
  const began = performance.now();
  const late = new Map<number, string>();
  for (;;) {
    const left = await marked(mark);
    const ms = performance.now() - began;
    if (left.length === 0) break;
    if (ms > patienceMs) {
      for (const { pid, isBlender } of left) {
        late.set(pid, `${isBlender ? 'Blender' : 'process'} ${pid}, gone after ${toSeconds(ms)} s`);
      }
    }
    if (ms > 5 * patienceMs) {
      for (const { pid } of left) {
        signal(pid, 'SIGKILL');
        late.set(pid, `process ${pid}, had to be killed after ${toSeconds(ms)} s`);
      }
      break;
    }
    await delay(25);
  }
  return [...late.values()];
}

function toSeconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
