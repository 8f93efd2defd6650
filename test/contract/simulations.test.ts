import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkBatch,
  createBatchFromDirectory,
  generateBatchReport,
} from '../../electron/engine/index.ts';
import type { BatchConfig } from '../../shared/batch.ts';
import { type EngineRig, event, makeEngine, pixels, REAL, type Watched } from '../engine/rig.ts';
import { BLENDER, makeBlends } from '../helpers/make-blend.ts';
import { recordedPids } from '../helpers/recorded-pids.ts';

const FRAMES = 8;
const LONG = { timeout: 600_000 };

/** What they share: nothing moves but what simulates. */
const STAGE = `
cube.animation_data_clear()
cube.location = (0, 30, 0)
scene.frame_end = ${FRAMES}
scene.world = bpy.data.worlds.new('World')
camera.location, camera.rotation_euler = (0, -9, 2), (1.4, 0, 0)
def active(item):
    for other in bpy.data.objects:
        other.select_set(other == item)
    bpy.context.view_layer.objects.active = item
    return item
def group(name):
    tree = bpy.data.node_groups.new(name, 'GeometryNodeTree')
    for way in ('INPUT', 'OUTPUT'):
        tree.interface.new_socket('Geometry', in_out=way, socket_type='NodeSocketGeometry')
    return tree, tree.nodes.new('NodeGroupInput'), tree.nodes.new('NodeGroupOutput')
def zone_group():
    tree, begin, end = group('Zone')
    first, last = tree.nodes.new('GeometryNodeSimulationInput'), tree.nodes.new('GeometryNodeSimulationOutput')
    first.pair_with_output(last)
    move = tree.nodes.new('GeometryNodeTransform')
    move.inputs['Translation'].default_value = (0.3, 0, 0.1)
    move.inputs['Rotation'].default_value = (0, 0.2, 0)
    shape = lambda sockets: next(socket for socket in sockets if socket.type == 'GEOMETRY')
    tree.links.new(shape(begin.outputs), shape(first.inputs))
    tree.links.new(shape(first.outputs), move.inputs['Geometry'])
    tree.links.new(move.outputs[0], shape(last.inputs))
    tree.links.new(shape(last.outputs), shape(end.inputs))
    return tree
`;

const FALLING = `
bpy.ops.mesh.primitive_plane_add(size=20, location=(0, 0, -1)); bpy.ops.rigidbody.object_add(type='PASSIVE')
for at in range(3):
    bpy.ops.mesh.primitive_cube_add(size=1, location=(2 * at - 2, 0, at), rotation=(0.3, 0.4, 0.2 * at))
    bpy.ops.rigidbody.object_add()
`;

/** Each simulation, and what it is called where it is told. */
const KINDS = {
  zone: [
    '"Flow" of the object "Water"',
    `
bpy.ops.mesh.primitive_cube_add(location=(-1, 0, 0)); item = bpy.context.object; item.name = 'Water'
item.modifiers.new('Flow', 'NODES').node_group = zone_group()
`,
  ],
  nested: [
    '"Flow" of the object "Water"',
    `
bpy.ops.mesh.primitive_cube_add(location=(-1, 0, 0)); item = bpy.context.object; item.name = 'Water'
outer, begin, end = group('Outer')
inner = outer.nodes.new('GeometryNodeGroup'); inner.node_tree = zone_group()
outer.links.new(begin.outputs[0], inner.inputs[0]); outer.links.new(inner.outputs[0], end.inputs[0])
item.modifiers.new('Flow', 'NODES').node_group = outer
`,
  ],
  rigid: ['The rigid bodies of the scene', FALLING],
  // What moves is asked a frame ahead.
  blurred: ['The rigid bodies of the scene', `${FALLING}render.use_motion_blur = True\n`],
  cloth: [
    '"Sheet" of the object "Flag"',
    `
bpy.ops.mesh.primitive_uv_sphere_add(radius=1); bpy.context.object.modifiers.new('Collision', 'COLLISION')
bpy.ops.mesh.primitive_grid_add(size=4, x_subdivisions=10, y_subdivisions=10, location=(0, 0, 1.2))
bpy.context.object.name = 'Flag'; bpy.context.object.modifiers.new('Sheet', 'CLOTH')
`,
  ],
  soft: [
    '"Jelly" of the object "Ball"',
    `
bpy.ops.mesh.primitive_ico_sphere_add(radius=1, location=(0, 0, 2)); bpy.context.object.name = 'Ball'
bpy.context.object.modifiers.new('Jelly', 'SOFT_BODY').settings.use_goal = False
`,
  ],
  particles: [
    '"Rain" of the object "Cloud"',
    `
bpy.ops.mesh.primitive_grid_add(size=4, location=(0, 0, 2)); cloud = bpy.context.object; cloud.name = 'Cloud'
cloud.modifiers.new('Rain', 'PARTICLE_SYSTEM')
rain = cloud.particle_systems[0].settings
rain.count, rain.frame_start, rain.frame_end, rain.brownian_factor = 60, 1, 6, 3
rain.render_type, rain.instance_object, rain.particle_size = 'OBJECT', cube, 0.2
`,
  ],
} as const;
type Kind = keyof typeof KINDS;
const ALL = Object.keys(KINDS) as Kind[];
/** Blender can write and read their caches in any folder. */
const BAKED_BY_US: readonly Kind[] = ALL.filter((kind) => kind !== 'particles');

