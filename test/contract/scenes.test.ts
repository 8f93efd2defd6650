import { join } from 'node:path';
import { expect, test } from 'vitest';
import { partsOfFile, splitShots } from '../../electron/engine/index.ts';
import { partsSentence, type Split } from '../../shared/more-shots.ts';
import { undecidedFrames } from '../../shared/older-files.ts';
import { type EngineRig, makeEngine, pixels, REAL, type Watched } from '../engine/rig.ts';
import { makeBlend } from '../helpers/make-blend.ts';

/* What is told of a file with several scenes, or cameras bound to markers, and what the shots that are made of it render. */

/** Another scene of the same things, and another camera. */
const MORE = `
def seen_from(name, x, of):
    other = bpy.data.objects.new(name, camera.data)
    other.location, other.rotation_euler = (x, -7, 3), (1.2, 0, 0.3)
    of.collection.objects.link(other)
    return other

def another(name):
    made = scene.copy()
    made.name, made.use_fake_user = name, True
    return made
`;

const FILM = `${MORE}
scene.name = 'Yard'
attic, cellar, sky, edit, layer = (another(name) for name in ('Attic', 'Cellar', 'Sky', 'Edit', 'Layer'))
attic.camera = seen_from('Low', 2, attic)
attic.frame_start, attic.frame_end = 5, 6
cellar.camera = None
scene.background_set = sky
editor = edit.sequence_editor_create()
(editor.strips if hasattr(editor, 'strips') else editor.sequences).new_scene('Cut', layer, 1, 1)
edit.camera = None
`;

const CUT = `${MORE}
scene.frame_end = 4
left, hidden, right = (seen_from(name, x, scene) for name, x in (('Left', -1), ('Hidden', 5), ('Right', 1)))
hidden.hide_render = True
for frame, bound in ((3, right), (3, left), (1, left), (4, hidden)):
    scene.timeline_markers.new(bound.name, frame=frame).camera = bound
`;

/** Renders what is there, and says what its files hold besides. */
async function rendered(rig: EngineRig): Promise<{ night: Watched; told: readonly string[] }> {
  const night = await rig.processor({ ...REAL, maxRetries: 0 });
  expect(await night.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  return { night, told: partsIn(night).map(partsSentence) };
}

function partsIn({ processor: { jobs } }: Watched) {
  const seen = jobs.map((job) => ({ job, plan: job.plan }));
  return seen.flatMap((each) => partsOfFile(each, seen, new Set()));
}

/** Makes shots, and reads the folder anew. */
async function split(night: Watched, by: Split): Promise<void> {
  const [parts] = partsIn(night).filter((each) => each.by === by);
  const { batch } = night.processor;
  await night.processor.close();
  if (!parts) throw new Error('There is nothing to be split.');
  const { failed } = await splitShots({ batch, trusted: false }, [
    { job: night.job('film'), parts },
  ]);
  expect(failed).toBeNull();
}

const picture = (rig: EngineRig, shot: string, frame: number) =>
  pixels(join(rig.out, shot, `${shot}_000${frame}.png`));

test('a file of several scenes says which can be shots, and the shots of them render them', {
  timeout: 120_000,
}, async () => {
  const rig = await makeEngine();
  await makeBlend(join(rig.shots, 'film.blend'), FILM);
  const { night, told } = await rendered(rig);
  expect(told).toEqual([
    'film.blend has 6 scenes: Yard (renders), Attic, Cellar (no camera), Edit (no camera), Layer (strip of Edit), Sky (background of Yard).',
  ]);
  await split(night, 'scenes');

  const after = await rig.processor({ ...REAL, maxRetries: 0 });
  expect(await after.processor.load()).toMatchObject({ framesWhole: 3, stale: [], older: [] });
  await after.processor.processBatch();
  expect(after.told('frame-done', 'film')).toEqual([]);
  expect(after.told('frame-done', 'film_Attic')).toEqual([5, 6]);
  expect(undecidedFrames(after.job('film'))).toEqual([]);
  expect(await rig.frames('film_Attic')).toEqual(['film_Attic_0005.png', 'film_Attic_0006.png']);
  expect(await picture(rig, 'film_Attic', 5)).not.toBe(await picture(rig, 'film', 3));
  expect(partsIn(after).map(partsSentence)[0]).toContain('has a shot');
});

test('cameras of markers become shots that render what the whole one did', {
  timeout: 120_000,
}, async () => {
  const rig = await makeEngine();
  await makeBlend(join(rig.shots, 'film.blend'), CUT);
  const { night, told } = await rendered(rig);
  expect(told).toEqual([
    'In film.blend 2 cameras are bound to markers: Left (1, 2), Right (3, 4).',
  ]);
  const whole = await Promise.all([1, 2, 3, 4].map((frame) => picture(rig, 'film', frame)));
  await split(night, 'cameras');

  const after = await rig.processor({ ...REAL, maxRetries: 0 });
  expect(await after.processor.load()).toMatchObject({ framesWhole: 2, framesLeft: 2, older: [] });
  await after.processor.processBatch();
  expect(after.told('frame-done')).toEqual([3, 4]);
  const pieces = [
    ['film', 1],
    ['film', 2],
    ['film_Right', 3],
    ['film_Right', 4],
  ] as const;
  const now = await Promise.all(pieces.map(([shot, frame]) => picture(rig, shot, frame)));
  expect(now.map((each, at) => each === whole[at])).toEqual([true, true, true, true]);
  expect(partsIn(after)).toEqual([]);
});
