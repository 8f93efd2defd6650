import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { ofType } from '../cli/rig.ts';
import { frameNames, makeLab } from './lab.ts';

/** A floor with a picture that is not there, and a linked library that is not there any more. */
const MISSING = `
import tempfile
floor = bpy.data.materials.new('Floor')
floor.use_nodes = True
wood = floor.node_tree.nodes.new('ShaderNodeTexImage')
wood.image = bpy.data.images.new('wood', 8, 8)
wood.image.filepath_raw = '//textures/oak_planks.png'
wood.image.source = 'FILE'
floor.node_tree.links.new(wood.outputs[0], floor.node_tree.nodes['Principled BSDF'].inputs[0])
cube.data.materials.append(floor)
plate = floor.node_tree.nodes.new('ShaderNodeTexImage')
plate.image = bpy.data.images.new('plate', 8, 8)
plate.image.filepath_raw, plate.image.source = '//textures/plate_0001.png', 'SEQUENCE'
plate.image_user.frame_duration = 2
chair = bpy.data.objects.new('Chair', bpy.data.meshes.new('Chair'))
library = os.path.join(tempfile.gettempdir(), 'chair.blend')
bpy.data.libraries.write(library, {chair})
bpy.data.objects.remove(chair)
with bpy.data.libraries.load(library, link=True) as (there, here):
    here.objects = ['Chair']
scene.collection.objects.link(here.objects[0])
os.remove(library)
`;

test('a missing texture and a missing library are told by render itself, and gone when they are back', async () => {
  const lab = await makeLab();
  await lab.realShot('hero', { python: MISSING, yaml: 'frames: 1-2\n' });
  await lab.realShot('well', { yaml: 'frames: 1-2\n' });
  const report = join(lab.folder, 'night.md');
  await lab.file('scenes/textures/plate_0001.png', '');
  const night = await lab.night({ args: ['--report', report] });
  expect(night.code).toBe(0);
  const [warned, ...others] = ofType(night.told, 'job-warned');
  expect(others).toEqual([]);
  expect(warned).toMatchObject({ name: 'hero' });
  const said = JSON.stringify(warned?.warnings);
  expect(said).toMatch(/oak_planks\.png.*used by .*Floor.*, is missing: its surface renders pink/);
  expect(said).toMatch(/plate_0002\.png.* is missing for frame 2:/);
  expect(said).toMatch(/linked library .*chair\.blend.* is missing/);
  const ends = ofType(night.told, 'job-finished');
  expect(ends.find(({ name }) => name === 'hero')).toMatchObject({ status: 'completed' });
  expect(ends.find(({ name }) => name === 'hero')?.warnings).toHaveLength(3);
  expect(ends.find(({ name }) => name === 'well')?.warnings).toEqual([]);
  const text = await readFile(report, 'utf8');
  expect(text).toContain('1 shot is worth a look before you use it.');
  expect(text).toMatch(/## Worth a look[^#]*\*\*hero\*\*[\s\S]*?oak_planks\.png/);
  await lab.expectTruth();

  const wood = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a60' } })
    .png()
    .toBuffer();
  await writeFile(join(lab.folder, 'scenes', 'textures', 'oak_planks.png'), wood);
  const again = await lab.night({ args: ['--existing', 'overwrite', '--only', 'hero'] });
  const [now] = ofType(again.told, 'job-warned');
  expect(JSON.stringify(now?.warnings)).not.toContain('oak_planks');
  expect(now?.warnings).toHaveLength(2);
  await lab.expectResume({ hero: frameNames('hero', 2), well: frameNames('well', 2) });
});
