import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { BlenderWorker, SceneRequest } from '../../electron/blender/types.ts';
import { createBatchFromDirectory } from '../../electron/engine/index.ts';
import { sceneRequest as requestOf } from '../../electron/engine/lane/open-job.ts';
import { failed, makeRig, pixels, type Rig, sceneRequest, value, within } from '../blender/rig.ts';
import { makeBlend } from '../helpers/make-blend.ts';

const SAMPLES = resolve(import.meta.dirname, '../../assets/sample-shots');

interface Shot {
  readonly name: string;
  readonly request: SceneRequest;
  readonly frame: number;
}

/** All sample shots, small, and in a format whose pixels can be read back. */
async function sampleShots(): Promise<readonly Shot[]> {
  const { jobs } = await createBatchFromDirectory(SAMPLES, { output: '/nowhere' });
  return jobs.map((job) => {
    const request = requestOf(job);
    const render = { ...request.render, percentage: 12, samples: 3 };
    return {
      name: job.name,
      request: { ...request, render, format: 'PNG', colorDepth: 16 },
      frame: job.shotConfig?.frames?.at(-1) ?? 2,
    } as const;
  });
}

/** In the order in which they showed something first. */
const workers: BlenderWorker[] = [];

async function shown(rig: Rig, worker: BlenderWorker, shot: Shot): Promise<string> {
  const number = workers.indexOf(worker) + 1 || workers.push(worker);
  const file = rig.path(`${number}.png`);
  value(await worker.open(shot.request, within()));
  // Threads differ from worker to worker, as they do in a pool.
  value(await worker.render({ frame: shot.frame, threads: 1 + (number % 2), file }, within()));
  return pixels(file);
}

const CRASHES = `
import bpy, ctypes
bpy.app.handlers.frame_change_pre.append(lambda *_: ctypes.string_at(0))
`;

/** Turns everything that it can reach. */
const TURNS_EVERYTHING = `
import bpy, os, sys
os.environ['OCIO'] = '/nowhere.ocio'
os.chdir('/')
sys.path.insert(0, '/nowhere')
kept = bpy.data.materials.new('Petal')
kept.use_fake_user = True
bpy.app.driver_namespace['frame_of'] = lambda: 7
bpy.app.handlers.render_pre.append(lambda scene, *_: setattr(scene.render, 'resolution_percentage', 5))
bpy.app.handlers.load_post.append(lambda *_: bpy.data.worlds.new('Stray'))
bpy.context.preferences.edit.keyframe_new_interpolation_type = 'CONSTANT'
bpy.context.preferences.filepaths.use_scripts_auto_execute = False
for scene in bpy.data.scenes:
    scene.view_settings.view_transform = 'Raw'
    scene.view_settings.exposure = 3
    scene.render.use_persistent_data = True
    scene.render.threads_mode, scene.render.threads = 'FIXED', 1
    scene.render.use_simplify = True
    scene.unit_settings.scale_length = 5
    scene.use_nodes = True
    scene.cycles.seed = 99
`;

test('every sample shot has the same pixels from a fresh Blender, from one that has rendered all the others, and beside and after a crash', {
  timeout: 300_000,
}, async () => {
  const rig = await makeRig();
  const shots = await sampleShots();
  expect(shots).toHaveLength(7);
  const fresh = new Map<string, string>();
  for (const shot of shots) {
    const worker = await rig.start({ trusted: true });
    fresh.set(shot.name, await shown(rig, worker, shot));
    await worker.close();
  }
  expect(new Set(fresh.values()).size, 'the shots differ').toBe(shots.length);

  const warm = await rig.start({ trusted: true });
  // In the second turn each of them comes after all the others.
  for (const shot of [...shots, ...shots]) {
    expect((await shown(rig, warm, shot)) === fresh.get(shot.name), `${shot.name} warm`).toBe(true);
  }
  expect(warm.clean, 'and no script of them costs the next shot a fresh Blender').toBe(true);

  const turns = rig.path('turns.py');
  await writeFile(turns, TURNS_EVERYTHING);
  for (const shot of shots.slice(2, 5)) {
    value(await warm.open({ ...shot.request, script: turns }, within()));
    value(await warm.render({ frame: 1, threads: 1, file: rig.path('turned.png') }, within()));
    const same = (await shown(rig, warm, shot)) === fresh.get(shot.name);
    expect(same, `${shot.name} after a script that turned everything`).toBe(true);
  }

  const script = rig.path('crashes.py');
  await writeFile(script, CRASHES);
  const blend = await makeBlend(rig.path('crash.blend'));
  const neighbour = await rig.start({ trusted: true });
  value(await neighbour.open(sceneRequest({ blend, script }), within()));
  const [first, ...others] = shots;
  if (!first) throw new Error('There are sample shots.');
  const [beside, lost] = await Promise.all([
    shown(rig, warm, first),
    neighbour.render({ frame: 2, threads: 1, file: rig.path('never.png') }, within()),
  ]);
  expect(failed(lost).cause).toBe('crashed');
  expect(beside === fresh.get(first.name), `${first.name} beside a crash`).toBe(true);
  const replacement = await rig.start({ trusted: true });
  for (const worker of [warm, replacement]) {
    for (const shot of others.slice(0, 3)) {
      const same = (await shown(rig, worker, shot)) === fresh.get(shot.name);
      expect(same, `${shot.name} after a crash`).toBe(true);
    }
  }
});
