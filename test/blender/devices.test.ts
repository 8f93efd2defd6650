import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { failed, makeRig, pixels, sceneRequest, value, within } from './rig.ts';

/** The runner's own code in real Blender, with preferences that claim what this machine may not have. */
const HARNESS = `
import json, sys, types
sys.dont_write_bytecode = True
import importlib.util
folder = sys.argv[-1]
spec = importlib.util.spec_from_file_location('nightshift_runner', None, submodule_search_locations=[folder])
package = importlib.util.module_from_spec(importlib.machinery.ModuleSpec('nightshift_runner', None, is_package=True))
package.__path__ = [folder]
sys.modules['nightshift_runner'] = package
import bpy
from nightshift_runner import devices
from nightshift_runner.refusal import Refusal

class Fake:
    """Behaves as CyclesPreferences of 4.3 does: devices are entries that are added when they are looked for."""
    def __init__(self, hardware, kind='NONE', saved=()):
        self.hardware, self._kind = hardware, kind
        self.devices = [types.SimpleNamespace(type=t, id=i, name=i, use=u) for t, i, u in saved]
    @property
    def compute_device_type(self):
        return self._kind
    @compute_device_type.setter
    def compute_device_type(self, kind):
        if kind != 'NONE' and kind not in ('CUDA', 'OPTIX', 'HIP'):
            raise TypeError(kind)
        self._kind = kind
    def get_device_types(self, context):
        return [('NONE', 'None', '', 0), ('CUDA', 'CUDA', '', 1), ('OPTIX', 'OptiX', '', 3), ('HIP', 'HIP', '', 4)]
    def get_devices_for_type(self, kind):
        found = []
        for t, i in [h for h in self.hardware if h[0] == kind] + [('CPU', 'cpu')]:
            entry = next((d for d in self.devices if d.type == t and d.id == i), None)
            if entry is None:
                entry = types.SimpleNamespace(type=t, id=i, name=i, use=t != 'CPU')
                self.devices.append(entry)
            found.append(entry)
        return found if any(d.type == kind for d in found) else []
    def on(self):
        return [self._kind] + sorted(d.id for d in self.devices if d.use and d.type in (self._kind, 'CPU'))

TWO = [('CUDA', 'a'), ('CUDA', 'b'), ('OPTIX', 'oa'), ('OPTIX', 'ob')]
scene = bpy.context.scene
scene.render.engine = 'CYCLES'
told = {}

def case(name, fake, wanted, gpu=None, saved='CPU'):
    devices.cycles_preferences = lambda: fake
    before = devices.choice() if fake else None
    scene.cycles.device = saved
    try:
        where, warning = devices.use(scene, wanted, gpu)
        said = [where, scene.cycles.device, bool(warning)]
    except Refusal as refusal:
        said = [refusal.cause]
    during = fake.on() if fake else None
    devices.restore(before)
    told[name] = {'said': said, 'on': during, 'after': fake.on() if fake else None, 'list': devices.listing()}

b = {'kind': 'OPTIX', 'id': 'ob', 'name': 'B'}
case('no choice', Fake(TWO), 'gpu')
case('one of two', Fake(TWO), 'gpu', b)
case('chosen cuda', Fake(TWO, 'CUDA', [('CUDA', 'a', True), ('CUDA', 'b', False), ('CPU', 'cpu', True)]), 'gpu')
case('one beside the choice', Fake(TWO, 'CUDA', [('CUDA', 'a', True), ('CUDA', 'b', False), ('CPU', 'cpu', True)]), 'gpu', {'kind': 'CUDA', 'id': 'a', 'name': 'A'})
case('chosen but gone', Fake([('HIP', 'h')], 'CUDA', [('CUDA', 'a', True)]), 'gpu')
case('lost', Fake([('OPTIX', 'oa')]), 'gpu', b)
case('none', Fake([]), 'gpu')
case('none, or cpu', Fake([]), 'gpu-or-cpu')
case('none, saved for it', Fake([]), None, None, 'GPU')
case('no cycles preferences', None, 'gpu')
case('saved for it', Fake(TWO), None, None, 'GPU')
case('saved for the cpu', Fake(TWO), None)
case('cpu', Fake(TWO), 'cpu', None, 'GPU')
print('TOLD', json.dumps(told), flush=True)
`;

const RUNNER = resolve(import.meta.dirname, '../../electron/blender/runner');

