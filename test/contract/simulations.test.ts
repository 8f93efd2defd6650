import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkBatch,
  createBatchFromDirectory,
  generateBatchReport,
} from '../../electron/engine/index.ts';
import type { BatchConfig, BatchResult } from '../../shared/batch.ts';
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

/** Longer than a frame, so that each shows the one after. */
const BLUR = `
scene.frame_end = ${FRAMES + 1}
scene.render.use_motion_blur = True
scene.render.motion_blur_shutter = 1.5
`;
const BLURRED = ALL.filter((kind) => kind !== 'blurred');
const BLURRED_FRAMES = [3, 4, 6, 8];
const SOME = ['zone', 'rigid', 'cloth'] as const;

/** What `blender -a` makes of each frame of the scenes that the artist has baked. */
const reference = new Map<string, string>();
const key = (kind: Kind, frame: number) => `${kind} ${frame}`;

/** One night of all the shots to which nothing happens: most of a night is the starting of Blender. */
let calm: EngineRig;
let night: Watched & { readonly result: BatchResult };
/** What lay beside the scenes before it. */
let besideScenes: readonly string[];
let leave: () => Promise<void>;

beforeAll(async () => {
  calm = await makeEngine((end) => {
    leave = end;
  });
  const scene = (of: string, kind: Kind) => join(calm.folder, 'scenes', of, `${kind}.blend`);
  await makeBlends([
    ...ALL.map((kind) => [scene('baked', kind), pythonOf(kind, TO_DISK + BAKE)] as const),
    ...ALL.map((kind) => [scene('live', kind), pythonOf(kind)] as const),
    ...BLURRED.map(
      (kind) => [scene('blur-baked', kind), pythonOf(kind, BLUR + TO_DISK + BAKE)] as const,
    ),
    ...BLURRED.map((kind) => [scene('blur', kind), pythonOf(kind, BLUR)] as const),
  ]);
  await makeReference((kind) => scene('baked', kind));

  const group = async (of: string, scenes: string, kinds: readonly Kind[], yaml: string) => {
    for (const kind of kinds) {
      await calm.file(
        `shots/${kind}-${of}.yaml`,
        `blend: ../scenes/${scenes}/${kind}.blend\n${yaml}`,
      );
    }
  };
  await group('baked', 'baked', ALL, 'order: ends-first');
  await group('live', 'live', ALL, 'order: ends-first');
  await group('list', 'live', SOME, 'frames: [3, 8, 6]');
  await group('ours', 'live', ALL, 'simulations: bake\norder: ends-first');
  await group('blur-baked', 'blur-baked', BLURRED, `frames: [${BLURRED_FRAMES}]`);
  await group('blur', 'blur', BLURRED, 'frames: [3, 8, 6, 4]');
  await group('blur-ours', 'blur', SOME, 'simulations: bake\nframes: [3, 8]');
  besideScenes = await tree(join(calm.folder, 'scenes'));
  const watched = await calm.processor({ ...REAL, workers: 2 });
  night = { ...watched, result: await watched.processor.processBatch() };
}, LONG.timeout);

afterAll(() => leave());

