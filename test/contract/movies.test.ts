import { basename, join } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { failed, makeRig, pixels, sceneRequest, value, within } from '../blender/rig.ts';
import { makeEngine, REAL } from '../engine/rig.ts';
import { frameNames } from '../faults/lab.ts';
import { BLENDER, KIT, makeBlend } from '../helpers/make-blend.ts';

/** A movie with a tone, which our frames must not lose; the view settings must not be applied twice. */
const MOVIE = `
import wave, struct
tone = wave.open(os.path.join(OUT, 'tone.wav'), 'wb')
tone.setparams((1, 2, 8000, 0, 'NONE', ''))
tone.writeframes(b''.join(struct.pack('<h', (i % 20) * 1000) for i in range(8000)))
tone.close()
strips(scene).new_sound('tone', os.path.join(OUT, 'tone.wav'), 1, 1)
set_format(render.image_settings, 'FFMPEG')
render.ffmpeg.format, render.ffmpeg.codec, render.ffmpeg.audio_codec = 'MKV', 'FFV1', 'PCM'
render.filepath = '//out/movie_'
scene.view_settings.exposure = 1
render.resolution_percentage = 50
render.resolution_x, render.resolution_y = 128, 72
`;

/** Decodes a movie with Blender itself: length, size, sound, and one frame as PNG. */
const READ = `
${KIT}
import bpy, sys
movie, png, at = sys.argv[-3:]
clip = bpy.data.movieclips.load(movie)
print('MOVIE', clip.frame_duration, tuple(clip.size), round(clip.fps, 2))
scene = bpy.context.scene
strips = strips(scene)
strips.new_movie('m', movie, 1, 1, fit_method='ORIGINAL')
print('SOUND', strips.new_sound('s', movie, 2, 1).frame_final_duration)
scene.render.resolution_x, scene.render.resolution_y = clip.size
scene.render.resolution_percentage = 100
set_format(scene.render.image_settings, 'PNG')
scene.render.image_settings.color_mode = 'RGB'
scene.view_settings.view_transform = 'Standard'
scene.render.dither_intensity = 0
scene.frame_set(int(at))
scene.render.filepath = png
scene.render.use_file_extension = False
bpy.ops.render.render(write_still=True)
`;

test('a movie scene renders PNG frames, and encodes them with its own settings and sound', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('movie.blend'), MOVIE);
  const worker = await rig.start();
  const facts = value(await worker.open(sceneRequest({ blend }), within()));
  expect(facts).toMatchObject({
    movie: { extension: '.mkv' },
    format: 'PNG',
    extension: '.png',
    width: 64,
    height: 36,
    savedOutput: { directory: rig.path('out'), pattern: 'movie_####' },
  });
  const frames = [1, 2, 3].map((frame) => rig.path(`f${frame}.png`));
  for (const [at, file] of frames.entries()) {
    value(await worker.render({ frame: at + 1, threads: 2, file }, within()));
  }
  const movie = rig.path('.staging.movie.mkv');
  value(await worker.encode({ frames, file: movie }, within()));

  const stdout = await readMovie(movie, rig.path('second.png'), 2);
  // The last block of sound may end a frame later, and the container counts that.
  expect(stdout).toMatch(/MOVIE [34] \(64, 36\) 24\.0/);
  expect(stdout).toMatch(/SOUND [34]\b/);
  expect(rig.log.filter((line) => /Append frame/i.test(line))).toHaveLength(3);
  // FFV1 keeps all but the last bit of a conversion between RGB and YUV; a second exposure would double it.
  const [shown, wanted] = await Promise.all([rig.path('second.png'), frames[1] ?? ''].map(tones));
  const worst = Math.max(...(shown ?? []).map((tone, at) => Math.abs(tone - (wanted?.[at] ?? 0))));
  expect(worst).toBeLessThanOrEqual(6);

  // The scene is as it was: the next frame is still a frame.
  value(await worker.render({ frame: 1, threads: 2, file: rig.path('again.png') }, within()));
  expect(await pixels(rig.path('again.png'))).toBe(await pixels(frames[0] ?? ''));
});

test('a shot whose scene is saved as a movie ends with the movie beside its frames', async () => {
  const rig = await makeEngine();
  await makeBlend(join(rig.shots, 'film.blend'), MOVIE);
  const { processor, job } = await rig.processor({ ...REAL, workers: 1 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const movie = job('film').plan?.movie?.file ?? '';
  expect(await rig.frames('film')).toEqual([basename(movie), ...frameNames('film', 3)].sort());
  expect(await readMovie(movie, join(rig.folder, 'first.png'), 1)).toMatch(
    /MOVIE [34] \(64, 36\) 24\.0/,
  );
});

test('a shot that asks for an image format of its own makes no movie', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('movie.blend'), MOVIE);
  const worker = await rig.start();
  const facts = value(await worker.open(sceneRequest({ blend, format: 'JPEG' }), within()));
  expect(facts).toMatchObject({ movie: null, format: 'JPEG', extension: '.jpg' });
  const encode = { frames: [rig.path('a.jpg')], file: rig.path('a.mkv') };
  expect(failed(await worker.encode(encode, within())).cause).toBe('format-not-supported');
});

/** What Blender itself says of a movie; one frame of it becomes a PNG. */
async function readMovie(movie: string, png: string, frame: number): Promise<string> {
  const args = ['-b', '-Y', '--factory-startup', '--python-exit-code', '1', '--python-expr', READ];
  const { stdout } = await execa(BLENDER, [...args, '--', movie, png, `${frame}`]);
  return stdout;
}

async function tones(file: string): Promise<number[]> {
  return [...(await sharp(file).removeAlpha().raw().toBuffer())];
}
