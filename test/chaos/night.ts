import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { z } from 'zod';
import { MARK } from './processes.ts';
import type { World } from './world.ts';

/** What is rendered with: copies, so that a build in the meantime changes nothing. */
export interface Tools {
  readonly cli: string;
  readonly standIn: string;
  readonly blender: string;
  /** A file for `--import` that lets the clock jump. */
  readonly clock: string;
}

/** One line of `--json`. */
const told = z.looseObject({ type: z.string(), file: z.string().optional() });
export type Told = Readonly<z.infer<typeof told>>;

export interface NightEnd {
  /** `null` after a signal. */
  readonly code: number | null;
  readonly seconds: number;
  /** The end of what it said to a person. */
  readonly said: string;
}

/** A `nightshift render` that runs. */
export interface Night {
  readonly pid: number;
  /** Aborted when it has ended. */
  readonly over: AbortSignal;
  readonly end: Promise<NightEnd>;
}

export interface NightOptions {
  readonly out?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A program with its arguments that starts it, such as `prlimit --nofile=40`. */
  readonly under?: readonly string[];
  /** After so many ms its clock is so many ms back. */
  readonly clock?: { readonly afterMs: number; readonly backMs: number };
}

/** Starts the real command on the shots of a world. */
export function startNight(
  world: World,
  tools: Tools,
  options: NightOptions,
  onTold: (told: Told) => void,
): Night {
  const { scenario } = world;
  const jump = options.clock ? ['--import', tools.clock] : [];
  const saved = ['--saved', 'again'];
  const command = [
    ...jump,
    tools.cli,
    'render',
    world.shots,
    ...saved,
    '-o',
    options.out ?? world.out,
  ];
  const [program = '', ...args] = [
    ...(options.under ?? []),
    process.execPath,
    ...command,
    '--json',
    ...scenario.args,
    ...(options.args ?? []),
  ];
  const began = performance.now();
  const child = execa(program, args, {
    cwd: world.folder,
    reject: false,
    buffer: false,
    stdin: 'ignore',
    env: {
      [MARK]: world.folder,
      CHAOS_CLOCK: JSON.stringify(options.clock ?? null),
      NIGHTSHIFT_BLENDER: scenario.blender === 'real' ? tools.blender : tools.standIn,
      NIGHTSHIFT_DATA: world.data,
      FAKE_BLENDER: world.steerFile,
      ...options.env,
    },
  });
  const over = new AbortController();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said = (said + part).slice(-2000);
  });
  const lines = createInterface({ input: child.stdout });
  const read = new Promise<void>((resolve) => lines.once('close', resolve));
  lines.on('line', (line) => {
    const event = parsed(line);
    if (event) onTold(event);
  });
  const end = (async () => {
    const { exitCode } = await child;
    await read;
    over.abort();
    return { code: exitCode ?? null, seconds: (performance.now() - began) / 1000, said };
  })();
  return { pid: child.pid ?? 0, over: over.signal, end };
}

/** A line that a kill has cut is none. */
function parsed(line: string): Told | null {
  try {
    return told.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
