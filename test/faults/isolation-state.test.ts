import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeRig, sceneRequest, value, within } from '../blender/rig.ts';
import { makeBlend } from '../helpers/make-blend.ts';

/** Turns what a script can turn of Python, of its process and of Blender, and loads nothing. */
const TURNS = `
import bpy, builtins, decimal, locale, math, os, random, signal, sys, time, types, warnings
os.environ['TZ'] = 'Pacific/Auckland'
os.environ['OCIO'] = '/nowhere.ocio'
time.tzset()
os.umask(0o777)
os.chdir('/')
sys.path.insert(0, '/nowhere')
sys.setrecursionlimit(5000)
decimal.getcontext().prec = 3
signal.signal(signal.SIGALRM, lambda *_: None)
signal.alarm(600)
sys.stdout = open(os.devnull, 'w')
sys.settrace(lambda *_: None)
builtins.stray = 1
math.sqrt = lambda x: 0.0
random.random = lambda: 0.5
sys.modules['colorsys'] = types.ModuleType('colorsys')
bpy.app.driver_namespace['sin'] = lambda x: 0.0
bpy.app.driver_namespace['stray'] = 1
bpy.app.debug_value = 7
bpy.app.handlers.depsgraph_update_post.append(lambda *_: None)
view, system = bpy.context.preferences.view, bpy.context.preferences.system
view.language = 'de_DE'
view.use_translate_new_dataname = True
view.ui_scale = 1.5
system.memory_cache_limit = 100
bpy.context.preferences.edit.undo_steps = 3
bpy.context.preferences.filepaths.use_file_compression = True
other = bpy.context.scene.view_layers.new('Other')
bpy.context.window.view_layer = other
bpy.context.scene.render.use_persistent_data = True
for data in (bpy.data.meshes.new('Stray'), bpy.data.scenes.new('Stray'), bpy.data.texts.new('Stray')):
    data.use_fake_user = True
bpy.context.window_manager['stray'] = 1
`;

const LOOKS = `
import bpy, builtins, colorsys, decimal, json, locale, math, os, random, signal, sys, threading, time
SIMPLE = ('BOOLEAN', 'INT', 'FLOAT', 'STRING', 'ENUM')
def values(owner):
    found = {p.identifier: getattr(owner, p.identifier) for p in owner.bl_rna.properties if p.type in SIMPLE}
    return {name: str(sorted(v) if isinstance(v, set) else list(v) if hasattr(v, '__len__') and not isinstance(v, str) else v) for name, v in found.items()}
scene, preferences = bpy.context.scene, bpy.context.preferences
groups = [p.identifier for p in preferences.bl_rna.properties if p.type == 'POINTER' and p.identifier != 'rna_type']
mask = os.umask(0)
os.umask(mask)
bpy.ops.mesh.primitive_cube_add()
state = {
    'environment': {k: v for k, v in os.environ.items() if k not in ('TMPDIR', 'TEMP', 'TMP', 'NIGHTSHIFT_WORKER')},
    'process': [mask, os.getcwd(), time.tzname, str(signal.getsignal(signal.SIGALRM)), signal.alarm(0), locale.setlocale(locale.LC_ALL)],
    'python': [sys.path, sys.getrecursionlimit(), decimal.getcontext().prec, sys.stdout is sys.__stdout__, sys.gettrace() is None],
    'names': sorted(name for name in vars(builtins) if name != '_'),
    'functions': [math.sqrt(4), type(random.random).__name__, hasattr(colorsys, 'hsv_to_rgb')],
    'threads': sorted(thread.name for thread in threading.enumerate()),
    'drivers': [bpy.app.driver_namespace['sin'](1), sorted(set(bpy.app.driver_namespace) - {'frame', 'self', 'depsgraph'})],
    'debug': bpy.app.debug_value,
    'handlers': {n: len(h) for n in dir(bpy.app.handlers) if isinstance(h := getattr(bpy.app.handlers, n), list)},
    'preferences': {name: values(getattr(preferences, name)) for name in groups if getattr(preferences, name)},
    'data': {p.identifier: sorted(d.name for d in getattr(bpy.data, p.identifier))
        for p in bpy.data.bl_rna.properties if p.type == 'COLLECTION'},
    'scene': {name: values(getattr(scene, name)) for name in
        ('render', 'cycles', 'view_settings', 'display_settings', 'unit_settings', 'eevee', 'display')},
    'window': [bpy.context.view_layer.name, bpy.context.object.name, sorted(bpy.context.window_manager.keys())],
}
with open(params['file'], 'w') as file:
    json.dump(state, file)
`;

test('a script finds the same Python, process, preferences and data in a worker whose last script turned all of them as in a fresh one', async () => {
  const rig = await makeRig();
  await writeFile(rig.path('turns.py'), TURNS);
  await writeFile(rig.path('looks.py'), LOOKS);
  const blend = await makeBlend(rig.path('a.blend'));
  const turns = sceneRequest({ blend, script: rig.path('turns.py') });
  const state = async (name: string, turned: boolean): Promise<unknown> => {
    const worker = await rig.start({ trusted: true });
    const file = rig.path(`${name}.json`);
    if (turned) {
      value(await worker.open(turns, within()));
      value(await worker.render({ frame: 1, threads: 1, file: rig.path('x.png') }, within()));
    }
    const looks = { script: rig.path('looks.py'), params: { file } };
    value(await worker.open(sceneRequest({ blend, ...looks }), within()));
    await worker.close();
    return JSON.parse(await readFile(file, 'utf8'));
  };
  expect(await state('warm', true)).toEqual(await state('fresh', false));
});