interface Told {
  readonly said: readonly unknown[];
  readonly on: readonly string[] | null;
  readonly after: readonly string[] | null;
  readonly list: { readonly chosen: boolean; readonly devices: readonly { readonly id: string }[] };
}

test("the preferences' own choice comes first, then the best kind; a worker enables its device alone and puts all back", async () => {
  const rig = await makeRig();
  const script = rig.path('harness.py');
  await writeFile(script, HARNESS);
  const args = ['-b', '-Y', '--factory-startup', '--python-exit-code', '1', '--python', script];
  const { stdout } = await execa(BLENDER, [...args, '--', RUNNER]);
  const line = stdout.split('\n').find((text) => text.startsWith('TOLD '));
  const told: Record<string, Told> = JSON.parse(line?.slice(5) ?? '{}');
  const said = Object.fromEntries(Object.entries(told).map(([name, one]) => [name, one.said]));
  const gpu = ['gpu', 'GPU', false];
  expect(said).toEqual({
    'no choice': gpu,
    'one of two': gpu,
    'chosen cuda': gpu,
    'one beside the choice': gpu,
    'chosen but gone': gpu,
    lost: ['device-not-available'],
    none: ['device-not-available'],
    'none, or cpu': ['cpu', 'CPU', true],
    'none, saved for it': ['cpu', 'CPU', true],
    'no cycles preferences': ['device-not-available'],
    'saved for it': gpu,
    'saved for the cpu': ['cpu', 'CPU', false],
    cpu: ['cpu', 'CPU', false],
  });
  const on = (name: string) => told[name]?.on;
  expect(on('no choice')).toEqual(['OPTIX', 'oa', 'ob']);
  expect(on('one of two')).toEqual(['OPTIX', 'ob']);
  // Somebody who renders with GPU and CPU together goes on doing so, where no lane has one GPU of its own.
  expect(on('chosen cuda')).toEqual(['CUDA', 'a', 'cpu']);
  expect(on('one beside the choice')).toEqual(['CUDA', 'a']);
  expect(on('chosen but gone')).toEqual(['HIP', 'h']);
  expect(told['one of two']?.after).toEqual(['NONE']);
  expect(told['one beside the choice']?.after).toEqual(['CUDA', 'a', 'cpu']);
  const ids = (name: string) => told[name]?.list.devices.map(({ id }) => id);
  expect(told['one of two']?.list).toMatchObject({ chosen: false });
  expect(ids('one of two')).toEqual(['oa', 'ob']);
  expect(told['chosen cuda']?.list).toEqual({
    chosen: true,
    devices: [
      { kind: 'CUDA', id: 'a', name: 'a', on: true },
      { kind: 'CUDA', id: 'b', name: 'b', on: false },
    ],
  });
  expect(ids('none')).toEqual([]);
});

test('without a GPU a shot that must have one is refused; the others render on the CPU and say so', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('gpu.blend'), "scene.cycles.device = 'GPU'");
  const worker = await rig.start();
  const { devices } = value(await worker.devices(within()));
  // A machine with a GPU renders on it; here it is the other case that counts.
  if (devices.length > 0) return;
  const refused = failed(
    await worker.open(sceneRequest({ blend, render: { device: 'gpu' } }), within()),
  );
  expect(refused).toMatchObject({ cause: 'device-not-available' });
  expect(`${refused.message} ${refused.nextStep}`).toMatch(/no.* GPU|none/);
  expect(refused.nextStep).toContain('gpu-or-cpu');
  const shown: string[] = [];
  for (const device of ['cpu', 'gpu-or-cpu', null] as const) {
    const facts = value(await worker.open(sceneRequest({ blend, render: { device } }), within()));
    expect(facts.device).toBe('cpu');
    const found = value(await worker.inspect([1], within()));
    const said = found.filter(({ cause }) => cause === 'device-not-available');
    expect(said).toEqual(
      device === 'cpu'
        ? []
        : [
            {
              severity: 'warning',
              cause: 'device-not-available',
              message:
                'The shot is rendered on the CPU, because Blender finds no GPU on this machine that Cycles can use.',
            },
          ],
    );
    const file = rig.path(`${device}.png`);
    value(await worker.render({ frame: 1, threads: 1, file }, within()));
    shown.push(await pixels(file));
  }
  expect(new Set(shown).size).toBe(1);
});
