import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assembleExtension, buildExtension } from '../../build/extension.mjs';
import { safeName } from '../../electron/engine/folder/names.ts';
import { KNOWN_KEYS } from '../../electron/engine/folder/shot-schema.ts';
import { createBatchFromDirectory } from '../../electron/engine/index.ts';
import { OUTPUT_FORMATS } from '../../shared/formats.ts';
import { parseFrames } from '../../shared/frames.ts';
import { makeRig, sceneRequest, value, within } from '../blender/rig.ts';
import { BLENDER, makeBlends } from '../helpers/make-blend.ts';

/** One Blender does all that is looked at here, once: see `session.py`. */
let folder: string;
let answers: Answers;

interface Found {
  readonly severity: string;
  readonly cause: string;
  readonly subject: string;
  readonly text: string;
  readonly button: string | null;
}

interface Answers {
  readonly check_scenes: Readonly<Record<string, readonly Found[]>>;
  readonly never_saved: { causes: string[]; write: boolean; send: string };
  readonly saved_path: readonly (readonly Found[])[];
  readonly draw: readonly string[];
  readonly without_cycles: readonly Found[];
  readonly mend: Readonly<Record<string, unknown>>;
  readonly edit: Readonly<Record<'before' | 'after' | 'back' | 'write', string | null>>;
  readonly refuse: Readonly<Record<string, [string | null, boolean]>>;
  readonly send: Readonly<Record<string, unknown>>;
  readonly frame_lists: Readonly<Record<string, [number[], string] | null>>;
  readonly names: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<'linux' | 'darwin' | 'win32', readonly string[]>>;
  readonly formats: readonly string[];
  readonly left_behind: Readonly<Record<string, unknown>>;
}

const LACKING = `
linked = bpy.data.objects.new('Linked', bpy.data.meshes.new('Linked'))
bpy.data.libraries.write(os.path.join(OUT, 'lib.blend'), {linked})
bpy.data.objects.remove(linked)
with bpy.data.libraries.load(os.path.join(OUT, 'lib.blend'), link=True) as (source, wanted):
    wanted.objects = ['Linked']
scene.collection.objects.link(bpy.data.objects['Linked'])
scene.frame_start, scene.frame_end = 0, 8

def picture(name):
    os.makedirs(os.path.dirname(os.path.join(OUT, name)), exist_ok=True)
    made = bpy.data.images.new('made', 2, 2)
    made.filepath_raw, made.file_format = os.path.join(OUT, name), 'PNG'
    made.save()
    bpy.data.images.remove(made)

def shown(name, path, source='FILE', on=cube):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    node = made.node_tree.nodes.new('ShaderNodeTexImage')
    node.image = bpy.data.images.new(os.path.basename(path), 4, 4)
    node.image.source, node.image.filepath = source, os.path.join(OUT, path)
    on.data.materials.append(made)
    return node

shown('Wood', 'wood.png')
picture('skin.1001.png')
skin = shown('Skin', 'skin.<UDIM>.png', 'TILED')
for number in (1002, 1003): skin.image.tiles.new(number)
for number in (1, 2, 5, 6): picture(f'plate/plate_{number:04d}.png')
user = shown('Wall', 'plate/plate_0001.png', 'SEQUENCE').image_user
user.frame_duration, user.use_auto_refresh, user.frame_start = 6, True, 2
there = shown('There', '', 'GENERATED'); there.image.pack(); there.image.filepath = '//packed.png'

behind = bpy.data.images.new('behind', 2, 2)
behind.source, behind.filepath = 'FILE', os.path.join(OUT, 'behind.png')
camera.data.background_images.new().image = behind
elsewhere = bpy.data.scenes.new('Elsewhere')
twin = bpy.data.objects.new('Twin', bpy.data.meshes.new('Twin'))
elsewhere.collection.objects.link(twin)
shown('Unseen', 'unseen.png', 'FILE', twin)

smoke = bpy.data.volumes.new('Smoke')
smoke.filepath = os.path.join(OUT, 'smoke.vdb')
scene.collection.objects.link(bpy.data.objects.new('Smoke', smoke))
cube.modifiers.new('Wave', 'MESH_CACHE').filepath = os.path.join(OUT, 'wave.mdd')
wind = cube.modifiers.new('Wind', 'CLOTH').point_cache
wind.use_external, wind.filepath = True, os.path.join(OUT, 'wind')
editor = scene.sequence_editor_create()
strips = editor.strips if hasattr(editor, 'strips') else editor.sequences
strip = strips.new_image('Cut', os.path.join(OUT, 'plate/plate_0001.png'), 1, 2)
for number in range(2, 7): strip.elements.append(f'plate_{number:04d}.png')
os.remove(os.path.join(OUT, 'lib.blend'))
`;

