import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';

/** True while the process can still do something: a zombie has ended. */
export async function isRunning(pid: number): Promise<boolean> {
  if (!exists(pid)) return false;
  if (process.platform !== 'linux') return true;
  const state = (await statOf(pid))?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/**
 * Kills a process, its group and everything that descends from it, and waits until they have ended.
 * Safe if it is gone. It must have been started as leader of its own group (`detached` on POSIX).
 */
export async function killTree(pid: number): Promise<void> {
  if (process.platform === 'win32') {
    await execa('taskkill', ['/pid', String(pid), '/T', '/F'], {
      reject: false,
      windowsHide: true,
    });
    return;
  }
  // Before the kill: afterwards a descendant in another group has lost its parent.
  const descendants = await descendantsOf(pid);
  signalGroup(pid, 'SIGKILL');
  for (const descendant of descendants) signalOne(descendant, 'SIGKILL');
  await gone([pid, ...descendants]);
}

/**
 * Kills every process whose environment holds this text, such as `NAME=value`. What a Blender started in a
 * session of its own has no other tie to it once it has died. Only Linux shows the environment.
 */
export async function killMarked(mark: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const others = (await linuxPids()).filter((pid) => pid !== process.pid);
  const look = async (pid: number) => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(mark)) signalOne(pid, 'SIGKILL');
  };
  await Promise.all(others.map(look));
}

/** Sends a signal to a process group, or to the one process where there are no groups. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    signalOne(pid, signal);
    return;
  }
  signalOne(-pid, signal);
}

/** Ends are quick but not immediate; what a broken disk holds for longer can't be waited for. */
async function gone(pids: readonly number[]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const running = await Promise.all(pids.map(isRunning));
    if (!running.includes(true)) return;
    await delay(10);
  }
}

async function descendantsOf(pid: number): Promise<number[]> {
  const parents = process.platform === 'linux' ? await linuxParents() : await psParents();
  const found: number[] = [];
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [child, parent] of parents) {
      if (parent !== next || found.includes(child)) continue;
      found.push(child);
      waiting.push(child);
    }
  }
  return found;
}

async function linuxParents(): Promise<Map<number, number>> {
  const pids = await linuxPids();
  const stats = await Promise.all(pids.map(async (pid) => [pid, await statOf(pid)] as const));
  return new Map(stats.flatMap(([pid, stat]) => (stat ? [[pid, stat.parent] as const] : [])));
}

async function linuxPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function psParents(): Promise<Map<number, number>> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid='], { reject: false });
  const rows = (stdout ?? '').split('\n').map((row) => row.trim().split(/\s+/).map(Number));
  return new Map(
    rows.flatMap(([pid, parent]) =>
      pid !== undefined && parent !== undefined ? [[pid, parent] as const] : [],
    ),
  );
}

/** State letter and parent, from /proc/PID/stat, whose second field may hold blanks and brackets. */
async function statOf(pid: number): Promise<{ state: string; parent: number } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  return state && parent ? { state, parent: Number(parent) } : undefined;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it means that it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone, which is what was wanted.
  }
}
