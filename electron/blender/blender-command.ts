import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { FLATPAK_ID } from './blender-places.ts';
import type { Command } from './host.ts';
import { keptRunner, writeRunner } from './kept-runner.ts';
import type { WorkerOptions } from './types.ts';

type Started = Omit<WorkerOptions, 'host' | 'token' | 'onLog' | 'onSamples'>;

/**
 * The one place that knows Blender's command line: with our runner, which is kept or written into its temporary folder for
 * it, and with that folder as the place of all that it makes.
 */
export async function blenderCommand(options: Started, token: string): Promise<Command> {
  const { blenderPath, temporary, runners } = options;
  const kept = runners === undefined ? null : await keptRunner(runners);
  const runner = kept ?? (await writeRunner(temporary));
  const given = blenderArguments(options, token, runner);
  const [program, args] = throughFlatpak(blenderPath, given);
  const env = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  return { program, args, token, env };
}

/** Exactly as a person would type it; `-y`/`-Y` always, because the user's preferences may say either. */
function blenderArguments(
  options: Pick<WorkerOptions, 'trusted' | 'factoryStartup'>,
  token: string,
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
    token,
  ];
}

/**
 * Opens a scene in a Blender with its window, for the artist to work in: no worker of ours, so it stays when we end.
 * Resolves when it was started; rejects with what the system says.
 * @param trusted scripts of the file may run by themselves; else Blender asks, whatever its preferences say
 */
export async function openInBlender(
  blenderPath: string,
  blend: string,
  trusted: boolean,
): Promise<void> {
  const [program, args] = throughFlatpak(blenderPath, [trusted ? '-y' : '-Y', blend]);
  const own = args.filter((each) => each !== '--die-with-parent');
  const child = spawn(program, own, { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  child.unref();
}

/**
 * What Flatpak exports starts Blender in a sandbox with a temporary folder of its own. Ours, where the runner and
 * what checks write lie, has to be let in, and so has what that build may not see of the disk. Other programs as they are.
 */
export function throughFlatpak(
  program: string,
  args: readonly string[],
): readonly [program: string, args: readonly string[]] {
  const exported = /^(.*)\/exports\/bin\/([^/]+)$/.exec(program);
  if (exported?.[2] !== FLATPAK_ID) return [program, args];
  const whose = exported[1] === '/var/lib/flatpak' ? '--system' : '--user';
  const sees = ['host', tmpdir()].map((folder) => `--filesystem=${folder}`);
  return ['flatpak', ['run', whose, ...sees, '--die-with-parent', FLATPAK_ID, ...args]];
}