const MOVING = `
plane = bpy.ops.mesh.primitive_plane_add() and bpy.context.object
plane.name = 'Plane'
plane.modifiers.new('Soft', 'SOFT_BODY')
plane.modifiers.new('Dust', 'PARTICLE_SYSTEM')
off = cube.modifiers.new('Off', 'CLOTH'); off.show_render = False
bpy.context.view_layer.objects.active = cube
bpy.ops.rigidbody.world_add()
bpy.ops.rigidbody.object_add(type='ACTIVE')
tree = bpy.data.node_groups.new('Grows', 'GeometryNodeTree')
tree.interface.new_socket('Geometry', in_out='INPUT', socket_type='NodeSocketGeometry')
tree.interface.new_socket('Geometry', in_out='OUTPUT', socket_type='NodeSocketGeometry')
begin, end = tree.nodes.new('GeometryNodeSimulationInput'), tree.nodes.new('GeometryNodeSimulationOutput')
begin.pair_with_output(end)
tree.links.new(tree.nodes.new('NodeGroupInput').outputs[0], begin.inputs[0])
tree.links.new(begin.outputs['Geometry'], end.inputs['Geometry'])
tree.links.new(end.outputs['Geometry'], tree.nodes.new('NodeGroupOutput').inputs[0])
cube.modifiers.new('Zone', 'NODES').node_group = tree
`;

const OUTPUTS = `
tree = compositor(scene)
file_output(tree, '//passes', ['a_']).name = 'First'
file_output(tree, '//passes', ['a_']).name = 'Second'
open(os.path.join(OUT, 'a file'), 'w').close()
file_output(tree, '//a file/passes', ['b_']).name = 'Nowhere'
render.filepath = os.path.join(OUT, 'frames', 'shot_####.png')
picture = bpy.data.images.new('made', 2, 2)
picture.filepath_raw, picture.file_format = os.path.join(OUT, 'frames', 'shot_0002.png'), 'PNG'
os.makedirs(os.path.join(OUT, 'frames'), exist_ok=True)
picture.save()
bpy.data.images.remove(picture)
bpy.data.scenes.new('Twin').render.filepath = render.filepath
render.use_border = True
set_format(render.image_settings, 'TARGA')
`;

const TWO_CAMERAS = `
other = bpy.data.objects.new('Cam: other', bpy.data.cameras.new('Other'))
scene.collection.objects.link(other)
`;

const SHOT = `# Keep me.
blend: "shot.blend"   # the scene
frames:               # to be replaced
  - 1
  - 2
timeout: 2h
render:
  # inside
  samples: 16  # few
  denoise: false

# the end
`;

const REFUSED: Readonly<Record<string, string>> = {
  foreign: 'version: 3\nservices: {}\n',
  other: 'blend: elsewhere.blend\n',
  base: 'blend: shot.blend\nabstract: true\n',
  flow: 'blend: shot.blend\nrender: { samples: 3 }\n',
  twice: 'blend: shot.blend\nrender:\n  samples: 1\n  samples: 2\n',
  two: 'blend: shot.blend\n---\nblend: shot.blend\n',
  open: 'blend: shot.blend\nparams: {a: 1,\nframes: 3}\n',
  tabs: 'blend: shot.blend\nrender:\n\tsamples: 1\n',
  anchor: 'blend: shot.blend\nrender:\n  samples: &many 3\nretries: *many\n',
};

