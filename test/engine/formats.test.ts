import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { proveImage } from '../../electron/engine/proof/prove-image.ts';
import { FORMATS, OUTPUT_FORMATS } from '../../shared/formats.ts';
import { makeBlend } from '../helpers/make-blend.ts';
import { event, makeEngine, REAL } from './rig.ts';

/** Those that every Blender has. */
const EVERYWHERE = OUTPUT_FORMATS.filter((format) => !('since' in FORMATS[format]));

test('every format that this Blender must have is rendered through the engine and proved whole', async () => {
  const rig = await makeEngine();
  await makeBlend(join(rig.folder, 'scenes/scene.blend'));
  for (const format of EVERYWHERE) {
    const yaml = `blend: ../scenes/scene.blend\nframes: 1-2\noutput: {format: ${format}}\n`;
    await rig.file(`shots/${format.toLowerCase()}.yaml`, yaml);
  }
  const { processor, job } = await rig.processor({ ...REAL, workers: 2 });
  expect(await processor.processBatch()).toMatchObject({
    outcome: 'completed',
    completed: EVERYWHERE.length,
  });
  for (const format of EVERYWHERE) {
    const { plan, frames } = job(format.toLowerCase());
    expect(plan).toMatchObject({ format, width: 64, height: 36 });
    for (const frame of frames) {
      if (frame.status !== 'done' || !plan) throw new Error(`A frame of ${format} is not done.`);
      const proof = await proveImage(join(plan.directory, frame.record.file), plan);
      expect(proof).toMatchObject({ whole: true, sha256: frame.record.sha256 });
    }
  }
});

const MOVIE = `
set_format(render.image_settings, 'FFMPEG')
render.ffmpeg.format, render.ffmpeg.codec, render.ffmpeg.audio_codec = 'MKV', 'FFV1', 'NONE'
render.filepath = '//out/movie_'
scene.frame_end = 5
`;

test('a crash in the middle of a movie costs one frame, and the movie is made in the end', async () => {
  const rig = await makeEngine();
  await makeBlend(join(rig.shots, 'film.blend'), MOVIE);
  const first = await rig.processor(REAL);
  const third = first.until(event('frame-started', 'film', 3));
  const running = first.processor.processBatch();
  await third;
  const command = first.signals.length;
  expect(command).toBeGreaterThan(0);
  await first.processor.cancel();
  await running;
  const before = first.told('frame-done');
  const { processor, told, job } = await rig.processor(REAL);
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect([...before, ...told('frame-done')]).toEqual([1, 2, 3, 4, 5]);
  const movie = job('film').plan?.movie?.file as string;
  expect((await stat(movie)).size).toBeGreaterThan(500);
  const names = await readdir(join(rig.out, 'film'));
  expect(names.sort()).toEqual([
    'film.mkv',
    ...[1, 2, 3, 4, 5].map((frame) => `film_000${frame}.png`),
  ]);
  const again = await rig.processor(REAL);
  await again.processor.processBatch();
  expect(again.signals.some(({ type }) => type === 'worker')).toBe(false);
});
