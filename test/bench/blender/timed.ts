import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { signalGroup } from '../../../electron/blender/process-tree.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Where everything that it says goes. */
  readonly log: string;
  /** A file for its standard input; default: nothing. */
  readonly input?: string;
  /** Aborted: it is killed with everything that it started. */
  readonly signal: AbortSignal;
}

/** Seconds from the start of a command to its end. Throws, with its last words, where it does not end well. */
export async function timed(command: Command): Promise<number> {
  const { program, args, log, input = '/dev/null', signal } = command;
  signal.throwIfAborted();
  const said = await open(log, 'w');
  const given = await open(input, 'r');
  try {
    const began = performance.now();
    // A group of its own, so that a Ctrl+C reaches what it started through us and at once.
    const child = spawn(program, args, { stdio: [given.fd, said.fd, said.fd], detached: true });
    const kill = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    try {
      const [code] = (await once(child, 'exit')) as [number | null];
      const seconds = (performance.now() - began) / 1000;
      signal.throwIfAborted();
      if (code !== 0) throw new Error(`${program} ended with ${code}: ${await lastWords(log)}`);
      return seconds;
    } finally {
      signal.removeEventListener('abort', kill);
    }
  } finally {
    await said.close();
    await given.close();
  }
}

async function lastWords(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  return lines.slice(-3).join(' | ');
}
