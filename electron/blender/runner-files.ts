import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FORMATS } from '../../shared/formats.ts';
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
 * Writes the runner into a worker's own folder and gives the path of `runner.py`.
 * As text in the bundle it is there in the sources, in the build and in a packaged app alike.
 */
export async function writeRunner(temporary: string): Promise<string> {
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