/** As an artist bakes it. */
const BAKE = `
# What is baked to disk lies beside the .blend.
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[-1])
for item in list(scene.objects):
    if any(modifier.type == 'NODES' for modifier in item.modifiers):
        active(item)
        bpy.ops.object.simulation_nodes_cache_bake(selected=True)
with bpy.context.temp_override(scene=scene):
    bpy.ops.ptcache.bake_all(bake=True)
`;
const TO_DISK = `
for item in scene.objects:
    for modifier in item.modifiers:
        if modifier.type == 'NODES':
            modifier.bake_directory = os.path.join(OUT, 'bake', item.name)
            if hasattr(modifier, 'bake_target'):
                modifier.bake_target = 'DISK'
`;

/** Notes each frame that the scene is set to. */
const NOTES = `
import bpy, os
name = os.path.splitext(os.path.basename(bpy.data.filepath))[0] + '.txt'
path = os.path.join(os.path.dirname(os.path.dirname(__file__)), name)
def note(scene, *_):
    with open(path, 'a') as file:
        file.write(f'{scene.frame_current}\\n')
bpy.app.handlers.frame_change_post.append(note)
`;

/** Scenes that the artist has baked, and what `blender -a` makes of each frame of them. */
const reference = new Map<string, string>();
const key = (kind: Kind, frame: number) => `${kind} ${frame}`;
let baked: string;

beforeAll(async () => {
  baked = await mkdtemp(join(tmpdir(), 'nightshift-baked-'));
  const file = (kind: Kind) => join(baked, `${kind}.blend`);
  await makeBlends(ALL.map((kind) => [file(kind), STAGE + KINDS[kind][1] + TO_DISK + BAKE]));
  const order = (kind: Kind) => [file(kind), '-o', join(baked, kind, '####.png'), '-a'];
  await execa(BLENDER, ['-b', '-Y', '--factory-startup', ...ALL.flatMap(order)]);
  for (const kind of ALL) {
    for (let frame = 1; frame <= FRAMES; frame += 1) {
      const name = `${String(frame).padStart(4, '0')}.png`;
      reference.set(key(kind, frame), await pixels(join(baked, kind, name)));
    }
    const all = Array.from({ length: FRAMES }, (_, at) => reference.get(key(kind, at + 1)));
    expect(new Set(all).size, `pictures of ${kind}`).toBeGreaterThan(FRAMES / 2);
  }
}, LONG.timeout);

afterAll(() => rm(baked, { recursive: true, force: true }));

async function shots(rig: EngineRig, kinds: readonly Kind[], yaml: string, more = '') {
  const scene = (kind: Kind) => join(rig.folder, 'scenes', `${kind}.blend`);
  await makeBlends(kinds.map((kind) => [scene(kind), STAGE + KINDS[kind][1] + more]));
  for (const kind of kinds)
    await rig.file(`shots/${kind}.yaml`, `blend: ../scenes/${kind}.blend\n${yaml}`);
}

async function render(rig: EngineRig, config: Partial<BatchConfig> = {}) {
  const watched = await rig.processor({ ...REAL, workers: 2, ...config });
  const result = await watched.processor.processBatch();
  expectComplete(watched);
  return { ...watched, result };
}

function expectComplete({ processor }: Watched) {
  for (const job of processor.jobs) {
    expect(job.error, job.name).toBe(null);
    expect(job.status, job.name).toBe('completed');
  }
}

async function picture(rig: EngineRig, kind: Kind, frame: number) {
  return pixels(join(rig.out, kind, `${kind}_${String(frame).padStart(4, '0')}.png`));
}