const FRAMES = [
  ...[
    '12',
    '1-48',
    '1-48, 60, 70-100x2',
    ' 5 - 9 ',
    '-5--1',
    '-3',
    '3, 1-2',
    '1–4',
    '1-9 X 4',
    '7,7',
  ],
  ...['', ',', '1,,2', '9-1', '1-9x0', 'a', '1-', '1.5', '2000000', '1-200000', '1-5x', '1 2'],
];

const NAMES = [
  'hero',
  'hero.v2',
  'a/b',
  'a:b?',
  '.hidden',
  'dot.',
  ' blank ',
  'nul',
  'COM1.x',
  '…',
  'é'.repeat(200),
  '',
];

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-extension-')));
  const at = (...parts: string[]) => join(folder, ...parts);
  for (const each of ['check', 'set', 'edit', 'refuse', 'send']) await mkdir(at(each));
  await makeBlends([
    [at('check/good.blend'), ''],
    [at('check/blind.blend'), 'scene.camera = None'],
    [at('check/lacking.blend'), LACKING],
    [at('check/moving.blend'), MOVING],
    [at('check/outputs.blend'), OUTPUTS],
    [at('set/hero.blend'), TWO_CAMERAS],
    [at('edit/shot.blend'), ''],
    [at('refuse/shot.blend'), ''],
    [at('send/shot.blend'), ''],
  ]);
  await writeFile(at('edit/shot.yaml'), SHOT);
  for (const [name, text] of Object.entries(REFUSED)) {
    await writeFile(at('refuse', `${name}.yaml`), text);
  }
  await writeFile(at('frames.json'), JSON.stringify(FRAMES));
  await writeFile(at('names.json'), JSON.stringify(NAMES));
  await program(at('takes'), `printf '%s' "$1" > '${at('taken')}'`);
  await program(at('queues'), `printf '%s\\n' "$@" > '${at('queued')}'`);
  await program(at('angry'), "echo 'The window has no display.' >&2; exit 3");
  await mkdir(at('tmp'));
  const env = { ...process.env, BLENDER_USER_RESOURCES: at('user'), TMPDIR: at('tmp') };
  if (HAS_COMMANDS) {
    const packed = await buildExtension(at('repository'), BLENDER);
    const install = ['--command', 'extension', 'install-file', '-r', 'user_default', '-e', packed];
    await run(BLENDER, install, { env });
  } else {
    await mkdir(at('user/extensions/user_default'), { recursive: true });
    await assembleExtension(at('user/extensions/user_default/nightshift'));
  }
  const script = (name: string) => [
    '--python',
    join(import.meta.dirname, 'extension', name),
    '--',
    folder,
  ];
  const session = run(BLENDER, ['-b', '--python-exit-code', '1', ...script('session.py')], { env });
  const window = SCREEN
    ? run(SCREEN, [...SCREEN_SIZE, BLENDER, ...script('window.py')], { env: drawn(env) })
    : null;
  // Both have ended before the folder goes.
  for (const end of await Promise.allSettled([session, window])) {
    if (end.status === 'rejected') throw end.reason;
  }
  answers = JSON.parse(await readFile(at('answers.json'), 'utf8'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = promisify(execFile);

const SOURCE = join(import.meta.dirname, '../../assets/extension');

/** The Python module `bpy` has no command line of its own: there the extension is put in its place as it is. */
const HAS_COMMANDS = await run(BLENDER, ['--command', 'extension', '--help']).then(
  ({ stdout }) => stdout.includes('server-generate'),
  () => false,
);

/**
 * A screen of its own, where this system has one to give. Only the machine's own Blender draws on it: a launcher of another
 * one may lead to where no screen is.
 */
const isOwn = HAS_COMMANDS && process.env.NIGHTSHIFT_BLENDER === undefined;
const SCREEN = ['/usr/bin/xvfb-run'].find((path) => isOwn && existsSync(path));
const SCREEN_SIZE = ['-a', '--server-num=400', '-s', '-screen 0 1280x800x24'];

/** Without a graphics card, and with no other display that a person sits at. */
function drawn({ WAYLAND_DISPLAY: _, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, LIBGL_ALWAYS_SOFTWARE: '1' };
}

async function program(path: string, line: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${line}\n`);
  await chmod(path, 0o755);
}

if (HAS_COMMANDS) {
  test('the package and the listing of its repository are made by Blender itself', async () => {
    const made = await readdir(join(folder, 'repository'));
    expect(made.sort()).toEqual([
      'index.html',
      'index.json',
      expect.stringMatching(/^nightshift-.*\.zip$/),
    ]);
    const listing = JSON.parse(await readFile(join(folder, 'repository/index.json'), 'utf8'));
    expect(listing.data).toMatchObject([
      {
        id: 'nightshift',
        type: 'add-on',
        license: ['SPDX:GPL-3.0-or-later'],
        blender_version_min: '4.2.0',
      },
    ]);
    expect(listing.data[0].permissions).toEqual({ files: expect.any(String) });
  });
}

test('a scene with nothing wrong has no findings', () => {
  expect(answers.check_scenes.good).toEqual([]);
});

test('what is missing, and what simulates, is what Nightshift finds at night', async () => {
  const rig = await makeRig();
  const worker = await rig.start();
  const frames = Array.from({ length: 9 }, (_, at) => at);
  for (const name of ['lacking', 'moving']) {
    const blend = join(folder, 'check', `${name}.blend`);
    const facts = value(await worker.open(sceneRequest({ blend }), within()));
    const night = value(await worker.inspect(frames, within()));
    const found = answers.check_scenes[name] ?? [];
    const own = found.filter(({ cause }) => cause !== 'simulation-not-baked');
    const theirs = night.filter(({ cause }) => cause !== 'simulation-not-baked');
    expect(own.map(({ severity, cause, subject }) => [severity, cause, subject]).sort()).toEqual(
      theirs
        .map(({ severity, cause, message }) => [severity.toUpperCase(), cause, subjectOf(message)])
        .sort(),
    );
    const still = found.filter(({ cause }) => cause === 'simulation-not-baked');
    expect(still.map(({ text }) => quotedIn(text)).sort()).toEqual(
      (facts.simulation?.names ?? []).map(quotedIn).sort(),
    );
  }
});

test('where Cycles is switched off, a scene with settings of it is told', () => {
  expect(answers.without_cycles).toMatchObject([
    { severity: 'WARNING', cause: 'engine-not-available', subject: 'CYCLES' },
  ]);
});

test('a scene without a camera is found, though the camera stands in it', () => {
  expect(answers.check_scenes.blind).toMatchObject([
    { severity: 'ERROR', cause: 'no-camera', button: 'Use Camera' },
  ]);
});

/** The name of the file that a sentence is about; of a series the one with `#`. */
function subjectOf(message: string): string {
  const names = quotedIn(message).map((path) => path.split('/').at(-1) ?? path);
  return names.find((name) => name.includes('#')) ?? names[0] ?? '';
}

function quotedIn(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
}

test('each finding has a button that leads there or mends it', () => {
  const all = Object.values(answers.check_scenes).flat();
  expect(all.length).toBeGreaterThan(15);
  expect(all.filter(({ button }) => button === null)).toEqual([]);
});

test('outputs that write over each other or go nowhere are found, and a format that can not be proved', () => {
  const found = answers.check_scenes.outputs ?? [];
  const said = found.map(({ severity, cause, subject }) => [severity, cause, subject]);
  expect(said).toEqual([
    ['ERROR', 'format-not-supported', 'TARGA'],
    ['WARNING', 'render-region', 'Scene'],
    ['WARNING', 'output-not-writable', 'Second'],
    ['WARNING', 'output-not-writable', 'Nowhere'],
    ['INFO', 'output-not-writable', 'First'],
  ]);
});

test('a file that was never saved can be checked, and neither written nor sent', () => {
  const { causes, write, send } = answers.never_saved;
  expect(causes).toContain('not-saved');
  expect(causes).toContain('no-camera');
  expect(write).toBe(false);
  expect(send).toContain('never saved');
});

test('frames that go into a folder of the artist are looked for there', () => {
  const [there, nowhere, temporary] = answers.saved_path.map((found) =>
    found.filter(
      ({ cause }) => /^(output-(?!not-w)|same)/.test(cause) || cause === 'output-not-writable',
    ),
  );
  expect(there?.map(({ cause, subject }) => `${cause} ${subject}`)).toEqual(
    expect.arrayContaining(['output-exists frames', 'same-output Twin']),
  );
  expect(nowhere?.[0]).toMatchObject({ severity: 'ERROR', cause: 'output-not-writable' });
  expect(nowhere?.[0]?.text).toContain('a file is no folder');
  expect(temporary?.map(({ cause }) => cause)).not.toContain('output-exists');
});

test('the buttons mend what is safe to mend', () => {
  expect(answers.mend).toMatchObject({
    use: [null, 'Camera', expect.not.arrayContaining(['no-camera'])],
    add: [null, true],
    wrong: [
      ['name', expect.stringContaining("can't be the name")],
      ['frames', expect.stringContaining('runs backwards')],
    ],
    refused: expect.stringContaining("can't be the name"),
    mended: ['a_b_ c', '', []],
  });
});

test('Nightshift reads from the shot files exactly what was set in the panel', async () => {
  const at = join(folder, 'set');
  const { jobs, problems } = await createBatchFromDirectory(at);
  expect(problems).toEqual([]);
  expect(jobs.map(({ name }) => name)).toEqual(['as saved', 'night hero']);
  const [saved, hero] = jobs.map(({ shotConfig }) => shotConfig);
  expect(hero).toMatchObject({
    blend: join(at, 'hero.blend'),
    scene: 'Scene',
    camera: 'Cam: other',
    frames: [1, 2, 3, 10, 20, 30],
    render: {
      engine: null,
      width: null,
      height: null,
      percentage: 50,
      samples: 7,
      denoise: null,
      device: 'gpu-or-cpu',
    },
    output: { directory: join(at, 'frames: all'), pattern: 'hero_###', format: 'OPEN_EXR' },
    simulations: 'bake',
  });
  expect(saved).toMatchObject({
    scene: 'Scene',
    camera: null,
    frames: [-3],
    render: { percentage: null, samples: null, device: null },
    output: { directory: null, pattern: 'as saved_####', format: null },
    simulations: 'in-order',
  });
});

test('an existing shot file keeps its other keys and its comments, and takes back only what the panel wrote', () => {
  const { write, after, back } = answers.edit;
  expect(write).toBeNull();
  expect(after).toBe(
    SHOT.replace(/frames:.*\n {2}- 1\n {2}- 2\n/, 'frames: 1-12\n').replace(
      'samples: 16',
      'samples: 64',
    ),
  );
  expect(back).toBe(
    SHOT.replace(/frames:.*\n {2}- 1\n {2}- 2\n/, '').replace(/ {2}samples: 16 .*\n/, ''),
  );
});

test('a file that is something else, or is written in a way that can not be edited, is left as it is', () => {
  expect(Object.keys(answers.refuse).sort()).toEqual(Object.keys(REFUSED).sort());
  for (const [name, [said, isUntouched]] of Object.entries(answers.refuse)) {
    expect([name, isUntouched]).toEqual([name, true]);
    expect(said, name).toContain(`${name}.yaml`);
  }
});

test('sending saves, writes the shot file and hands the folder over; where nobody takes it that is said', async () => {
  expect(answers.send).toMatchObject({
    nobody: [expect.stringContaining('There is no Nightshift at'), null],
    angry: expect.stringContaining('The window has no display.'),
    sent: null,
    saved: '1-2',
  });
  expect(await readFile(join(folder, 'taken'), 'utf8')).toBe(join(folder, 'send'));
  const { jobs } = await createBatchFromDirectory(join(folder, 'send'));
  expect(jobs.map(({ name, shotConfig }) => [name, shotConfig?.frames])).toEqual([
    ['shot', [1, 2]],
  ]);
});

test('a folder is put into tonight by the command line of the same Nightshift, without a window', async () => {
  expect(answers.send).toMatchObject({
    'no night': expect.stringContaining('The window has no display.'),
    queued: null,
    clone: ['node', join('clone', 'build', 'nightshift.cjs')],
  });
  const command = resolve(import.meta.dirname, '../../build/packages/command/nightshift');
  const launcher = await readFile(command, 'utf8');
  const [, switches = ''] = /exec "\$program" (.*) "\$@"/.exec(launcher) ?? [];
  expect((await readFile(join(folder, 'queued'), 'utf8')).trim().split('\n')).toEqual([
    ...switches.split(' '),
    ...['queue', 'add', join(folder, 'send')],
  ]);
});

test('frames are read as the engine reads them', () => {
  for (const text of FRAMES) {
    const parsed = parseFrames(text);
    const own = answers.frame_lists[text];
    expect([text, own?.[0] ?? null]).toEqual([text, parsed.ok ? parsed.frames : null]);
    if (own) expect(parseFrames(own[1])).toEqual(parsed);
  }
});

test('names are made safe for every system as the engine does it', () => {
  for (const name of NAMES) expect([name, answers.names[name]]).toEqual([name, safeName(name)]);
});

test('every key that is written is one that the engine knows, and every format is offered', async () => {
  expect(answers.formats).toEqual([...OUTPUT_FORMATS]);
  const keys = await readFile(join(SOURCE, 'shot.py'), 'utf8');
  for (const [, first = '', second] of keys.matchAll(/^ {8}\("(\w+)",(?: "(\w+)")?\)/gm)) {
    const known: readonly string[] =
      second === undefined ? KNOWN_KEYS.shot : KNOWN_KEYS[first as 'render' | 'output'];
    expect(known).toContain(second ?? first);
  }
});

test('Nightshift is looked for where its installers put it', () => {
  expect(answers.places.linux[0]).toBe('/opt/Nightshift/nightshift');
  expect(answers.places.darwin[0]).toBe('/Applications/Nightshift.app');
  expect(answers.places.win32).toHaveLength(2);
  expect(answers.places).toMatchObject({
    installed: true,
    unpacked: true,
    macOS: true,
    alone: expect.stringContaining('was not found'),
  });
});

test('the panel draws with what this Blender knows, with every finding', () => {
  expect(answers.draw).toHaveLength(6);
});

test('switched off, it leaves nothing behind', () => {
  expect(answers.left_behind).toEqual({ types: [], operators: [], scene: false, handlers: [] });
});

if (SCREEN) {
  test('in its window Blender draws the panel in both of its places, and knows what is not saved', async () => {
    const window = JSON.parse(await readFile(join(folder, 'window.json'), 'utf8'));
    expect(window.errors).toEqual([]);
    expect(Object.keys(window.drawn).sort()).toEqual(
      ['output', 'sidebar'].flatMap((place) =>
        ['', '_found', '_path'].map((part) => `NIGHTSHIFT_PT_${place}${part}`),
      ),
    );
    expect(window).toMatchObject({
      dirty: [false, true],
      unsaved: expect.stringContaining('has changes that are not saved'),
      found: expect.arrayContaining(['not-saved']),
      shown: 'MODIFIER',
      asked: ['RUNNING_MODAL'],
    });
  });
}
