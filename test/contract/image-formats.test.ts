import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { proveImage } from '../../electron/engine/proof/prove-image.ts';
import { makePicture } from '../../electron/pictures/make-picture.ts';
import { FORMATS, OUTPUT_FORMATS } from '../../shared/formats.ts';
import { failed, makeRig, type Rig, sceneRequest, value, within } from '../blender/rig.ts';
import { BLENDER, makeBlends } from '../helpers/make-blend.ts';

/** Whichever the scene is saved as: from a picture, from layers and from a movie the way is not the same. */
const SAVED = ['PNG', 'OPEN_EXR_MULTILAYER', 'FFMPEG'];

test('every format and depth that this Blender has is written from any saved one, proved whole, and not when cut', async () => {
  const rig = await makeRig();
  const worker = await rig.start();
  await makeBlends([
    ...SAVED.map(
      (saved) =>
        [rig.path(`${saved}.blend`), `set_format(render.image_settings, '${saved}')`] as const,
    ),
    [rig.path('alone/a.blend'), AVIF_IF_KNOWN],
  ]);
  const avif = await avifOf(rig);
  const written: string[] = [];
  for (const saved of SAVED) {
    const blend = rig.path(`${saved}.blend`);
    for (const format of OUTPUT_FORMATS) {
      for (const colorDepth of FORMATS[format].depths) {
        const what = `${saved} to ${format} ${colorDepth}`;
        const opened = await worker.open(sceneRequest({ blend, format, colorDepth }), within());
        if (format === 'AVIF' && avif !== 'written') {
          const failure = failed(opened);
          expect(failure.cause).toBe('format-not-supported');
          expect(failure.message).toMatch(SAID[avif]);
          continue;
        }
        expect([what, value(opened).format]).toEqual([what, format]);
        const file = rig.path(`f${written.length}.part`);
        value(await worker.render({ frame: 1, threads: 1, file }, within()));
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
  const here = OUTPUT_FORMATS.filter((format) => format !== 'AVIF' || avif === 'written');
  const each = here.flatMap((format) => FORMATS[format].depths);
  expect(written).toHaveLength(SAVED.length * each.length);
}, 240_000);

/** What a shot is told that asks for AVIF and can't have it. */
const SAID = {
  unknown: /can't write AVIF; Blender 5 and newer can\.$/,
  'not-written': /lists AVIF, but was built without what writes it\.$/,
} as const;

const AVIF_IF_KNOWN = `
try:
    set_format(render.image_settings, 'AVIF')
except TypeError:
    open(os.path.join(OUT, 'unknown'), 'x').close()
`;

/** What becomes of a frame in AVIF, by Blender alone: it does not know the format, it fails, or there is a file. */
async function avifOf({ path }: Rig): Promise<keyof typeof SAID | 'written'> {
  if ((await readdir(path('alone'))).includes('unknown')) return 'unknown';
  await mkdir(path('alone/out'));
  const args = ['-b', '-Y', '--factory-startup', path('alone/a.blend')];
  await execa(BLENDER, [...args, '-o', path('alone/out/f_'), '-f', '1'], { reject: false });
  const [file] = await readdir(path('alone/out'));
  const bytes = file === undefined ? 0 : (await stat(path('alone/out', file))).size;
  return bytes > 0 ? 'written' : 'not-written';
}
