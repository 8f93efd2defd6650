import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBlend } from '../helpers/make-blend.ts';
import { makeEngine, REAL } from './rig.ts';

const CLOTH = `
scene.frame_end = 6
bpy.ops.mesh.primitive_grid_add(size=2, x_subdivisions=4, y_subdivisions=4)
bpy.context.object.modifiers.new('Sheet', 'CLOTH')
`;

/** Ends Blender whenever the cloth is baked, and once while the fourth frame is rendered. */
const CRASHES = `
import bpy, os
folder = os.path.dirname(os.path.dirname(__file__))
def note(word):
    with open(os.path.join(folder, 'crashes.txt'), 'a') as file:
        file.write(word + '\\n')
    os.abort()
def stepped(scene, *_):
    caches = [m.point_cache for o in bpy.data.objects for m in o.modifiers if m.type == 'CLOTH']
    if scene.frame_current == 3 and any(cache.use_external for cache in caches):
        note('baking')
def rendered(scene, *_):
    if scene.frame_current == 4 and not os.path.exists(os.path.join(folder, 'once')):
        open(os.path.join(folder, 'once'), 'w').close()
        note('rendering')
bpy.app.handlers.frame_change_post.append(stepped)
bpy.app.handlers.render_pre.append(rendered)
`;

test('a bake that ends Blender is not tried again, however often the shot is opened: it is rendered in order', {
  timeout: 300_000,
}, async () => {
  const rig = await makeEngine();
  await makeBlend(join(rig.folder, 'scenes/flag.blend'), CLOTH);
  await rig.file('shots/flag.py', CRASHES);
  const shot = 'blend: ../scenes/flag.blend\nscript: flag.py\nsimulations: bake\n';
  await rig.file('shots/flag.yaml', shot);
  const { processor, job, told } = await rig.processor({ ...REAL, trusted: true });
  await processor.processBatch();
  expect(job('flag').error).toBe(null);
  expect(job('flag').status).toBe('completed');
  expect(job('flag').plan?.simulation?.rendered).toBe('in-order');
  expect(told('frame-done').sort()).toEqual([1, 2, 3, 4, 5, 6]);
  const crashes = await readFile(join(rig.folder, 'crashes.txt'), 'utf8');
  expect(crashes.trim().split('\n')).toEqual(['baking', 'rendering']);
});
