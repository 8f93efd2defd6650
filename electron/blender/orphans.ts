import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { markOf } from './blender-process.ts';
import { isRunning, killMarked, killTree } from './process-tree.ts';

/** The command line of a running process as one text; `null` if there is no such process. */
export async function commandLineOf(pid: number): Promise<string | null> {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform === 'linux') return linuxCommandLine(pid);
  const [command, args] =
    process.platform === 'win32'
      ? ([
          'powershell',
          [
            '-NoProfile',
            '-NonInteractive',
            '-Command',
            `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`,
          ],
        ] as const)
      : (['ps', ['-ww', '-o', 'command=', '-p', String(pid)]] as const);
  const { stdout, failed } = await execa(command, args, {
    reject: false,
    timeout: 10_000,
    windowsHide: true,
  });
  const line = failed ? '' : (stdout ?? '').trim();
  return line === '' ? null : line;
}

/**
 * Ends the process tree of a Blender that an earlier Nightshift left behind. A process id is given
 * out again, so nothing is touched unless its command line still carries our token.
 * True if it was ours and is gone now.
 */
export async function killOrphan(pid: number, token: string): Promise<boolean> {
  if (token === '') return false;
  const line = await commandLineOf(pid);
  const isOurs = line?.split(/\s+/).includes(token) === true;
  if (isOurs) await killTree(pid);
  // What it had started may be left although it is gone itself.
  await killMarked(markOf(token));
  return isOurs && !(await isRunning(pid));
}

async function linuxCommandLine(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const line = text.replaceAll('\0', ' ').trim();
  return line === '' ? null : line;
}