async function wrongFrames(rig: EngineRig, kinds: readonly Kind[] = ALL) {
  const wrong: string[] = [];
  for (const kind of kinds) {
    for (let frame = 1; frame <= FRAMES; frame += 1) {
      const same = (await picture(rig, kind, frame)) === reference.get(key(kind, frame));
      if (!same) wrong.push(key(kind, frame));
    }
  }
  return wrong;
}

/** Why, as far as the sentence is the same for all. */
const SENTENCE = 'the frames are rendered by one worker in order, simulated from frame 1 on.';

describe('simulations', () => {
  test(
    'baked ones are rendered by all workers, in any order, and nothing is said of them',
    LONG,
    async () => {
      const rig = await makeEngine();
      await cp(baked, join(rig.folder, 'scenes'), { recursive: true });
      for (const kind of ALL) {
        const yaml = `blend: ../scenes/${kind}.blend\norder: ends-first\n`;
        await rig.file(`shots/${kind}.yaml`, yaml);
      }
      const { processor } = await render(rig);
      for (const job of processor.jobs) {
        expect(job.warnings, job.name).toEqual([]);
        expect(job.plan?.simulation, job.name).toBe(undefined);
      }
      expect(await wrongFrames(rig)).toEqual([]);
    },
  );

  test(
    'unbaked ones are right with two workers, whatever the order, and the row, check and the report say why one renders',
    LONG,
    async () => {
      const rig = await makeEngine();
      await shots(rig, ALL, 'order: ends-first');
      const before = await tree(join(rig.folder, 'scenes'));
      const { processor, events, result } = await render(rig);
      expect(await wrongFrames(rig)).toEqual([]);
      expect(await tree(join(rig.folder, 'scenes'))).toEqual(before);
      const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
      const problems = await checkBatch(batch, { config: REAL });
      const report = generateBatchReport(result);
      for (const job of processor.jobs) {
        expect(job.plan?.simulation, job.name).toMatchObject({ first: 1, rendered: 'in-order' });
        const said = job.warnings.map(({ message }) => message);
        expect(said).toEqual([expect.stringContaining(KINDS[job.name as Kind][0])]);
        expect(said).toEqual([expect.stringContaining(SENTENCE)]);
        const checked = problems.filter(({ file }) => file === `${job.name}.yaml`);
        expect(checked.map(({ message }) => message)).toEqual(said);
        expect(shownIn(report), job.name).toContain(said[0]);
        const started = events.filter((one) => one.type === 'frame-started' && one.job === job.id);
        expect(new Set(started.map((one) => 'worker' in one && one.worker)).size, job.name).toBe(1);
      }
    },
  );

  test(
    'they are right with one worker, and where Blender is killed in the middle of such a shot',
    LONG,
    async () => {
      const rig = await makeEngine();
      const kinds = ['zone', 'rigid', 'cloth'] as const;
      await shots(rig, kinds, '');
      const night = await rig.processor({ ...REAL, workers: 1 });
      const middle = night.until(event('frame-started', 'cloth', 5));
      const run = night.processor.processBatch();
      await middle;
      const rendering = await recordedPids(night.processor.checkpointPath);
      expect(rendering).toHaveLength(1);
      for (const pid of rendering) process.kill(pid, 'SIGKILL');
      await run;
      expectComplete(night);
      const failed = night.events.filter(({ type }) => type === 'frame-failed');
      expect(failed).toMatchObject([{ job: night.job('cloth').id, frame: 5, willRetry: true }]);
      expect(await wrongFrames(rig, kinds)).toEqual([]);
    },
  );

  test(
    'they are right after a night that broke off, and where frames were lost',
    LONG,
    async () => {
      const rig = await makeEngine();
      const kinds = ['zone', 'rigid', 'cloth'] as const;
      await shots(rig, kinds, '');
      const first = await rig.processor({ ...REAL, workers: 2 });
      const half = first.until(event('frame-done', 'rigid', 4));
      const run = first.processor.processBatch();
      await half;
      await first.processor.cancel();
      await run;
      await first.processor.close();
      const second = await render(rig, { workers: 1 });
      expect(second.told('frame-done').length).toBeGreaterThan(0);
      await second.processor.close();
      expect(await wrongFrames(rig, kinds)).toEqual([]);
      for (const kind of kinds) await rm(join(rig.out, kind, `${kind}_0005.png`));
      const third = await render(rig);
      expect(third.told('frame-done').sort()).toEqual([5, 5, 5]);
      expect(await wrongFrames(rig, kinds)).toEqual([]);
    },
  );

  test('frames that a list leaves out are gone through as well', LONG, async () => {
    const rig = await makeEngine();
    const kinds = ['zone', 'rigid', 'cloth'] as const;
    await shots(rig, kinds, 'frames: [3, 8, 6]');
    await render(rig, { workers: 1 });
    for (const kind of kinds) {
      for (const frame of [3, 6, 8])
        expect(await picture(rig, kind, frame), key(kind, frame)).toBe(
          reference.get(key(kind, frame)),
        );
    }
  });

  test(
    'behind the end of its caches a shot stands still, and is not stepped there',
    LONG,
    async () => {
      const kinds = ['rigid', 'cloth', 'soft'] as const;
      const ends = `
for cache in [scene.rigidbody_world and scene.rigidbody_world.point_cache, *(
    modifier.point_cache for item in scene.objects for modifier in item.modifiers if hasattr(modifier, 'point_cache'))]:
    if cache:
        cache.frame_end = 5
`;
      const baked = await makeEngine();
      await shots(baked, kinds, 'frames: [30, 31]', ends + BAKE);
      await render(baked);
      const live = await makeEngine();
      await shots(live, kinds, 'frames: [30, 31]\nscript: notes.py', ends);
      await live.file('shots/notes.py', NOTES);
      await render(live, { trusted: true });
      for (const kind of kinds) {
        for (const frame of [30, 31]) {
          const right = await picture(baked, kind, frame);
          expect((await picture(live, kind, frame)) === right, key(kind, frame)).toBe(true);
        }
        const seen = await readFile(join(live.folder, `${kind}.txt`), 'utf8');
        const frames = [...new Set(seen.trim().split('\n').map(Number))];
        expect(frames, kind).toEqual([1, 2, 3, 4, 5, 30, 31]);
      }
    },
  );

  test('motion blur shows the frame after, and the frames are those of a bake', LONG, async () => {
    const frames = [3, 4, 6, 8];
    const kinds = ALL.filter((kind) => kind !== 'blurred');
    const blurred = `
scene.frame_end = ${FRAMES + 1}
scene.render.use_motion_blur = True
scene.render.motion_blur_shutter = 1.5
`;
    const baked = await makeEngine();
    await shots(baked, kinds, `frames: [${frames}]`, blurred + TO_DISK + BAKE);
    await render(baked);
    const live = await makeEngine();
    await shots(live, kinds, 'frames: [3, 8, 6, 4]', blurred);
    const { processor } = await render(live);
    expect(processor.jobs.map(({ plan }) => plan?.simulation?.rendered)).toEqual(
      kinds.map(() => 'in-order'),
    );
    const ours = await makeEngine();
    const ofOurs = ['zone', 'rigid', 'cloth'] as const;
    await shots(ours, ofOurs, 'simulations: bake\nframes: [3, 8]', blurred);
    await render(ours);
    const wrong: string[] = [];
    for (const kind of kinds) {
      const right = await Promise.all(frames.map((frame) => picture(baked, kind, frame)));
      expect(new Set(right).size, `pictures of ${kind}`).toBe(frames.length);
      for (const [at, frame] of frames.entries()) {
        if ((await picture(live, kind, frame)) !== right[at]) wrong.push(key(kind, frame));
      }
    }
    expect(wrong).toEqual([]);
    for (const kind of ofOurs) {
      for (const frame of [3, 8]) {
        const right = await picture(baked, kind, frame);
        expect(await picture(ours, kind, frame), `baked by us: ${key(kind, frame)}`).toBe(right);
        expect(right, `blur in ${key(kind, frame)}`).not.toBe(reference.get(key(kind, frame)));
      }
    }
  });

  test(
    'where the artist allows it they are baked first, beside nothing of theirs, and rendered by all',
    LONG,
    async () => {
      const rig = await makeEngine();
      await shots(rig, ALL, 'simulations: bake\norder: ends-first');
      const before = await tree(join(rig.folder, 'scenes'));
      const { processor } = await render(rig);
      for (const job of processor.jobs) {
        const rendered = BAKED_BY_US.includes(job.name as Kind) ? 'baked' : 'in-order';
        expect(job.plan?.simulation?.rendered, job.name).toBe(rendered);
      }
      expect(await wrongFrames(rig)).toEqual([]);
      expect(await tree(join(rig.folder, 'scenes'))).toEqual(before);
      for (const kind of ALL) expect((await tree(join(rig.out, kind))).length, kind).toBe(FRAMES);
    },
  );
});

/** The text of a report as its reader sees it. */
function shownIn(report: string): string {
  return report.replace(/\\(?=[^\w\s])/g, '');
}

async function tree(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}
