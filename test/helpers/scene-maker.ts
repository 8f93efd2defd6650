import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { resolve } from 'node:path';

const SCRIPT = resolve(import.meta.dirname, 'scene-maker.py');
/** The text of `scene-maker.py`: other scenes may come of another. */
export const MAKER = readFileSync(SCRIPT, 'utf8');

const makers = new Map<string, ChildProcess>();
const turns = new Map<string, Promise<void>>();

/**
 * Has a Blender make scenes, each from nothing. It stays up for the next ones, since its start takes longer than most
 * scenes do, and ends with this process, however that ends: nobody can write to it then.
 * @param orders absolute path of the JSON file that `scene-maker.py` reads
 * @param temporary where Blender has its own temporary files
 * @throws with all that Blender said where it could not; the next ones are made by another
 */
export function makeScenes(blender: string, orders: string, temporary: string): Promise<void> {
  const last = turns.get(blender) ?? Promise.resolve();
  const turn = last.then(() => made(makers.get(blender) ?? begun(blender, temporary), orders));
  turns.set(
    blender,
    turn.catch(() => {}),
  );
  return turn;
}

function begun(blender: string, temporary: string): ChildProcess {
  const start = ['-b', '-Y', '--factory-startup', '--python-exit-code', '1', '--python', SCRIPT];
  const maker = spawn(blender, [...start, '--', 'scene'], {
    env: { ...process.env, TMPDIR: temporary },
  });
  makers.set(blender, maker);
  maker.once('exit', () => makers.delete(blender));
  // Where it can't be written to it has ended, and that is told.
  maker.stdin.on('error', () => {});
  maker.unref();
  for (const pipe of pipesOf(maker)) pipe.unref();
  return maker;
}

/** Only while something is being made does this process wait for it. */
function made(maker: ChildProcess, orders: string): Promise<void> {
  const pipes = pipesOf(maker);
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (text: Buffer) => {
      said += text;
      if (said.includes(`made: ${orders}`)) settle();
    };
    const ended = () => settle(new Error(said));
    const settle = (failure?: Error) => {
      for (const pipe of pipes) pipe.unref().off('data', hear);
      maker.off('close', ended).off('error', settle);
      if (failure) reject(failure);
      else resolve();
    };
    for (const pipe of pipes) pipe.ref().on('data', hear);
    maker.on('close', ended).on('error', settle);
    maker.stdin?.write(`${orders}\n`);
  });
}

/** Node says streams, and they are sockets. */
function pipesOf({ stdin, stdout, stderr }: ChildProcess): readonly Socket[] {
  return [stdin, stdout, stderr] as readonly unknown[] as readonly Socket[];
}
