import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';

/** The Blender that tests use. */
export const BLENDER = process.env.NIGHTSHIFT_BLENDER ?? 'blender';

/**
 * Makes a .blend with real Blender. `python` finds `bpy`, `scene`, `render`, `cube`, `camera` and `OUT`
 * (the folder of `file`) in a tiny Cycles scene (64x36 pixels, 1 sample, no denoising, frames 1 to 3, PNG;
 * the cube turns with the frame), and may change all of it, and the functions of `scene-kit.py`, which hide what differs
 * between Blenders. Scenes are cached by their Python and by the Blender that made them.
 */
export async function makeBlend(file: string, python = '', blender = BLENDER): Promise<string> {
  const target = resolve(file);
  await mkdir(dirname(target), { recursive: true });
  const usesFolder = /\bOUT\b/.test(python);
  const code = PREAMBLE + python;
  if (usesFolder) return await save(target, code, blender);
  const key = createHash('sha256')
    .update(`${await blenderVersion(blender)}\n${code}`)
    .digest('hex');
  const cached = join(CACHE, `${key.slice(0, 24)}.blend`);
  const known = await stat(cached).catch(() => null);
  if (!known) await save(cached, code, blender);
  await copyFile(cached, target);
  return target;
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

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/nightshift-scenes');

const KIT = readFileSync(resolve(import.meta.dirname, 'scene-kit.py'), 'utf8');

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

/** Blender writes beside the target first, so that two tests that make the same scene don't meet. */
async function save(target: string, code: string, blender: string): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), '.making-'));
  try {
    const script = join(folder, 'make.py');
    const made = join(folder, 'made.blend');
    const end = `\nbpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(made)}, compress=False, relative_remap=False)\n`;
    await writeFile(script, code + end);
    const args = ['-b', '-Y', '--factory-startup', '--python-exit-code', '1'];
    const { exitCode, all } = await execa(blender, [...args, '--python', script, '--', target], {
      all: true,
      reject: false,
      env: { TMPDIR: folder },
    });
    if (exitCode !== 0) throw new Error(`Blender could not make ${target}:\n${all}`);
    await rename(made, target);
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
