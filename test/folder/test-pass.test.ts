import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import {
  asTested,
  finalsRoot,
  readingOf,
  testFolder,
} from '../../electron/engine/folder/test-pass.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import {
  readTestSetting,
  type TestPass,
  testChips,
  testPassSchema,
  testSettings,
} from '../../shared/test-pass.ts';
import { folderOf, jobNamed, shotOf } from './folder.ts';

const finals = async (text: string): Promise<ShotConfig> => {
  const config = (await shotOf(text)).jobs[0]?.shotConfig;
  if (!config) throw new Error('The shot could not be read.');
  return config;
};

/** What a test pass makes of a shot file, as far as it is another one. */
const tested = async (text: string, pass: TestPass) =>
  asTested(await finals(text), pass, '/renders/test/shot');

describe('a shot in a test pass', () => {
  test.each<[string, string, TestPass, object]>([
    [
      'has another percentage',
      'render: { percentage: 50 }',
      { percentage: 25 },
      { percentage: 25 },
    ],
    ['has a number of samples', 'render: { samples: 64 }', { samples: 8 }, { samples: 8 }],
    [
      'has half of its samples',
      'render: { samples: 64 }',
      { samples: { times: 0.5 } },
      { samples: 32 },
    ],
    [
      'has one sample at least',
      'render: { samples: 1 }',
      { samples: { times: 0.25 } },
      { samples: 1 },
    ],
    [
      'has half the samples of the scene, which only Blender knows',
      '',
      { samples: { times: 0.5 } },
      { samples: null, samplesTimes: 0.5 },
    ],
    [
      'has another engine, device and no denoising',
      'render: { engine: cycles, device: gpu, denoise: true }',
      { engine: 'eevee', device: 'cpu', denoise: false },
      { engine: 'eevee', device: 'cpu', denoise: false },
    ],
    [
      'has another resolution, and its own percentage of it',
      'render: { resolution: [1920, 1080], percentage: 50 }',
      { resolution: { width: 960, height: 540 } },
      { width: 960, height: 540, percentage: 50 },
    ],
    [
      'keeps what nobody overrides',
      'render: { samples: 4, percentage: 50 }',
      { step: 2 },
      { samples: 4, percentage: 50 },
    ],
  ])('%s', async (_what, text, pass, render) => {
    const { render: found } = await tested(text, pass);
    expect(found).toMatchObject(render);
    expect('samplesTimes' in found).toBe('samplesTimes' in render);
  });

  test.each<[string, string, TestPass, readonly number[] | null, number]>([
    ['every 8th of its frames', 'frames: 1-20', { step: 8 }, [1, 9, 17], 8],
    ['every 2nd of those that it has', 'frames: 1, 5, 6, 40', { step: 2 }, [1, 6], 2],
    ['the frames of the pass', 'frames: 1-20', { frames: '30-32' }, [30, 31, 32], 1],
    ['every 2nd of the frames of the pass', '', { frames: '1-5', step: 2 }, [1, 3, 5], 2],
    ['every 8th of those of the scene, which only Blender knows', '', { step: 8 }, null, 8],
    ['its frames', 'frames: 1-3', { percentage: 25 }, [1, 2, 3], 1],
  ])('renders %s', async (_what, text, pass, frames, step) => {
    const config = await tested(text, pass);
    expect(config.frames).toEqual(frames);
    expect(config.test).toEqual({ step });
  });

  test('has the view layers and the camera of the pass, or its own', async () => {
    const text = 'view_layers: [Sky]\ncamera: Wide';
    expect(await tested(text, { layers: ['Characters'], camera: 'Close' })).toMatchObject({
      viewLayers: ['Characters'],
      camera: 'Close',
    });
    expect(await tested(text, { percentage: 25 })).toMatchObject({
      viewLayers: ['Sky'],
      camera: 'Wide',
    });
  });

  test('gives up a colour depth that its new format does not have', async () => {
    const { output } = await tested('output: { format: PNG, color_depth: 16 }', { format: 'JPEG' });
    expect(output).toMatchObject({ format: 'JPEG', colorDepth: null });
  });
});

