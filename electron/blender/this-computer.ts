import { once } from 'node:events';
import { access, constants, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { within } from './clock.ts';
import type { Command, Exit, Host, Launched } from './host.ts';
import {
  computedMs,
  isRunning,
  killMarked,
  killTree,
  saidBy,
  signalGroup,
} from './process-tree.ts';
import { type Child, lowerPriority, MARK, spawnHere } from './spawn-here.ts';
import { type WindowsJob, windowsCalls, windowsProgram } from './windows.ts';

/** Programs run here, at a lower priority than the artist's own, and end when we do. */
export const THIS_COMPUTER: Host = {
  launch: async (command) => {
    try {
      const windows = await windowsCalls();
      const [program, args] = await tiedToUs(command.program, command.args, command.onOurDeath);
      const child = spawnHere({ ...command, program, args });
      // At once: what it has started before is not in it.
      const job = child.pid === undefined ? null : (windows?.jobAround(child.pid) ?? null);
      // The first listener for errors must be there before anything is awaited.
      await once(child, 'spawn');
      return launched(child, command, job);
    } catch (error) {
      return { error: (error as NodeJS.ErrnoException).code ?? String(error) };
    }
  },
  blame: async () => null,
};

function launched(child: Child, { token, deaf }: Command, job: WindowsJob | null): Launched {
  const pid = child.pid as number;
  lowerPriority(pid);
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  if (deaf) child.stdin.end();
  const ended = end(child, pid, token, job);
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  return {
    place: null,
    pid,
    stdout: child.stdout,
    stderr: child.stderr,
    write: (line) => {
      if (child.stdin.writable) child.stdin.write(`${line}\n`);
    },
    ended,
    interrupt: () => {
      if (hasEnded || process.platform === 'win32') return false;
      signalGroup(pid, 'SIGINT');
      return true;
    },
    kill: async () => {
      // What may not be killed from here, such as another user's, or runs elsewhere, ends with its input.
      child.stdin.destroy();
      // Its id may be another's by now.
      if (!hasEnded) await killTree(pid);
      job?.end();
      await within(KILL_MS, ended);
      // The system can't end it, as on a disk that hangs: it stays written down, and the night goes on without it.
      if (!hasEnded) leave(child);
    },
    computedMs: () => computedMs(pid),
  };
}

async function end(
  child: Child,
  pid: number,
  token: string | undefined,
  job: WindowsJob | null,
): Promise<Exit> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const exit = await new Promise<Exit>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  // What it started must not outlive it, and would keep the pipes open.
  if (process.platform !== 'win32') signalGroup(pid, 'SIGKILL');
  job?.end();
  if (token !== undefined) await killMarked(markOf(token));
  await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]);
  leave(child);
  return exit;
}

const LAST_WORDS_MS = 300;
/** What was killed is gone at once, or not for long. */
const KILL_MS = 15_000;

/** Neither its pipes nor its end keep us from ending. */
function leave(child: Child): void {
  child.stdin.destroy();
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
}

/** Whose it is, in the environment of all that a program starts. */
export function markOf(token: string): string {
  return `${MARK}=${token}`;
}

// ---- Its end is tied to ours

/**
 * On Linux the kernel ends what is started like this when we die, from its first moment on: Blender
 * needs seconds to come to our runner, which asks for the same. Elsewhere, and where `setpriv`
 * (util-linux) can't do it, the command as it is: also for a program that is not there, so that `spawn`
 * says so and not setpriv.
 */
export async function tiedToUs(
  program: string,
  args: readonly string[],
  signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL',
): Promise<readonly [program: string, args: readonly string[]]> {
  if (process.platform !== 'linux') return [program, args];
  if (!(await canTie()) || !(await canRun(program))) return [program, args];
  return ['setpriv', ['--pdeathsig', signal.slice(3), '--', program, ...args]];
}

/** Asked once, but for a no: the computer may only have been too busy to answer, and a night is long. */
async function canTie(): Promise<boolean> {
  ties ??= saidBy('setpriv', ['--pdeathsig', 'KILL', 'true']).then((said) => said !== null);
  const can = await ties;
  if (!can) ties = undefined;
  return can;
}

let ties: Promise<boolean> | undefined;

/** Whether a program is there: at its path, or by its name where the system looks for programs. */
export async function canRun(program: string): Promise<boolean> {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  const tries = folders.map((folder) =>
    access(folder === '' ? program : join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(tries)).includes(true);
}

// ---- What an earlier Nightshift left

/**
 * Ends the process tree of a program that an earlier Nightshift left behind. A process id is given
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

/** The command line of a running process as one text; `null` if there is no such process. */
export async function commandLineOf(pid: number): Promise<string | null> {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform === 'linux') return linuxCommandLine(pid);
  const [command, args] =
    process.platform === 'win32'
      ? ([
          windowsProgram('powershell'),
          [
            '-NoProfile',
            '-NonInteractive',
            '-Command',
            `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`,
          ],
        ] as const)
      : (['ps', ['-ww', '-o', 'command=', '-p', String(pid)]] as const);
  const line = (await saidBy(command, args))?.trim() ?? '';
  return line === '' ? null : line;
}

async function linuxCommandLine(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const line = text.replaceAll('\0', ' ').trim();
  return line === '' ? null : line;
}
