import type { PowerAct } from '../../../shared/schedule.ts';
import { windowsProgram } from '../../blender/windows.ts';

/** A program and its arguments; no shell stands between. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export type RunCommand = (command: Command) => Promise<unknown>;

/**
 * What puts a computer to sleep or shuts it down, in the order in which it is tried. None of it ends a
 * program by force: one with unsaved work keeps the computer on.
 */
export function powerCommands(act: PowerAct, platform: NodeJS.Platform): readonly Command[] {
  switch (platform) {
    case 'darwin':
      return act === 'sleep'
        ? [{ file: 'pmset', args: ['sleepnow'] }]
        : [{ file: 'osascript', args: ['-e', 'tell application "System Events" to shut down'] }];
    case 'win32':
      return act === 'sleep'
        ? [{ file: windowsProgram('powershell'), args: ['-NoProfile', '-Command', SUSPEND] }]
        : // A time above 0 would force programs to end.
          [{ file: windowsProgram('shutdown'), args: ['/s', '/t', '0'] }];
    default: {
      const word = act === 'sleep' ? 'suspend' : 'poweroff';
      // The second for systems without systemd, which have elogind.
      return ['systemctl', 'loginctl'].map((file) => ({ file, args: [word] }));
    }
  }
}

/** Not rundll32's SetSuspendState, which hibernates where hibernation is on. */
const SUSPEND =
  "Add-Type -AssemblyName System.Windows.Forms; [void][System.Windows.Forms.Application]::SetSuspendState('Suspend', $false, $false)";

/** Puts this computer to sleep or shuts it down. Rejects with a sentence where the system refuses. */
export async function changePower(
  act: PowerAct,
  platform: NodeJS.Platform = process.platform,
  run: RunCommand = runCommand,
): Promise<void> {
  let reason = '';
  for (const command of powerCommands(act, platform)) {
    const since = Date.now();
    try {
      await run(command);
      return;
    } catch (error) {
      // Windows answers when the computer has woken up again, and then its time is long over.
      if (act === 'sleep' && Date.now() - since > 2 * LONGEST_MS) return;
      reason ||= shortReason(error);
    }
  }
  const what = act === 'sleep' ? 'put to sleep' : 'shut down';
  throw new Error(`This computer could not be ${what}: ${reason}. It stays on.`);
}

const LONGEST_MS = 20_000;

async function runCommand({ file, args }: Command): Promise<void> {
  const { execa } = await import('execa');
  await execa(file, args, { timeout: LONGEST_MS, stdin: 'ignore', windowsHide: true });
}

function shortReason(error: unknown): string {
  const { shortMessage, message } = error as { shortMessage?: string; message?: string };
  const [line = ''] = (shortMessage ?? message ?? String(error)).split('\n');
  return line.replace(/\.$/, '');
}
