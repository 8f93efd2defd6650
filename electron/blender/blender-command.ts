import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORMATS } from '../../shared/formats.ts';
import { FLATPAK_ID } from './blender-places.ts';
import type { Command } from './host.ts';
import baseline from './runner/baseline.py?raw';
import caches from './runner/caches.py?raw';
import channel from './runner/channel.py?raw';
import devices from './runner/devices.py?raw';
import findings from './runner/findings.py?raw';
import graphics from './runner/graphics.py?raw';
import guard from './runner/guard.py?raw';
import images from './runner/images.py?raw';
import interpreter from './runner/interpreter.py?raw';
import leaks from './runner/leaks.py?raw';
import memory from './runner/memory.py?raw';
import movie from './runner/movie.py?raw';
import output from './runner/output.py?raw';
import overrides from './runner/overrides.py?raw';
import paths from './runner/paths.py?raw';
import preferences from './runner/preferences.py?raw';
import refusal from './runner/refusal.py?raw';
import registered from './runner/registered.py?raw';
import runner from './runner/runner.py?raw';
import scene from './runner/scene.py?raw';
import series from './runner/series.py?raw';
import simulations from './runner/simulations.py?raw';
import stereo from './runner/stereo.py?raw';
import strips from './runner/strips.py?raw';
import trial from './runner/trial.py?raw';
import used from './runner/used.py?raw';
import type { WorkerOptions } from './types.ts';

const FILES = {
  baseline,
  caches,
  channel,
  devices,
  findings,
  graphics,
  guard,
  images,
  interpreter,
  leaks,
  memory,
  movie,
  output,
  overrides,
  paths,
  preferences,
  registered,
  refusal,
  runner,
  scene,
  series,
  simulations,
  stereo,
  strips,
  trial,
  used,
};

/**
 * The one place that knows Blender's command line: with our runner, which is written into its temporary folder for it,
 * and with that folder as the place of all that it makes.
 */
export async function blenderCommand(options: WorkerOptions, token: string): Promise<Command> {
  const { blenderPath, temporary } = options;
  const runner = await writeRunner(temporary);
  const given = blenderArguments(options, token, runner);
  const [program, args] = throughFlatpak(blenderPath, given);
  return { program, args, token, env: { TMPDIR: temporary, TEMP: temporary, TMP: temporary } };
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

/**
 * Writes the runner into a worker's own folder and gives the path of `runner.py`.
 * As text in the bundle it is there in the sources, in the build and in a packaged app alike.
 */
async function writeRunner(temporary: string): Promise<string> {
  const folder = join(temporary, 'nightshift_runner');
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const files = Object.entries(FILES);
  await Promise.all([
    ...files.map(([name, text]) => writeFile(join(folder, `${name}.py`), text)),
    writeFile(join(folder, 'formats.json'), JSON.stringify(FORMATS)),
  ]);
  return join(folder, 'runner.py');
}
