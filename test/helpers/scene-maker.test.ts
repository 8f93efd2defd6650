import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeBlend } from './make-blend.ts';

/** Names `OUT`, so that it is never taken from those that are kept. */
const CHECKS = `
OUT
assert bpy.context.preferences.edit.keyframe_new_interpolation_type == 'BEZIER'
assert not bpy.app.handlers.save_pre
assert 'left' not in bpy.app.driver_namespace
`;

test('a scene finds nothing of those that were made before it, and one that fails costs the next ones nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-scenes-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const scene = (name: string, python: string) => makeBlend(join(folder, `${name}.blend`), python);
  await scene(
    'turns',
    `
OUT
bpy.context.preferences.edit.keyframe_new_interpolation_type = 'CONSTANT'
bpy.app.handlers.save_pre.append(lambda *_: None)
bpy.app.driver_namespace['left'] = 1
`,
  );
  await scene('after', CHECKS);
  await expect(scene('fails', "OUT\nraise ValueError('of its own')")).rejects.toThrow('of its own');
  await scene('next', CHECKS);
});