describe('the frames of a test pass', () => {
  const files = {
    'scene.bin': 'BLENDER',
    'plain.yaml': 'blend: scene.bin',
    'chosen.yaml': 'blend: scene.bin\noutput: { path: out/hero, name: "hero_####" }',
    'saved.yaml': 'blend: scene.bin\noutput: { path: scene }',
  };

  test('go into folders of their own beside the finals, wherever those of a shot go', async () => {
    const folder = await folderOf(files);
    const pass = { percentage: 25, step: 8, samples: { times: 0.5 } };
    const batch = await createBatchFromDirectory(folder, { test: pass });
    const name = 'test 25% step 8 samples x0.5';
    expect(batch.outputRoot).toBe(join(batch.folder, 'renders', name));
    const places = Object.fromEntries(batch.jobs.map((job) => [job.name, job.outputPath]));
    expect(places).toEqual({
      plain: join(batch.folder, 'renders', name, 'plain'),
      chosen: join(batch.folder, 'out/hero', name),
      saved: join(batch.folder, 'renders', name, 'saved'),
    });
    expect(jobNamed(batch, 'chosen').shotConfig?.output.pattern).toBe('hero_####');
  });

  test('are of another batch than the finals and than any other pass, with the same shots', async () => {
    const folder = await folderOf(files);
    const read = (pass?: TestPass) => createBatchFromDirectory(folder, { test: pass });
    const batches = [await read(), await read({ step: 8 }), await read({ step: 4 })];
    expect(new Set(batches.map(({ id }) => id)).size).toBe(3);
    const ids = batches.map(({ jobs }) => jobs.map(({ id }) => id).join());
    expect(new Set(ids).size).toBe(1);
  });

  test('are found again by what the batch says of itself', async () => {
    const folder = await folderOf(files);
    const first = await createBatchFromDirectory(folder, { test: { percentage: 25 } });
    const again = await createBatchFromDirectory(folder, readingOf(first));
    expect(again).toEqual(first);
    expect(finalsRoot(again)).toBe(join(first.folder, 'renders'));
  });

  test('may go where those of the finals may, and nowhere else', async () => {
    const folder = await folderOf({ 'scene.bin': 'B', 's.yaml': 'blend: scene.bin' });
    const config = async (pass?: TestPass) =>
      jobNamed(await createBatchFromDirectory(folder, { test: pass }), 's').shotConfig;
    expect((await config({ step: 2 }))?.output.allowed).toEqual((await config())?.output.allowed);
  });

  test('leave the sources of the finals as they are', async () => {
    const folder = await folderOf(files);
    const sources = async (pass?: TestPass) =>
      (await createBatchFromDirectory(folder, { test: pass })).jobs.map(({ source }) => source);
    const [before, halved, stepped] = [
      await sources(),
      await sources({ samples: { times: 0.5 } }),
      await sources({ step: 2 }),
    ];
    expect(stepped).toEqual(before);
    expect(halved.filter((source) => before.includes(source))).toEqual([]);
  });
});

describe('the folder of a test pass', () => {
  test.each<[TestPass, string]>([
    [{ percentage: 25 }, 'test 25%'],
    [{ percentage: 25, step: 8, samples: { times: 0.5 } }, 'test 25% step 8 samples x0.5'],
    [{ samples: 16, frames: '1-10, 20' }, 'test samples 16 frames 1-10, 20'],
    [{ engine: 'eevee', device: 'cpu', denoise: false }, 'test eevee cpu not denoised'],
    [{ format: 'OPEN_EXR' }, 'test open exr'],
    [{ resolution: { width: 960, height: 540 } }, 'test 960x540'],
  ])('of %j says what it overrides', (pass, name) => {
    expect(testFolder(pass)).toBe(name);
  });

  test('is another one for cameras whose names differ in case or in what no folder can have', () => {
    const names = ['Cam', 'cam', 'C/am', 'C_am', 'x'.repeat(60), `${'x'.repeat(61)}`].map(
      (camera) => testFolder({ camera }).toLowerCase(),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => /^[^/\\:*?"<>|]{1,80}$/.test(name))).toBe(true);
  });
});

describe('what is typed for a test pass', () => {
  const ALL: TestPass = {
    percentage: 25,
    resolution: { width: 960, height: 540 },
    step: 8,
    samples: { times: 0.5 },
    frames: '1-48, 60',
    camera: 'Cam Hero',
    layers: ['Characters', 'Far Sky'],
    engine: 'eevee',
    device: 'cpu',
    denoise: false,
    format: 'PNG',
  };

  test('is read as it is written', () => {
    const read = testSettings(ALL).map((text) => {
      const setting = readTestSetting(text);
      return setting.ok ? setting.test : setting.message;
    });
    expect(Object.assign({}, ...read)).toEqual(ALL);
    expect(testPassSchema.parse(ALL)).toEqual(ALL);
  });

  test('is shown as chips', () => {
    expect(testChips(ALL)).toEqual([
      ...['25 %', '960 × 540', 'every 8th', '½ samples', 'frames 1-48, 60'],
      ...['camera Cam Hero', 'layers Characters, Far Sky'],
      ...['EEVEE', 'CPU', 'not denoised', 'PNG'],
    ]);
    expect(testChips({ step: 2, samples: { times: 0.3 } })).toEqual(['every 2nd', '0.3 × samples']);
    expect([3, 11, 21].map((step) => testChips({ step })[0])).toEqual([
      ...['every 3rd', 'every 11th', 'every 21st'],
    ]);
  });

  test.each([
    ['size=25', 'Expected one of percentage, resolution, step'],
    ['percentage=0', 'Expected a whole number from 1, such as 25 behind percentage=.'],
    ['resolution=960', 'Expected a width and a height such as 960x540'],
    ['layers=,', 'names of view layers'],
    ['step=1', 'Expected a whole number from 2'],
    ['samples=half', 'or a factor such as x0.5'],
    ['frames=a-b', 'frames such as 1-48, 60'],
    ['format=GIF', 'PNG'],
    ['denoise=maybe', 'true or false'],
    ['', 'Expected one of'],
  ])('is refused as %s', (text, message) => {
    expect(readTestSetting(text)).toMatchObject({
      ok: false,
      message: expect.stringContaining(message),
    });
  });
});

test('no test pass is one without a setting', () => {
  expect(testPassSchema.safeParse({}).success).toBe(false);
});
