import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { proveImage } from '../../electron/batch/proof/prove-image.ts';
import { makePicture } from '../../electron/pictures/make-picture.ts';
import { failed, makeRig, sceneRequest, value, within } from '../blender/rig.ts';
import { makeBlend } from '../helpers/make-blend.ts';

const FORMATS = [
  ['PNG', [8, 16]],
  ['JPEG', [8]],
  ['TIFF', [8, 16]],
  ['WEBP', [8]],
  ['OPEN_EXR', [16, 32]],
  ['OPEN_EXR_MULTILAYER', [16, 32]],
  ['AVIF', [8, 10, 12]],
] as const;

/** Whichever the scene is saved as: from a picture, from layers and from a movie the way is not the same. */
const SAVED = ['PNG', 'OPEN_EXR_MULTILAYER', 'FFMPEG'];

test('every format and depth that this Blender has is written from any saved one, proved whole, and not when cut', async () => {
  const rig = await makeRig();
  const worker = await rig.start();
  const written: string[] = [];
  for (const saved of SAVED) {
    const blend = await makeBlend(
      rig.path(`${saved}.blend`),
      `set_format(render.image_settings, '${saved}')`,
    );
    for (const [format, depths] of FORMATS) {
      for (const colorDepth of depths) {
        const what = `${saved} to ${format} ${colorDepth}`;
        const opened = await worker.open(sceneRequest({ blend, format, colorDepth }), within());
        if (format === 'AVIF' && !opened.ok) {
          expect(failed(opened).message).toMatch(/can't write AVIF; Blender 5 and newer can\.$/);
          continue;
        }
        expect([what, value(opened).format]).toEqual([what, format]);
        const file = rig.path(`f${written.length}.part`);
        const rendered = await worker.render({ frame: 1, threads: 1, file }, within());
        if (format === 'AVIF' && !rendered.ok) {
          // Debian's 5.2 lists the format, but its OpenImageIO has no encoder for it: no file, and an error that says so.
          expect(failed(rendered).message).toMatch(/cannot save: .+\.avif/);
          continue;
        }
        value(rendered);
        const size = { format, width: 64, height: 36 };
        expect([what, await proveImage(file, size)]).toMatchObject([what, { whole: true }]);
        expect([what, (await makePicture(file, 'row')) !== null]).toEqual([what, true]);
        const data = await readFile(file);
        for (const part of [0.5, 0.98]) {
          await writeFile(file, data.subarray(0, Math.floor(data.length * part)));
          expect([what, await proveImage(file, size)]).toMatchObject([what, { whole: false }]);
        }
        written.push(what);
      }
    }
  }
  expect([30, 39]).toContain(written.length);
}, 240_000);
