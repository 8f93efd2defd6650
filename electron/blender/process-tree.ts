import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { exists } from './spawn-here.ts';
import { windowsProgram } from './windows.ts';

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
  if (process.platform === 'win32') return killWindowsTree(pid);
  // Before the kill: afterwards a descendant in another group has lost its parent.
  const descendants = await descendantsOf(pid);
  signalGroup(pid, 'SIGKILL');
  for (const descendant of descendants) signalOne(descendant, 'SIGKILL');
  await gone([pid, ...descendants]);
}

/** Where `taskkill` is not there, hangs or may not, the process alone: better than one that is waited for in vain. */
async function killWindowsTree(pid: number): Promise<void> {
  const killed = await saidBy(windowsProgram('taskkill'), ['/pid', String(pid), '/T', '/F']);
  if (killed === null) signalOne(pid, 'SIGKILL');
  await gone([pid]);
}

/**
 * Kills every process whose environment holds this text, such as `NAME=value`, and waits until they have ended. What a Blender started in a
 * session of its own has no other tie to it once it has died. Only Linux shows the environment.
 */
export async function killMarked(mark: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const others = (await linuxPids()).filter((pid) => pid !== process.pid);
  const look = async (pid: number) => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(mark)) return [];
    signalOne(pid, 'SIGKILL');
    return [pid];
  };
  await gone((await Promise.all(others.map(look))).flat());
}

/**
 * Processor time that a process and everything that descends from it have taken so far, in ms, what has ended and was
 * waited for included; `null` where the system does not tell. Costs as much as one look at all processes.
 */
export async function computedMs(pid: number): Promise<number | null> {
  const all = await processTable();
  if (!all.has(pid)) return null;
  const own = withDescendants(pid, all).map((one) => all.get(one)?.computedMs ?? null);
  const known = own.filter((ms) => ms !== null);
  return known.length === 0 ? null : known.reduce((sum, ms) => sum + ms, 0);
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
  return withDescendants(pid, await processTable()).slice(1);
}

/** The process itself first. */
function withDescendants(pid: number, all: ReadonlyMap<number, ProcessRow>): number[] {
  const found = new Set([pid]);
  // What is added while it goes on has its turn too.
  for (const one of found) {
    for (const [child, { parent }] of all) if (parent === one) found.add(child);
  }
  return [...found];
}

interface ProcessRow {
  readonly parent: number;
  /** `null`: the system does not tell. */
  readonly computedMs: number | null;
}

/** All processes that run now. */
async function processTable(): Promise<ReadonlyMap<number, ProcessRow>> {
  if (process.platform === 'linux') return linuxProcesses();
  const rows = process.platform === 'win32' ? await windowsProcesses() : await psProcesses();
  return new Map(rows.map(([pid, parent, computedMs]) => [pid, { parent, computedMs }]));
}

async function linuxProcesses(): Promise<ReadonlyMap<number, ProcessRow>> {
  const pids = await linuxPids();
  const stats = await Promise.all(pids.map(async (pid) => [pid, await statOf(pid)] as const));
  return new Map(stats.flatMap(([pid, stat]) => (stat ? [[pid, stat] as const] : [])));
}

async function linuxPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

type Row = readonly [pid: number, parent: number, computedMs: number | null];

async function psProcesses(): Promise<readonly Row[]> {
  const columns = ['-A', '-o', 'pid=,ppid=,time='];
  const rows = await saidBy('ps', columns);
  return (rows ?? '').split('\n').flatMap(psRow);
}

/** Of `ps -o pid=,ppid=,time=`; the time is `1-02:03:04`, `02:03:04` or, on macOS, `3:04.05`. Exported for its test. */
export function psRow(line: string): Row[] {
  const found = /^\s*(\d+)\s+(\d+)\s+(?:(\d+)-)?([\d:.]+)\s*$/.exec(line);
  if (!found) return [];
  const [, pid, parent, days = '0', clock = ''] = found;
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const ms = (Number(days) * 86_400 + seconds) * 1000;
  return [[Number(pid), Number(parent), Number.isFinite(ms) ? Math.round(ms) : null]];
}

async function windowsProcesses(): Promise<readonly Row[]> {
  const rows = await saidBy(windowsProgram('powershell'), [
    '-NoProfile',
    '-NonInteractive',
    '-Command',
    'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.KernelModeTime + $_.UserModeTime)" }',
  ]);
  return (rows ?? '').split('\n').flatMap((line) => {
    const [pid, parent, ticks] = line.trim().split(/\s+/).map(Number);
    if (pid === undefined || parent === undefined || !Number.isInteger(pid)) return [];
    // Windows counts in units of 100 ns.
    return [[pid, parent, Number.isFinite(ticks) ? (ticks as number) / 10_000 : null] as const];
  });
}

/**
 * What a short program of the system printed; `null`: it is not there, failed, or took too long. With Node's own means: each
 * start asks such a program, and execa takes longer to load than it takes to answer.
 */
export function saidBy(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: ASK_MS, windowsHide: true, maxBuffer: MOST_SAID };
    const child = execFile(program, args, options, (error, stdout) => {
      resolve(error ? null : stdout);
    });
    child.stdin?.on('error', () => {}).end();
  });
}

const ASK_MS = 10_000;
/** Bytes: the processes of a large machine. */
const MOST_SAID = 64 * 2 ** 20;

/**
 * From /proc/PID/stat, whose second field may hold blanks and brackets: state letter, parent, and processor time in
 * ticks (user and system, its own and that of children that it has waited for), of which a second has a hundred.
 */
async function statOf(pid: number): Promise<(ProcessRow & { state: string }) | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  if (!state || !parent) return undefined;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  const computedMs = Number.isFinite(ticks) ? ticks * 10 : null;
  return { state, parent: Number(parent), computedMs };
}

/** Sends a signal to one process; nothing if it is gone. */
export function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone, which is what was wanted.
  }
}
