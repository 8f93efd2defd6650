import { FORMATS } from '../../shared/formats.ts';
import baseline from './runner/baseline.py?raw';
import caches from './runner/caches.py?raw';
import channel from './runner/channel.py?raw';
import devices from './runner/devices.py?raw';
import farm from './runner/farm.py?raw';
import fileScenes from './runner/file_scenes.py?raw';
import findings from './runner/findings.py?raw';
import graphics from './runner/graphics.py?raw';
import guard from './runner/guard.py?raw';
import images from './runner/images.py?raw';
import interpreter from './runner/interpreter.py?raw';
import kept from './runner/kept.py?raw';
import leaks from './runner/leaks.py?raw';
import looking from './runner/looking.py?raw';
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

const MODULES = {
  baseline,
  caches,
  channel,
  devices,
  file_scenes: fileScenes,
  findings,
  graphics,
  guard,
  images,
  interpreter,
  kept,
  leaks,
  looking,
  memory,
  movie,
  output,
  overrides,
  paths,
  preferences,
  refusal,
  registered,
  runner,
  scene,
  series,
  simulations,
  stereo,
  strips,
  trial,
  used,
};

/** What runs inside of Blender, by file name; as text in the bundle it is there in the sources, in the build and in a packaged app alike. */
export const RUNNER_FILES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(MODULES).map(([name, text]) => [`${name}.py`, text] as const),
  ['formats.json', JSON.stringify(FORMATS)],
]);

/** Those that render a shot on a farm: `farm.py`, and what it needs. */
export function farmFiles(): ReadonlyMap<string, string> {
  const needed = new Map<string, string>();
  const take = (name: string) => {
    const text = name === 'farm.py' ? farm : RUNNER_FILES.get(name);
    if (text === undefined || needed.has(name)) return;
    needed.set(name, text);
    for (const other of importsOf(text)) take(`${other}.py`);
  };
  take('farm.py');
  take('formats.json');
  return needed;
}

/** The modules of ours that a module imports: `from . import a, b`, `from .c import D`. */
function importsOf(text: string): readonly string[] {
  const lines = text.matchAll(
    /^from (?:nightshift_runner|\.)(?:\.?(\w+) import .*| import ([\w, ]+))/gmu,
  );
  return [...lines].flatMap(([, one, many]) => (one ? [one] : (many ?? '').trim().split(/,\s*/u)));
}
