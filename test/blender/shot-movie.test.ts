import { copyFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { MovieMaker, sizeOf } from '../../electron/engine/shot-movie.ts';
import { stillOf } from '../../electron/pictures/make-picture.ts';
import type { BatchJob, FramePlan } from '../../shared/job.ts';
import { FRESH_JOB, jobAfter } from '../../shared/job-state.ts';
import { folderOf } from '../folder/folder.ts';
import { BLENDER } from '../helpers/make-blend.ts';
import { planOf } from '../helpers/plan.ts';

/** Writes frames of one grey as Blender would: `exr`, `multi`; and says what is in movies. */
const HELPER = `
import bpy, json, sys
task = json.loads(sys.argv[-1])
scene = bpy.data.scenes.new("helper")
scene.render.resolution_percentage = 100
scene.render.dither_intensity = 0
if task["do"] == "frames":
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 1, False
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.world = bpy.data.worlds.new("grey")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs[0].default_value = (0.18, 0.18, 0.18, 1)
    for kind, pattern in (("OPEN_EXR", "exr"), ("OPEN_EXR_MULTILAYER", "multi")):
        scene.render.image_settings.file_format = kind
        scene.render.filepath = task["folder"] + "/" + pattern + "_####"
        scene.frame_start, scene.frame_end = 1, 2
        bpy.ops.render.render(animation=True, scene=scene.name)
else:
    for file in task["files"]:
        clip = bpy.data.movieclips.load(file)
        print("MOVIE", json.dumps([clip.frame_duration, list(clip.size), clip.fps]))
        editor = scene.sequence_editor_create()
        strips = editor.strips if hasattr(editor, "strips") else editor.sequences
        for strip in list(strips):
            strips.remove(strip)
        strips.new_movie("movie", file, 1, 1)
        scene.render.resolution_x, scene.render.resolution_y = clip.size
        scene.view_settings.view_transform = "Standard"
        scene.render.image_settings.file_format = "PNG"
        scene.frame_start, scene.frame_end = 1, clip.frame_duration
        scene.render.filepath = file + "_"
        bpy.ops.render.render(animation=True, scene=scene.name)
`;

async function blender(folder: string, task: unknown): Promise<string> {
  const script = join(folder, 'helper.py');
  await writeFile(script, HELPER);
  const args = ['-b', '--factory-startup', '-P', script, '--', JSON.stringify(task)];
  return (await execa(BLENDER, args)).stdout;
}

/** A shot whose frames of these numbers are on disk, made by `write`. */
async function shot(
  plan: FramePlan,
  name: string,
  there: Readonly<Record<number, (file: string) => Promise<unknown>>>,
): Promise<BatchJob & { readonly plan: FramePlan }> {
  let job: BatchJob = {
    ...FRESH_JOB,
    ...{ id: '0123456789ab', name, shotFile: `${name}.yaml`, shotConfig: null },
    ...{ outputPath: plan.directory, source: '' },
  };
  const about = { job: job.id, at: 0 };
  job = jobAfter(job, { type: 'job-planned', ...about, plan });
  job = jobAfter(job, { type: 'job-started', ...about });
  for (const [number, write] of Object.entries(there)) {
    const frame = Number(number);
    const file = `${name}_${String(frame).padStart(4, '0')}${plan.extension}`;
    await write(join(plan.directory, file));
    const { size: bytes } = await stat(join(plan.directory, file));
    const record = { file, bytes, sha256: '0'.repeat(32), seconds: 1, at: 0, memoryMb: null };
    job = jobAfter(job, { type: 'frame-started', ...about, frame, worker: 0 });
    job = jobAfter(job, { type: 'frame-done', ...about, frame, record } as never);
  }
  return { ...job, plan };
}

function grey(value: number) {
  const background = { r: value, g: value, b: value };
  return (file: string) =>
    sharp({ create: { width: 65, height: 37, channels: 3, background } })
      .png()
      .toFile(file);
}

async function shades(file: string): Promise<readonly number[]> {
  const folder = join(file, '..');
  const mine = (await readdir(folder)).filter((name) => join(folder, name).startsWith(`${file}_`));
  return Promise.all(
    mine.sort().map(async (name) => {
      const { channels } = await sharp(join(folder, name)).stats();
      return Math.round(channels[0]?.mean ?? 0);
    }),
  );
}

test('Blender makes movies of PNG as it is and of OpenEXR through AgX; frames that are missing are held and named', async () => {
  const folder = await folderOf({});
  await blender(folder, { do: 'frames', folder });
  const png = planOf([2, 4, 5, 7, 8], { directory: folder, width: 65, height: 37, fps: 23.976 });
  const exr = { directory: folder, width: 64, height: 36, fps: 24, extension: '.exr' };
  const copy = (name: string) => (file: string) => copyFile(join(folder, name), file);
  const hero = await shot(png, 'hero', { 4: grey(40), 5: grey(120), 8: grey(220) });
  const light = await shot(planOf([1, 2], { ...exr, format: 'OPEN_EXR' }), 'light', {
    1: copy('exr_0001.exr'),
    2: copy('exr_0002.exr'),
  });
  const layers = await shot(planOf([1], { ...exr, format: 'OPEN_EXR_MULTILAYER' }), 'layers', {
    1: copy('multi_0001.exr'),
  });
  const gone = await shot(planOf([1], { directory: folder }), 'gone', { 1: grey(1) });
  await rm(join(folder, 'gone_0001.png'));

  const maker = await MovieMaker.of(BLENDER, new AbortController().signal, stillOf);
  try {
    expect(await maker.make(hero)).toEqual({
      ok: true,
      value: { file: join(folder, 'hero.mp4'), frames: 5, fps: 23.976, held: [2, 7] },
    });
    expect(await maker.make(light)).toMatchObject({ ok: true, value: { frames: 2, held: [] } });
    expect(await maker.make(layers)).toMatchObject({ ok: true, value: { frames: 1 } });
    expect(await maker.make(gone)).toBeNull();
  } finally {
    await maker.close();
  }
  // Nothing that is half made is left.
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);

  const files = ['hero', 'light', 'layers'].map((name) => join(folder, `${name}.mp4`));
  const said = await blender(folder, { do: 'look', files });
  const movies = [...said.matchAll(/^MOVIE (.*)$/gm)].map(([, text = '']) => JSON.parse(text));
  expect(movies).toEqual([
    [5, [64, 36], expect.closeTo(23.976, 2)],
    [2, [64, 36], 24],
    [1, [64, 36], 24],
  ]);
  const [of = [], through = [], layered = []] = await Promise.all(files.map(shades));
  for (const [at, value] of [40, 40, 120, 120, 220].entries()) {
    expect(Math.abs((of[at] ?? 0) - value)).toBeLessThan(4);
  }
  // Middle grey of AgX; the other one is ours.
  for (const value of [...through, ...layered]) expect(Math.abs(value - 116)).toBeLessThan(8);
});

test('a movie for looking is never larger than what plays, and has even sides', () => {
  expect(sizeOf({ width: 8000, height: 4501 })).toEqual({
    ...{ width: 3840, height: 2160, stretched: true },
  });
  expect(sizeOf({ width: 4, height: 20 })).toEqual({ width: 16, height: 20, stretched: true });
  expect(sizeOf({ width: 1921, height: 1081 })).toEqual({
    ...{ width: 1920, height: 1080, stretched: false },
  });
});
