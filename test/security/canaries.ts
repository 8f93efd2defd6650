import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeBlend } from '../helpers/make-blend.ts';

/** The folder that every canary of a test leaves its mark in; Blenders find it in their environment. */
export interface Cage {
  /** Names of the canaries that sang since the last look. */
  sang(): Promise<readonly string[]>;
}

/** @param folder of the test; sets `CANARIES` of this process until the test ends */
export async function makeCage(folder: string): Promise<Cage> {
  const marks = join(folder, 'canaries');
  await mkdir(marks, { recursive: true });
  process.env.CANARIES = marks;
  onTestFinished(() => {
    delete process.env.CANARIES;
  });
  return {
    sang: async () => {
      const names = (await readdir(marks)).sort();
      await Promise.all(names.map((name) => rm(join(marks, name))));
      return names;
    },
  };
}

/** A statement of Python that leaves a mark. */
export const sing = (name: string) =>
  `open(__import__('os').environ['CANARIES'] + '/${name}', 'w').close()`;

/** A registered text, handlers and a driver function of that text, and drivers with Python in them. */
const carries = (who: string) => `
text = bpy.data.texts.new('auto.py')
text.write('''
import bpy
from bpy.app.handlers import persistent
${sing(`${who}-text`)}
@persistent
def load(*_): ${sing(`${who}-load`)}
@persistent
def frame(*_): ${sing(`${who}-frame`)}
@persistent
def render(*_): ${sing(`${who}-render`)}
bpy.app.handlers.load_post.append(load)
bpy.app.handlers.frame_change_pre.append(frame)
bpy.app.handlers.render_pre.append(render)
def hatch():
    ${sing(`${who}-namespace`)}
    return 0.0
bpy.app.driver_namespace['hatch'] = hatch
''')
text.use_module = True
for at, words in enumerate((
    "0.0 if ${sing(`${who}-driver`)} is None else 0.0",
    "frame * 0.0 + bpy.app.driver_namespace.get('hatch', float)()",
)):
    cube.driver_add('delta_location', at).driver.expression = words
`;

/** Draws its lines with Python, which Blender runs at each frame, whatever \`-Y\` says. */
const LINES = `
render.use_freestyle = True
settings = bpy.context.view_layer.freestyle_settings
settings.mode = 'SCRIPT'
style = settings.modules.new()
style.script = bpy.data.texts.new('style.py')
style.script.write("${sing('freestyle')}")
`;

/** Has a shader that is a program; this Blender may be built without OSL and then only shows it. */
const SHADER = `
scene.cycles.shading_system = True
material = bpy.data.materials.new('Program')
material.use_nodes = True
node = material.node_tree.nodes.new('ShaderNodeScript')
node.script = bpy.data.texts.new('shader.osl')
cube.data.materials.append(material)
`;

/** What sings of `loadedBlend` where all of it may run. */
export const ALL_HERE: readonly string[] = [
  'driver',
  'frame',
  'load',
  'namespace',
  'render',
  'text',
].map((what) => `own-${what}`);

export const loadedBlend = (file: string) => makeBlend(file, carries('own'));
export const linesBlend = (file: string) => makeBlend(file, LINES);
export const shaderBlend = (file: string) => makeBlend(file, SHADER);

/** Links everything of a library that carries the same. */
export async function linkedBlend(file: string): Promise<void> {
  await makeBlend(join(file, '..', 'libraries', 'library.blend_'), carries('linked'));
  await makeBlend(
    file,
    `
bpy.data.objects.remove(cube)
with bpy.data.libraries.load(os.path.join(OUT, 'libraries', 'library.blend_'), link=True) as (there, here):
    here.objects, here.texts = there.objects, there.texts
for item in here.objects:
    scene.collection.objects.link(item)
`,
  );
}
