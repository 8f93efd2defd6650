import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeEngine, REAL } from '../engine/rig.ts';
import { fromKit, makeBlends } from '../helpers/make-blend.ts';

const TEMPLATES = await fromKit<string[]>('templates()');

const CAMERAS = `
other = bpy.data.objects.new('Other', camera.data)
other.matrix_world = camera.matrix_world
scene.collection.objects.link(other)
for frame, bound in ((1, camera), (3, other)):
    scene.timeline_markers.new(bound.name, frame=frame).camera = bound
`;

/**
 * What is saved as the output, and where the frames 2 and 3 then lie beside the scene; `null`: nowhere, it is told. So is
 * what this Blender does not know.
 */
const SAVED: readonly (readonly [name: string, path: string, files: readonly string[] | null])[] = [
  ['plain', '//plain/f_', ['plain/f_0002.png', 'plain/f_0003.png']],
  ['names', '//{scene_name}/{blend_name}_##', ['Scene/names_02.png', 'Scene/names_03.png']],
  ['brace', '//{{x}}/f_###', ['{x}/f_002.png', '{x}/f_003.png']],
  ['camera', '//by/{camera_name}_', ['by/Camera_0002.png', 'by/Other_0003.png']],
  ['camera-folder', '//{camera_name}/f_', null],
  ['unknown', '//{who}/f_', null],
  ['unclosed', '//f_{blend_name', null],
];

test.runIf(TEMPLATES.length > 0)(
  'frames go to the saved path as Blender fills it in, and a wrong one fails only the shot whose frames go there',
  async () => {
    const rig = await makeEngine();
    await makeBlends(
      SAVED.map(([name, path]) => [
        join(rig.shots, `${name}/${name}.blend`),
        `${CAMERAS}scene.frame_start = 2\nrender.filepath = ${JSON.stringify(path)}\n`,
      ]),
    );
    for (const [name] of SAVED) {
      const there = `blend: ${name}/${name}.blend\n`;
      await rig.file(`shots/${name}-there.yaml`, `${there}output: { path: scene }\n`);
      if (!files(name)) await rig.file(`shots/${name}-elsewhere.yaml`, there);
    }
    const { processor, job } = await rig.processor({ ...REAL, maxRetries: 0, trusted: true });
    await processor.processBatch();
    for (const [name] of SAVED) {
      const wanted = files(name);
      const { status, error } = job(`${name}-there`);
      if (wanted) {
        expect([name, status]).toEqual([name, 'completed']);
        const lying = await readdir(join(rig.shots, name), { recursive: true });
        expect(lying.filter((file) => file.endsWith('.png')).sort()).toEqual([...wanted].sort());
      } else {
        expect(error).toMatchObject({
          cause: 'output-not-writable',
          message: expect.stringContaining('the path that is saved in the scene, "//'),
        });
        expect(job(`${name}-elsewhere`).status).toBe('completed');
      }
    }
    expect(job('unknown-there').error?.message).toContain("'{who}'");
  },
  240_000,
);

function files(name: string): readonly string[] | null {
  const [, path = '', lying = null] = SAVED.find(([one]) => one === name) ?? [];
  const asked = [...path.matchAll(/(?<!\{)\{(\w+)/g)].map(([, part = '']) => part);
  return asked.every((part) => TEMPLATES.includes(part)) ? lying : null;
}
