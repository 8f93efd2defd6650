import { readdir, readFile } from 'node:fs/promises';

/** A process that runs with our mark in its environment. */
export interface Marked {
  readonly pid: number;
  readonly isBlender: boolean;
}

export const MARK = 'NIGHTSHIFT_CHAOS';

/** Everything that descends from one start of ours, whatever became of its parents. A zombie is none. */
export async function marked(mark: string): Promise<readonly Marked[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (!`\0${environment}`.includes(`\0${MARK}=${mark}\0`)) return null;
      const command = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
      return { pid: Number(pid), isBlender: command.includes('\0--python-exit-code\0') };
    }),
  );
  return found.filter((one) => one !== null);
}

/** Sends a signal; false if there is no such process any more. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
