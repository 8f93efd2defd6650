import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeEngine, pixels, REAL } from '../engine/rig.ts';
import { makeBlend } from '../helpers/make-blend.ts';

/** Waits for another scene to stand open, and then turns it for as long as it lives. */
const THREAD = `
import bpy, threading, time
own = bpy.data.filepath
def spoils():
    while bpy.data.filepath == own:
        time.sleep(0.05)
    while True:
        for scene in bpy.data.scenes:
            scene.view_settings.exposure = 3
        time.sleep(0.001)
threading.Thread(target=spoils, name='Spoiler', daemon=True).start()
`;

const PROGRAM = `
import subprocess
subprocess.Popen(['sleep', '1000'])
`;

const ENGINE = `
import bpy, cycles.engine
rendered = cycles.engine.render
def render(*given):
    for scene in bpy.data.scenes:
        scene.view_settings.exposure = 3
    return rendered(*given)
cycles.engine.render = render
`;

const ENGINE_CLASS = `
import bpy, cycles
updated = cycles.CyclesRender.update
def update(self, data, depsgraph):
    for scene in bpy.data.scenes:
        scene.view_settings.exposure = 3
    return updated(self, data, depsgraph)
cycles.CyclesRender.update = update
`;

const RUNNER = `
from nightshift_runner import output
rendered = output.render_frame
def render_frame(shot, *given):
    shot.scene.view_settings.exposure = 3
    return rendered(shot, *given)
output.render_frame = render_frame
`;

/** Of Python's library, in what the runner itself loads only when it needs it. */
const LIBRARY = `
import tempfile
made = tempfile.mkdtemp
tempfile.mkdtemp = lambda *given, **named: made(*given, **named)
`;

/** As they leave a frame, in the middle of the night, and not at the opening. */
const FRAME = `
import bpy, threading, time
def starts(*_):
    threading.Thread(target=time.sleep, args=(1000,), name='Late', daemon=True).start()
bpy.app.handlers.render_post.append(starts)
`;

/** All of it is taken back in the same Blender. */
const TAKEN_BACK = `
import atexit, bpy, gc, locale, os, sys
os.environ['NIGHTSHIFT_LEAK'] = 'python'
os.putenv('NIGHTSHIFT_LEAK_C', 'system')
os.chdir('/')
os.umask(0o077)
locale.setlocale(locale.LC_ALL, 'C')
sys.modules['shutil'] = None
gc.disable()
atexit.register(lambda: 1 / 0)
bpy.app.timers.register(lambda: 0.01, persistent=True)
try:
    bpy.ops.render.render = lambda *a, **b: {'FINISHED'}
except AttributeError:
    pass
`;

const LOOKS = `
import bpy, ctypes, gc, os, sys
import shutil
assert shutil is not None
getenv = ctypes.CDLL(None).getenv
getenv.restype = ctypes.c_char_p
for name in ('NIGHTSHIFT_LEAK', 'NIGHTSHIFT_LEAK_C'):
    assert name not in os.environ and getenv(name.encode()) is None, name
assert os.umask(0o022) != 0o077
assert gc.isenabled()
# What was there before any shot is not looked through at each opening.
assert gc.get_freeze_count() > 0
assert os.getcwd() != '/'
`;

test.skipIf(process.platform === 'win32')(
  'a shot is what a fresh Blender makes of it, whatever the scripts of the shots before it have left behind',
  { timeout: 400_000 },
  async () => {
    const rig = await makeEngine();
    const replaced = { THREAD, PROGRAM, ENGINE, ENGINE_CLASS, RUNNER, LIBRARY, FRAME };
    const leaks = [...Object.entries(replaced), ['TAKEN_BACK', TAKEN_BACK] as const];
    await makeBlend(join(rig.folder, 'scenes/plain.blend'));
    const shot = async (name: string, script?: string) => {
      await makeBlend(join(rig.folder, `scenes/${name}.blend`));
      if (script) await rig.file(`shots/${name}.py`, script);
      const line = script ? `script: ${name}.py\n` : '';
      await rig.file(`shots/${name}.yaml`, `blend: ../scenes/${name}.blend\nframes: 1\n${line}`);
    };
    await shot('0-first');
    for (const [index, [name, script]] of leaks.entries()) {
      await shot(`${index + 1}-a-${name}`, script);
      await shot(`${index + 1}-b-after-${name}`, name === 'TAKEN_BACK' ? LOOKS : undefined);
    }
    const config = { ...REAL, trusted: true };
    const { processor, signals, job } = await rig.processor(config);
    await processor.processBatch();
    const failures = processor.jobs.flatMap(({ name, error }) => (error ? [{ name, error }] : []));
    expect(failures).toEqual([]);

    const shown = (name: string) => pixels(join(rig.out, name, `${name}_0001.png`));
    const first = await shown('0-first');
    for (const [index, [name]] of leaks.entries()) {
      const after = `${index + 1}-b-after-${name}`;
      expect(job(after).error, after).toBeNull();
      expect((await shown(after)) === first, `the same pixels after ${name}`).toBe(true);
    }
    const said = signals.flatMap((signal) => (signal.type === 'log' ? [signal.line.text] : []));
    const told = said.filter((text) => text.includes('the next shot gets a fresh one'));
    expect(told.join('\n')).toMatch(/a thread \("Spoiler"\).*\n.*another cycles\.engine\.render/s);
    expect(told).toHaveLength(
      Object.keys(replaced).length - (process.platform === 'linux' ? 0 : 1),
    );
    const starts = signals.filter(
      (signal) => signal.type === 'worker' && signal.state.status === 'starting',
    );
    expect(starts, 'a fresh Blender only where it is needed').toHaveLength(told.length + 1);
  },
);
