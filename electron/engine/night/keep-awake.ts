import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { windowsCalls } from '../../blender/windows.ts';
import type { Command } from './power.ts';

/** Lets the computer sleep again when it wants to. Idempotent. */
export type Release = () => void;

/**
 * Keeps this computer from going to sleep by itself until it is released or this process has ended; whoever closes the lid
 * or chooses sleep still gets it. Where the system has nothing for it, or refuses, nothing happens.
 */
export async function keepAwake(): Promise<Release> {
  const windows = await windowsCalls();
  if (windows) {
    windows.keepAwake(true);
    return () => windows.keepAwake(false);
  }
  return held(awakeCommands(process.platform, process.pid, existsSync('/run/systemd/system')));
}

/**
 * Programs that keep a computer awake as long as they run, in the order in which they are tried. Each ends with us: that of
 * macOS watches our process, that of Linux our end of its input.
 * @param hasSystemd whether Linux was started by it
 */
export function awakeCommands(
  platform: NodeJS.Platform,
  pid: number,
  hasSystemd: boolean,
): readonly Command[] {
  if (platform === 'darwin') {
    return [{ file: '/usr/bin/caffeinate', args: ['-i', '-w', String(pid)] }];
  }
  if (platform !== 'linux' || !hasSystemd) return [];
  // Who is logged on from elsewhere may keep it from idling only.
  return ['sleep:idle', 'idle'].map((what) => ({
    file: 'systemd-inhibit',
    args: [`--what=${what}`, '--who=Nightshift', '--why=It renders', '--mode=block', 'cat'],
  }));
}

/** Runs the first of them that does not end at once by itself. Exported for its test. */
export function held([command, ...others]: readonly Command[]): Release {
  if (command === undefined) return () => {};
  let isReleased = false;
  let release: Release = () => {};
  const child = started(command);
  child.once('exit', (code) => {
    if (code !== 0 && !isReleased) release = held(others);
  });
  // One that is not there has no such end.
  child.once('error', () => {
    if (!isReleased) release = held(others);
  });
  return () => {
    isReleased = true;
    child.stdin?.end();
    child.kill();
    release();
  };
}

/** In a session of its own: it asks nobody at the terminal for a password. */
function started({ file, args }: Command): ChildProcess {
  const child = spawn(file, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin?.on('error', () => {});
  child.unref();
  // A pipe to a program is a socket here, which keeps nobody waiting for it.
  (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return child;
}
