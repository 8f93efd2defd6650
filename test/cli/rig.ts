import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
export const CLI = join(ROOT, 'out/cli/main.cjs');
/** On Windows, which starts no script, a program that runs it: see `test/windows/blender.c`. */
const STAND_IN = process.env.STAND_IN_BLENDER ?? join(ROOT, 'test/stand-ins/fake-blender.mjs');

export interface Said {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** A command that runs; resolves when it has ended. */
export interface Child
  extends PromiseLike<{
    readonly exitCode?: number;
    readonly stdout: string;
    readonly stderr: string;
  }> {
  kill(signal: NodeJS.Signals): boolean;
}

/** One line of `--json`. */
export interface Told {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A shot folder, a data directory and the stand-in Blender of one test; all go when it ends. */
export interface CliRig {
  readonly folder: string;
  readonly shots: string;
  readonly out: string;
  /** Writes a shot file over a scene that the stand-in takes for one. */
  shot(name: string, yaml?: string): Promise<void>;
  file(path: string, text: string): Promise<void>;
  /** What the stand-in does; see its head. */
  steer(rules: Record<string, unknown>): Promise<void>;
  /** What the stand-in noted, with its pids. */
  blenderLog(): Promise<
    readonly { readonly do: string; readonly pid: number; readonly temporary?: string }[]
  >;
  run(...args: string[]): Promise<Said>;
  start(...args: string[]): Child;
  /** The environment of the command, for a test that starts it by itself. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function makeCli(): Promise<CliRig> {
  expect(existsSync(CLI), 'out/cli/main.cjs is there: npm run build').toBe(true);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-cli-')));
  const running: Child[] = [];
  const log = join(folder, 'stand-in.jsonl');
  const steerFile = join(folder, 'steer.json');
  const env = {
    NIGHTSHIFT_BLENDER: STAND_IN,
    NIGHTSHIFT_DATA: join(folder, 'data'),
    FAKE_BLENDER: steerFile,
    NO_COLOR: undefined,
    FORCE_COLOR: undefined,
    // Node gives no colours where a CI is said to watch; these tests have a terminal of their own.
    CI: undefined,
  };
  onTestFinished(async () => {
    for (const child of running) child.kill('SIGKILL');
    await Promise.allSettled(running);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const start = (...args: string[]): Child => {
    const child = execa(process.execPath, [CLI, ...args], { cwd: folder, env, reject: false });
    running.push(child);
    return child;
  };
  const rig: CliRig = {
    folder,
    env,
    shots: join(folder, 'shots'),
    out: join(folder, 'out'),
    file: async (path, text) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    },
    shot: async (name, yaml = '') => {
      await rig.file('scenes/any.blend', 'BLENDER-v403RENDH');
      await rig.file(`shots/${name}.yaml`, `blend: ../scenes/any.blend\n${yaml}`);
    },
    steer: async (rules) => {
      await writeFile(steerFile, JSON.stringify({ log, ...rules }));
    },
    blenderLog: async () => {
      const text = await readFile(log, 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    run: async (...args) => {
      const { exitCode, stdout, stderr } = await start(...args);
      return { code: exitCode, out: stdout, err: stderr };
    },
    start,
  };
  await mkdir(rig.shots, { recursive: true });
  await rig.steer({});
  return rig;
}

/** The events of `--json`; fails where a line is not one. */
export function events(out: string): readonly Told[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told);
}

export function ofType(told: readonly Told[], type: string): readonly Told[] {
  return told.filter((event) => event.type === type);
}

/** Whether a process runs; a zombie doesn't. */
export async function runs(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/^\d+ \(.*\) [ZX]/su.test(stat);
}