async function makeReference(scene: (kind: Kind) => string) {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-baked-'));
  try {
    const order = (kind: Kind) => [scene(kind), '-o', join(folder, kind, '####.png'), '-a'];
    await execa(BLENDER, ['-b', '-Y', '--factory-startup', ...ALL.flatMap(order)]);
    for (const kind of ALL) {
      const name = (frame: number) => `${String(frame).padStart(4, '0')}.png`;
      for (let frame = 1; frame <= FRAMES; frame += 1) {
        reference.set(key(kind, frame), await pixels(join(folder, kind, name(frame))));
      }
      const all = Array.from({ length: FRAMES }, (_, at) => reference.get(key(kind, at + 1)));
      expect(new Set(all).size, `pictures of ${kind}`).toBeGreaterThan(FRAMES / 2);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pythonOf(kind: Kind, more = ''): string {
  return STAGE + KINDS[kind][1] + more;
}

/** The jobs of a group of that night, each complete. */
function jobsOf(of: string, kinds: readonly Kind[]) {
  const jobs = kinds.map((kind) => [kind, night.job(`${kind}-${of}`)] as const);
  for (const [, job] of jobs) {
    expect(job.error, job.name).toBe(null);
    expect(job.status, job.name).toBe('completed');
  }
  return jobs;
}

async function shots(rig: EngineRig, kinds: readonly Kind[], yaml: string) {
  const scene = (kind: Kind) => join(rig.folder, 'scenes', `${kind}.blend`);
  await makeBlends(kinds.map((kind) => [scene(kind), pythonOf(kind)]));
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

async function picture(rig: EngineRig, shot: string, frame: number) {
  return pixels(join(rig.out, shot, `${shot}_${String(frame).padStart(4, '0')}.png`));
}

/** @param of the group of that night; none where shots are called as their kind */
async function wrongFrames(rig: EngineRig, kinds: readonly Kind[], of?: string) {
  const wrong: string[] = [];
  for (const kind of kinds) {
    const shot = of === undefined ? kind : `${kind}-${of}`;
    for (let frame = 1; frame <= FRAMES; frame += 1) {
      const same = (await picture(rig, shot, frame)) === reference.get(key(kind, frame));
      if (!same) wrong.push(key(kind, frame));
    }
  }
  return wrong;
}

/** Why, as far as the sentence is the same for all. */
const SENTENCE = 'the frames are rendered by one worker in order, simulated from frame 1 on.';

describe('simulations', () => {
  test('baked ones are rendered by all workers, in any order, and nothing is said of them', async () => {
    for (const [, job] of jobsOf('baked', ALL)) {
      expect(job.warnings, job.name).toEqual([]);
      expect(job.plan?.simulation, job.name).toBe(undefined);
    }
    expect(await wrongFrames(calm, ALL, 'baked')).toEqual([]);
  });

  test(
    'unbaked ones are right with two workers, whatever the order, and the row, check and the report say why one renders',
    LONG,
    async () => {
      const jobs = jobsOf('live', ALL);
      expect(await wrongFrames(calm, ALL, 'live')).toEqual([]);
      expect(await tree(join(calm.folder, 'scenes'))).toEqual(besideScenes);
      const problems = await checkLive();
      const report = generateBatchReport(night.result);
      for (const [kind, job] of jobs) {
        expect(job.plan?.simulation, job.name).toMatchObject({ first: 1, rendered: 'in-order' });
        const said = job.warnings.map(({ message }) => message);
        expect(said).toEqual([expect.stringContaining(KINDS[kind][0])]);
        expect(said).toEqual([expect.stringContaining(SENTENCE)]);
        const checked = problems.filter(({ file }) => file === `${kind}.yaml`);
        expect(checked.map(({ message }) => message)).toEqual(said);
        expect(shownIn(report), job.name).toContain(said[0]);
        const started = night.events.filter(
          (one) => one.type === 'frame-started' && one.job === job.id,
        );
        expect(new Set(started.map((one) => 'worker' in one && one.worker)).size, job.name).toBe(1);
      }
    },
  );

  test(
    'they are right with one worker, and where Blender is killed in the middle of such a shot',
    LONG,
    async () => {
      const rig = await makeEngine();
      await shots(rig, SOME, '');
      const killed = await rig.processor({ ...REAL, workers: 1 });
      const middle = killed.until(event('frame-started', 'cloth', 5));
      const run = killed.processor.processBatch();
      await middle;
      const rendering = await recordedPids(killed.processor.checkpointPath);
      expect(rendering).toHaveLength(1);
      for (const pid of rendering) process.kill(pid, 'SIGKILL');
      await run;
      expectComplete(killed);
      const failed = killed.events.filter(({ type }) => type === 'frame-failed');
      expect(failed).toMatchObject([{ job: killed.job('cloth').id, frame: 5, willRetry: true }]);
      expect(await wrongFrames(rig, SOME)).toEqual([]);
    },
  );

  test(
    'they are right after a night that broke off, and where frames were lost',
    LONG,
    async () => {
      const rig = await makeEngine();
      await shots(rig, SOME, '');
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
      expect(await wrongFrames(rig, SOME)).toEqual([]);
      for (const kind of SOME) await rm(join(rig.out, kind, `${kind}_0005.png`));
      const third = await render(rig);
      expect(third.told('frame-done').sort()).toEqual([5, 5, 5]);
      expect(await wrongFrames(rig, SOME)).toEqual([]);
    },
  );

  test('frames that a list leaves out are gone through as well', async () => {
    for (const [kind, job] of jobsOf('list', SOME)) {
      for (const frame of [3, 6, 8]) {
        const right = reference.get(key(kind, frame));
        expect((await picture(calm, job.name, frame)) === right, key(kind, frame)).toBe(true);
      }
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
      const rig = await makeEngine();
      const scene = (of: string, kind: Kind) => join(rig.folder, 'scenes', of, `${kind}.blend`);
      await makeBlends([
        ...kinds.map((kind) => [scene('baked', kind), pythonOf(kind, ends + BAKE)] as const),
        ...kinds.map((kind) => [scene('live', kind), pythonOf(kind, ends)] as const),
      ]);
      const frames = 'frames: [30, 31]\n';
      for (const kind of kinds) {
        const blend = (of: string) => `blend: ../scenes/${of}/${kind}.blend\n`;
        await rig.file(`shots/${kind}-baked.yaml`, blend('baked') + frames);
        await rig.file(`shots/${kind}.yaml`, `${blend('live') + frames}script: notes.py`);
      }
      await rig.file('shots/notes.py', NOTES);
      await render(rig, { trusted: true });
      for (const kind of kinds) {
        for (const frame of [30, 31]) {
          const right = await picture(rig, `${kind}-baked`, frame);
          expect((await picture(rig, kind, frame)) === right, key(kind, frame)).toBe(true);
        }
        const seen = await readFile(join(rig.folder, `${kind}.txt`), 'utf8');
        const gone = [...new Set(seen.trim().split('\n').map(Number))];
        expect(gone, kind).toEqual([1, 2, 3, 4, 5, 30, 31]);
      }
    },
  );

  test('motion blur shows the frame after, and the frames are those of a bake', async () => {
    jobsOf('blur-baked', BLURRED);
    const live = jobsOf('blur', BLURRED);
    expect(live.map(([, { plan }]) => plan?.simulation?.rendered)).toEqual(
      live.map(() => 'in-order'),
    );
    const wrong: string[] = [];
    for (const kind of BLURRED) {
      const right = await Promise.all(
        BLURRED_FRAMES.map((frame) => picture(calm, `${kind}-blur-baked`, frame)),
      );
      expect(new Set(right).size, `pictures of ${kind}`).toBe(BLURRED_FRAMES.length);
      for (const [at, frame] of BLURRED_FRAMES.entries()) {
        if ((await picture(calm, `${kind}-blur`, frame)) !== right[at])
          wrong.push(key(kind, frame));
      }
    }
    expect(wrong).toEqual([]);
    for (const [kind, job] of jobsOf('blur-ours', SOME)) {
      for (const frame of [3, 8]) {
        const right = await picture(calm, `${kind}-blur-baked`, frame);
        const ours = await picture(calm, job.name, frame);
        expect(ours === right, `baked by us: ${key(kind, frame)}`).toBe(true);
        expect(right === reference.get(key(kind, frame)), `no blur: ${key(kind, frame)}`).toBe(
          false,
        );
      }
    }
  });

  test('where the artist allows it they are baked first, beside nothing of theirs, and rendered by all', async () => {
    for (const [kind, job] of jobsOf('ours', ALL)) {
      const rendered = BAKED_BY_US.includes(kind) ? 'baked' : 'in-order';
      expect(job.plan?.simulation?.rendered, job.name).toBe(rendered);
      expect((await tree(join(calm.out, job.name))).length, job.name).toBe(FRAMES);
    }
    expect(await wrongFrames(calm, ALL, 'ours')).toEqual([]);
    expect(await tree(join(calm.folder, 'scenes'))).toEqual(besideScenes);
  });
});

/** What a check tells of the unbaked shots. */
async function checkLive() {
  for (const kind of ALL) {
    await calm.file(
      `checked/${kind}.yaml`,
      `blend: ../scenes/live/${kind}.blend\norder: ends-first`,
    );
  }
  const folder = join(calm.folder, 'checked');
  const batch = await createBatchFromDirectory(folder, { output: join(calm.folder, 'nowhere') });
  return checkBatch(batch, { config: REAL });
}

/** The text of a report as its reader sees it. */
function shownIn(report: string): string {
  return report.replace(/\\(?=[^\w\s])/g, '');
}

async function tree(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}
