import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeRig, sceneRequest, value, within } from '../blender/rig.ts';
import { makeEngine, pixels, REAL } from '../engine/rig.ts';
import { frameNames } from '../faults/lab.ts';
import { drawsWithoutEgl, makeBlends } from '../helpers/make-blend.ts';

/** What a container or a bare server looks like to Blender, told by its environment alone. */
const LACKING = {
  'no libEGL': (folder: string) => ({ LD_LIBRARY_PATH: join(folder, 'broken') }),
  'libEGL without a driver': () => ({ __EGL_VENDOR_LIBRARY_FILENAMES: '/nowhere.json' }),
} as const;

const DRAWS = await drawsWithoutEgl();

/** Shots that are drawn, by what. Without a GPU, EEVEE takes minutes where it can draw. */
const DRAWN: Readonly<Record<string, string>> = DRAWS
  ? { drawn: 'workbench' }
  : { drawn: 'workbench', eevee: 'eevee' };

test.skipIf(process.platform !== 'linux').each(Object.keys(LACKING) as (keyof typeof LACKING)[])(
  'with %s what Cycles renders is rendered, its compositor too, and what has to be drawn is refused with its own cause',
  { timeout: 300_000 },
  async (what) => {
    const rig = await makeEngine();
    await mkdir(join(rig.folder, 'broken'));
    await writeFile(join(rig.folder, 'broken/libEGL.so.1'), 'this is no library');
    const scene = (name: string) => join(rig.folder, `scenes/${name}.blend`);
    await makeBlends([
      [scene('composed'), 'invert_on_gpu(scene)'],
      [scene('plain'), ''],
    ]);
    const shots = Object.entries({ plain: '', composed: '', ...DRAWN });
    for (const [name, engine] of shots) {
      const blend = name === 'composed' ? name : 'plain';
      const set = engine === '' ? '' : `render: { engine: ${engine} }\n`;
      await rig.file(`shots/${name}.yaml`, `blend: ../scenes/${blend}.blend\nframes: 1-2\n${set}`);
    }
    without(LACKING[what](rig.folder));
    const { processor, job, events } = await rig.processor(REAL);
    const { failed } = await processor.processBatch();

    expect(failed).toBe(DRAWS ? 0 : Object.keys(DRAWN).length);
    for (const [name, engine] of Object.entries(DRAWN)) {
      const { id, error, warnings } = job(name);
      if (DRAWS) {
        expect([name, error, warnings]).toEqual([name, null, []]);
        expect(await rig.frames(name)).toEqual(frameNames(name, 2));
        continue;
      }
      expect(error).toMatchObject({
        cause: 'graphics-not-available',
        message: expect.stringContaining('graphics libraries'),
        nextStep: expect.stringMatching(/libegl1 .*mesa-libEGL/),
      });
      // It would abort at every try.
      expect(events.filter((one) => one.type === 'frame-failed' && one.job === id)).toMatchObject([
        { willRetry: false },
      ]);
      const by = expect.stringMatching(new RegExp(`drawn by ${engine}`, 'i'));
      expect(warnings).toMatchObject([{ cause: 'graphics-not-available', message: by }]);
    }
    const [plain = '', composed = ''] = await Promise.all(
      ['plain', 'composed'].map((name) => pixels(join(rig.out, name, `${name}_0001.png`))),
    );
    expect(composed).not.toBe(plain);
    expect(await rig.frames('composed')).toEqual(frameNames('composed', 2));
    expect(job('plain').warnings).toEqual([]);

    // The same picture where nothing is missing.
    without({ LD_LIBRARY_PATH: undefined, __EGL_VENDOR_LIBRARY_FILENAMES: undefined });
    const whole = await makeRig();
    const worker = await whole.start();
    const blend = join(rig.folder, 'scenes/composed.blend');
    value(await worker.open(sceneRequest({ blend }), within()));
    const file = whole.path('whole.png');
    value(await worker.render({ frame: 1, threads: 1, file }, within()));
    expect((await pixels(file)) === composed, 'the same pixels as on the GPU').toBe(true);
  },
);

/** For the Blenders that this test starts. */
function without(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(environment)) {
    const before = process.env[name];
    const set = (now: string | undefined) => {
      if (now === undefined) delete process.env[name];
      else process.env[name] = now;
    };
    set(value);
    onTestFinished(() => set(before));
  }
}
