import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { killMarked, signalGroup } from './process-tree.ts';
import { throughFlatpak, tiedToUs } from './tied-start.ts';
import type { WorkerOptions } from './types.ts';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface BlenderProcess {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Writes one line to its standard input; a Blender that is gone is found out by its end. */
  readonly write: (line: string) => void;
  /** Resolves when it has ended and its last words were read. Never rejects. */
  readonly ended: Promise<Exit>;
}

/** The one place that knows Blender's command line. Fails with the system's error code, such as ENOENT. */
export async function spawnBlender(
  options: WorkerOptions,
  runner: string,
): Promise<BlenderProcess | { readonly error: string }> {
  try {
    const given = blenderArguments(options, runner);
    const [program, args] = await tiedToUs(...throughFlatpak(options.blenderPath, given));
    const child = spawn(program, args, {
      // A group of its own on POSIX, so that the whole tree can be killed.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        TMPDIR: options.temporary,
        TEMP: options.temporary,
        TMP: options.temporary,
        [MARK]: options.token,
      },
    });
    // The first listener for errors must be there before anything is awaited.
    await once(child, 'spawn');
    return wrapped(child, options.token);
  } catch (error) {
    return { error: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

/** Exactly as a person would type it; `-y`/`-Y` always, because the user's preferences may say either. */
function blenderArguments(
  options: Pick<WorkerOptions, 'trusted' | 'factoryStartup' | 'token'>,
  runner: string,
): string[] {
  return [
    '-b',
    options.trusted ? '-y' : '-Y',
    ...(options.factoryStartup ? ['--factory-startup'] : []),
    // From 5.0 on Blender says nothing of a frame's progress without it; before, there is no such topic. Warnings and
    // errors of all other topics are printed as without it.
    '--log',
    'render',
    '--python-exit-code',
    '97',
    '--python',
    runner,
    '--',
    'nightshift',
    options.token,
  ];
}

/** Which of our Blenders a process comes from, in the environment of all that it starts. */
export function markOf(token: string): string {
  return `${MARK}=${token}`;
}

const MARK = 'NIGHTSHIFT_WORKER';

function wrapped(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  token: string,
): BlenderProcess {
  const pid = child.pid as number;
  lowerPriority(pid);
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  return {
    pid,
    stdout: child.stdout,
    stderr: child.stderr,
    write: (line) => {
      if (child.stdin.writable) child.stdin.write(`${line}\n`);
    },
    ended: end(child, pid, token),
  };
}

async function end(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  pid: number,
  token: string,
): Promise<Exit> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const exit = await new Promise<Exit>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  // What it started must not outlive it, and would keep the pipes open.
  if (process.platform !== 'win32') signalGroup(pid, 'SIGKILL');
  await killMarked(markOf(token));
  await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]);
  child.stdin.destroy();
  child.stdout.destroy();
  child.stderr.destroy();
  return exit;
}

const LAST_WORDS_MS = 300;

/** The machine stays usable while it renders. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It is gone already, or the system does not allow it: no reason to render nothing.
  }
}

/**
 * Cuts a stream of bytes into lines and never keeps more than one line of at most `limit` bytes:
 * the rest of a longer line is dropped. A carriage return ends a line too. Invalid UTF-8 becomes U+FFFD.
 */
export function readLines(stream: Readable, limit: number, onLine: (line: string) => void): void {
  let kept: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer) => {
    const room = limit - size;
    if (room <= 0 || part.length === 0) return;
    // A copy: a slice would hold the whole chunk in memory.
    kept.push(Buffer.from(part.subarray(0, room)));
    size += Math.min(room, part.length);
  };
  const end = () => {
    if (size > 0) onLine(Buffer.concat(kept).toString('utf8'));
    kept = [];
    size = 0;
  };
  stream.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] !== LINE_FEED && chunk[at] !== CARRIAGE_RETURN) continue;
      keep(chunk.subarray(from, at));
      end();
      from = at + 1;
    }
    keep(chunk.subarray(from));
  });
  stream.on('end', end);
  // A broken pipe is no news: the process's own end is.
  stream.on('error', () => {});
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
