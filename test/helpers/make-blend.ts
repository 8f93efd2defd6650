import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { quickBlender } from '../../build/blenders/quick-start.mjs';
import { compareVersions } from '../../shared/blender-install.ts';
import { MAKER, makeScenes } from './scene-maker.ts';

/** The Blender that tests use: this machine's, where that can be up sooner. */
export const BLENDER = process.env.NIGHTSHIFT_BLENDER ?? quickBlender() ?? 'blender';

/**
 * Makes a .blend with real Blender. `python` finds `bpy`, `scene`, `render`, `cube`, `camera` and `OUT`
 * (the folder of `file`) in a tiny Cycles scene (64x36 pixels, 1 sample, no denoising, frames 1 to 3, PNG;
 * the cube turns with the frame), and may change all of it, and the functions of `scene-kit.py`, which hide what differs
 * between Blenders. Scenes are cached by their Python and by the Blender that made them and how, unless they use `OUT`: then
 * they may hold a path that no other test has.
 */
export async function makeBlend(file: string, python = '', blender = BLENDER): Promise<string> {
  const [made = ''] = await makeBlends([[file, python]], blender);
  return made;
}

/** Makes many like that. */
export async function makeBlends(
  scenes: readonly (readonly [file: string, python: string])[],
  blender = BLENDER,
): Promise<string[]> {
  const version = await blenderVersion(blender);
  const wanted = scenes.map(([file, python]) => {
    const target = resolve(file);
    const usesFolder = /\bOUT\b/.test(python);
    const key = createHash('sha256')
      .update(`${version}\n${MAKER}${PREAMBLE}${python}`)
      .digest('hex');
    const made = usesFolder ? target : join(CACHE, `${key.slice(0, 24)}.blend`);
    return { target, made, python, usesFolder };
  });
  const missing = new Map<string, Scene>();
  for (const { target, made, python, usesFolder } of wanted) {
    if (usesFolder || !(await stat(made).catch(() => null))) missing.set(made, { target, python });
  }
  if (missing.size > 0) await save(missing, blender);
  for (const { target, made } of wanted) {
    await mkdir(dirname(target), { recursive: true });
    if (made !== target) await copyFile(made, target);
  }
  return wanted.map(({ target }) => target);
}

interface Scene {
  /** What the Python takes for the file that it makes. */
  readonly target: string;
  readonly python: string;
}

/** Such as `4.3.2`; each Blender is asked once a process. */
export function blenderVersion(blender = BLENDER): Promise<string> {
  const known = versions.get(blender) ?? askVersion(blender);
  versions.set(blender, known);
  return known;
}

const versions = new Map<string, Promise<string>>();

async function askVersion(blender: string): Promise<string> {
  const { all } = await execa(blender, ['--version'], { all: true, reject: false });
  const found = /^Blender (\d+\.\d+\.\d+)/m.exec(all ?? '')?.[1];
  if (!found) throw new Error(`${blender} does not say which Blender it is:\n${all}`);
  return found;
}

/** From 5.3 on Workbench and EEVEE draw with Vulkan, for which no EGL is needed. */
export async function drawsWithoutEgl(blender = BLENDER): Promise<boolean> {
  return compareVersions(await blenderVersion(blender), '5.3') >= 0;
}

/**
 * What a function of `scene-kit.py` says in this Blender, such as `templates()`. Kept like the scenes are: so it may depend
 * on the version alone.
 */
export async function fromKit<T>(call: string, blender = BLENDER): Promise<T> {
  const text = `${await blenderVersion(blender)}\n${KIT}${call}`;
  const key = createHash('sha256').update(text).digest('hex').slice(0, 24);
  const kept = join(CACHE, `${key}.json`);
  const known = await readFile(kept, 'utf8').catch(() => null);
  if (known !== null) return JSON.parse(known);
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, '.asking-'));
  try {
    const [script, answer] = [join(folder, 'ask.py'), join(folder, 'answer.json')];
    const end = `\nimport json\nwith open(${JSON.stringify(answer)}, 'w') as file:\n    json.dump(${call}, file)\n`;
    await writeFile(script, KIT + end);
    const args = ['-b', '-Y', '--factory-startup', '--python-exit-code', '1', '--python', script];
    await execa(blender, args, { env: { TMPDIR: folder } });
    await rename(answer, kept);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return JSON.parse(await readFile(kept, 'utf8'));
}

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/nightshift-scenes');

/** The text of `scene-kit.py`, for Python of a test's own. */
export const KIT = readFileSync(resolve(import.meta.dirname, 'scene-kit.py'), 'utf8');

/** Each scene begins from nothing, whatever was made before it. */
const PREAMBLE = `
${KIT}
import bpy, os, sys, math
bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
OUT = os.path.dirname(sys.argv[-1])
scene = bpy.context.scene
render = scene.render
render.engine = 'CYCLES'
scene.cycles.samples = 1
scene.cycles.use_denoising = False
scene.cycles.device = 'CPU'
render.resolution_x, render.resolution_y, render.resolution_percentage = 64, 36, 100
scene.frame_start, scene.frame_end = 1, 3
render.image_settings.file_format = 'PNG'
bpy.ops.mesh.primitive_cube_add()
cube = bpy.context.object
cube.keyframe_insert('rotation_euler', frame=1)
cube.rotation_euler = (0.3, 0.5, 2.0)
cube.keyframe_insert('rotation_euler', frame=20)
scene.collection.objects.link(bpy.data.objects.new('Sun', bpy.data.lights.new('Sun', 'SUN')))
camera = bpy.data.objects.new('Camera', bpy.data.cameras.new('Camera'))
camera.location, camera.rotation_euler = (0, -7, 3), (1.2, 0, 0)
scene.collection.objects.link(camera)
scene.camera = camera
`;

/**
 * Makes the scenes by the path that each is to have. Blender writes beside that first, so that two tests that make the same
 * scene don't meet.
 */
async function save(scenes: ReadonlyMap<string, Scene>, blender: string): Promise<void> {
  const files = [...scenes.keys()];
  await Promise.all(
    [...scenes].flatMap(([file, { target }]) =>
      [file, target].map((path) => mkdir(dirname(path), { recursive: true })),
    ),
  );
  const folder = await mkdtemp(join(dirname(files[0] ?? ''), '.making-'));
  const beside = (file: string) => join(dirname(file), `${basename(folder)}-${basename(file)}`);
  try {
    const list = join(folder, 'scenes.json');
    const orders = [...scenes].map(([file, { target, python }]) => ({
      made: beside(file),
      target,
      code: PREAMBLE + python,
    }));
    await writeFile(list, JSON.stringify(orders));
    await mkdir(CACHE, { recursive: true });
    await makeScenes(blender, list, CACHE).catch(({ message }: Error) => {
      throw new Error(`Blender could not make ${files.join(', ')}:\n${message}`);
    });
    for (const file of files) await rename(beside(file), file);
  } finally {
    const left = [folder, ...files.map(beside)];
    await Promise.all(left.map((path) => rm(path, { recursive: true, force: true })));
  }
}
