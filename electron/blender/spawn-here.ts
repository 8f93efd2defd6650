import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants as os, setPriority } from 'node:os';
import {
  getDefaultHighWaterMark,
  type Readable,
  setDefaultHighWaterMark,
  type Writable,
} from 'node:stream';

export type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Whose it is, in the environment of all that a program starts. */
export const MARK = 'NIGHTSHIFT_WORKER';

/** A program to be started, as it is typed. */
export interface Program {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables besides our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Unique, and one of the arguments: by it all that comes of this program is found again, also by a later start. */
  readonly token?: string;
}

/** Starts a program on this computer. Who calls it listens for its `spawn` and its `error`. */
export function spawnHere({
  program,
  args,
  env,
  token,
  cwd,
}: Program & { readonly cwd?: string }): Child {
  const usual = getDefaultHighWaterMark(false);
  // What nobody has asked for yet waits in the pipe, which the system fills without us (`readChatter`).
  setDefaultHighWaterMark(false, 1);
  try {
    return spawn(program, args, {
      // A group of its own on POSIX, so that the whole tree can be killed.
      detached: process.platform !== 'win32',
      windowsHide: true,
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env, ...(token !== undefined && { [MARK]: token }) },
    });
  } finally {
    setDefaultHighWaterMark(false, usual);
  }
}

/** The machine stays usable while it renders. */
export function lowerPriority(pid: number): void {
  try {
    setPriority(pid, os.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It is gone already, or the system does not allow it: no reason to render nothing.
  }
}

/** Whether there is a process of that id, whoever's it is. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it means that it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
