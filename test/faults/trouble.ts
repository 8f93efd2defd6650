import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BLENDER } from '../helpers/make-blend.ts';

/** A folder whose Blenders are to get into trouble: a `Lab` or an `EngineRig`. */
interface Place {
  readonly folder: string;
  file(path: string, text: string): Promise<unknown>;
}

/**
 * A real Blender that runs this Python before Nightshift's runner, and so outside of what a shot's
 * fingerprint knows. Returns the program for `--blender`. The Python finds:
 * - `once(name)`: true for the first of all Blenders that asks, and leaves a file of that name
 * - `note(text)`: adds a line to what `notes()` reads; `there(name)`: whether such a file lies in the folder
 * - `LANE`: number of the lane, 1 or 2 …; `shot()`: stem of the open scene's file
 * - `@on('render_pre', 'hero', 2)`: a handler for one shot and frame (`None`: all), called without arguments
 * - `wait(name)`: until a file of that name is there
 * `shell` runs in the wrapper before Blender is started, but not when it is only asked for its version.
 */
export async function troubledBlender(place: Place, python: string, shell = ''): Promise<string> {
  const script = join(place.folder, 'trouble.py');
  await writeFile(script, PREAMBLE + python);
  const wrapper = join(place.folder, 'troubled-blender');
  await place.file('troubled-blender', wrapperText(place.folder, script, shell));
  await chmod(wrapper, 0o755);
  return wrapper;
}

/** What the Blenders noted, in order. */
export async function notes(place: Place): Promise<readonly string[]> {
  const text = await readFile(join(place.folder, 'notes'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

function wrapperText(folder: string, script: string, shell: string): string {
  return `#!/bin/sh
if [ "$1" = --version ]; then exec '${BLENDER}' "$@"; fi
export TROUBLE='${folder}'
${shell}
exec '${BLENDER}' -b --factory-startup --python-exit-code 98 --python '${script}' "$@"
`;
}

const PREAMBLE = `
import bpy, os, signal, sys, threading, time

HERE = os.environ['TROUBLE']
LANE = os.environ['TMPDIR'].rsplit('-', 1)[-1]

def there(name):
    return os.path.exists(os.path.join(HERE, name))

def once(name):
    try:
        open(os.path.join(HERE, name), 'x').close()
        return True
    except FileExistsError:
        return False

def note(text):
    with open(os.path.join(HERE, 'notes'), 'a') as file:
        file.write(text + '\\n')

def wait(name):
    while not there(name):
        time.sleep(0.01)

def shot():
    return os.path.splitext(os.path.basename(bpy.data.filepath))[0]

def on(event, name=None, frame=None):
    def register(work):
        @bpy.app.handlers.persistent
        def handler(scene, *_):
            if name in (None, shot()) and frame in (None, scene.frame_current):
                work()
        getattr(bpy.app.handlers, event).append(handler)
        return work
    return register
`;
