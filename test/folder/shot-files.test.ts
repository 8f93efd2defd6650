import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import { batchOf, folderOf, shotOf, told } from './folder.ts';

describe('a shot file', () => {
  test('says everything that design.md shows', async () => {
    const folder = await folderOf({
      'knob.blend': 'BLENDER',
      'shots/build_scene.py': 'import bpy',
      'shots/hero.yaml': `
name: hero_turntable
abstract: false
blend: ../knob.blend
script: build_scene.py
params: { subject: knob_a, parts: [1, 2.5, true, null] }
scene: Scene
camera: Cam_Hero
view_layers: [beauty]
frames: 1-3, 6, 10-14x2
render:
  engine: cycles
  resolution: [1920, 1080]
  percentage: 50
  samples: 128
  denoise: true
  device: cpu
output:
  path: renders/hero
  name: hero_####
  format: PNG
  color_depth: 16
timeout: 2h
frame_timeout: 90
retries: 2
priority: 7
`,
    });
    const batch = await createBatchFromDirectory(folder);
    expect(told(batch)).toEqual([]);
    expect(batch.wantsTrust).toBe(true);
    expect(batch.jobs).toHaveLength(1);
    expect(batch.jobs[0]).toMatchObject({
      name: 'hero_turntable',
      shotFile: 'shots/hero.yaml',
      status: 'waiting',
      plan: null,
      outputPath: join(batch.folder, 'shots/renders/hero'),
      shotConfig: {
        blend: join(batch.folder, 'knob.blend'),
        script: join(batch.folder, 'shots/build_scene.py'),
        params: { subject: 'knob_a', parts: [1, 2.5, true, null] },
        scene: 'Scene',
        camera: 'Cam_Hero',
        viewLayers: ['beauty'],
        frames: [1, 2, 3, 6, 10, 12, 14],
        render: {
          engine: 'cycles',
          width: 1920,
          height: 1080,
          percentage: 50,
          samples: 128,
          denoise: true,
          device: 'cpu',
        },
        output: {
          directory: join(batch.folder, 'shots/renders/hero'),
          pattern: 'hero_####',
          format: 'PNG',
          colorDepth: 16,
        },
        timeoutSeconds: 7200,
        frameTimeoutSeconds: 90,
        retries: 2,
        priority: 7,
        order: 'sequential',
        simulations: 'in-order',
        dependsOn: [],
      },
    });
  });

  test('may be a bare .blend with its own saved settings', async () => {
    const batch = await batchOf({ 'sub/knob.BLEND': 'BLENDER' });
    expect(batch.jobs[0]).toMatchObject({
      name: 'knob',
      outputPath: join(batch.folder, 'renders/knob'),
      shotConfig: {
        blend: join(batch.folder, 'sub/knob.BLEND'),
        frames: null,
        viewLayers: null,
        render: { engine: null, width: null, samples: null },
        output: { pattern: 'knob_####', format: null },
        priority: 0,
        order: 'sequential',
        simulations: 'in-order',
        dependsOn: [],
      },
    });
    expect(batch.wantsTrust).toBe(false);
  });

  test('may stand under `shot:` as a whole, and what stands beside is told', async () => {
    const batch = await batchOf({
      'a.yaml': 'shot:\n  blend: scene.bin\n  frames: 4\nframes: 5\n',
    });
    expect(batch.jobs[0]?.shotConfig?.frames).toEqual([4]);
    expect(told(batch)).toEqual([
      'warning a.yaml:4:1 The key `frames` stands beside `shot:` and is left out; move it under `shot:`.',
    ]);
  });

  test.each([
    ['frames: 12', { frames: [12] }],
    ['frames: [3, 5]', { frames: [3, 4, 5] }],
    ['frames: {start: 1, end: 5, step: 2}', { frames: [1, 3, 5] }],
    ['frames: -2--1', { frames: [-2, -1] }],
    ['render: {resolution_x: 640, resolution_y: 480}', { render: { width: 640, height: 480 } }],
    ['render: {resolution_x: 640}', { render: { width: 640, height: null } }],
    ['render: {engine: Eevee}', { render: { engine: 'eevee' } }],
    ['render: {engine: BLENDER_EEVEE_NEXT}', { render: { engine: 'BLENDER_EEVEE_NEXT' } }],
    ['render: {device: GPU}', { render: { device: 'gpu' } }],
    ['render: {device: GPU-or-CPU}', { render: { device: 'gpu-or-cpu' } }],
    [
      'output: {format: exr, color_depth: "32"}',
      { output: { format: 'OPEN_EXR', colorDepth: 32 } },
    ],
    ['output: {path: scene}', { output: { directory: null } }],
    ['camera: 0010', { camera: '0010' }],
    ['view_layers: beauty', { viewLayers: ['beauty'] }],
    ['view_layers: [001, on]', { viewLayers: ['001', 'on'] }],
    ['camera:', { camera: null }],
    ['render:', { render: { engine: null } }],
    ['timeout: 90', { timeoutSeconds: 90 }],
    ['timeout: 90s', { timeoutSeconds: 90 }],
    ['timeout: 20m', { timeoutSeconds: 1200 }],
    ['timeout: 1h30m', { timeoutSeconds: 5400 }],
    ['timeout: 1.5 h', { timeoutSeconds: 5400 }],
    ['priority: -3', { priority: -3 }],
    ['a: &x {subject: 1}\nparams: {<<: *x, more: 2}', { params: { subject: 1, more: 2 } }],
  ])('`%s` means %j', async (text, config) => {
    const batch = await shotOf(text);
    expect(batch.jobs[0]?.error ?? null).toBeNull();
    expect(batch.jobs[0]?.shotConfig).toMatchObject(config);
  });

  test('may be a script alone, and then wants trust', async () => {
    const batch = await batchOf({ 'a.yaml': 'script: build.py', 'build.py': '' });
    expect(batch.wantsTrust).toBe(true);
    expect(batch.jobs[0]?.shotConfig).toMatchObject({
      blend: null,
      script: join(batch.folder, 'build.py'),
    });
  });

  test('may ask for YAML 1.1, with its dates and merge keys', async () => {
    const text = 'blend: scene.bin\nx: &x {day: 2026-11-23}\nparams: {<<: *x, on: yes}\n';
    const batch = await batchOf({ 'a.yaml': `%YAML 1.1\n---\n${text}` });
    expect(batch.jobs[0]?.shotConfig?.params).toEqual({ day: '2026-11-23', on: true });
  });

  test('with a tag of another program is told that it means nothing here', async () => {
    const batch = await shotOf('params: {a: !python/object:os.system 4}');
    expect(batch.jobs[0]?.status).toBe('waiting');
    expect(told(batch)[0]).toMatch(/^warning shot\.yaml:2:13 A YAML tag/);
  });

  test('with `output.path: scene` shows its scene as the output', async () => {
    const batch = await shotOf('output: {path: scene}');
    expect(batch.jobs[0]?.outputPath).toBe(join(batch.folder, 'scene.bin'));
  });

  test('with an extension in `output.name` is told that it needs none', async () => {
    const batch = await shotOf('output: {name: hero_###.PNG}');
    expect(batch.jobs[0]?.shotConfig?.output.pattern).toBe('hero_###');
    expect(told(batch)[0]).toContain('warning shot.yaml:2:16');
  });

  test('with `~` in a path is told that it is not expanded', async () => {
    const batch = await shotOf('output: {path: ~/frames}');
    expect(batch.jobs[0]?.outputPath).toBe(join(batch.folder, '~/frames'));
    expect(told(batch)[0]).toContain('`~` stands for itself');
  });
});

describe('the folder', () => {
  test('that is not there, or is a file, is one clear error', async () => {
    const folder = await folderOf({ 'a.blend': '' });
    await expect(createBatchFromDirectory(join(folder, 'gone'))).rejects.toThrow(
      /^The shot folder .*gone can't be read: there is no such folder\.$/,
    );
    await expect(createBatchFromDirectory(join(folder, 'a.blend'))).rejects.toThrow(
      /a\.blend is a file; choose the folder that holds it\.$/,
    );
  });

  test('without a shot says what a shot is', async () => {
    const batch = await batchOf({ 'readme.txt': '' });
    expect(batch.jobs).toEqual([]);
    expect(told(batch)).toEqual([
      'error . There is no shot in this folder: a shot is a .blend file, or a .yaml file with `blend:` or `script:` in it.',
    ]);
  });

  test('keeps its batch id and job ids across reads, and another output makes another batch', async () => {
    const folder = await folderOf({ 'a.blend': '', 'sub/b.blend': '' });
    const [one, two] = [
      await createBatchFromDirectory(folder),
      await createBatchFromDirectory(`${folder}/sub/..`),
    ];
    const other = await createBatchFromDirectory(folder, { output: join(folder, 'out') });
    expect(two).toEqual(one);
    expect(one.id).toMatch(/^[a-z0-9-]+-[0-9a-f]{10}$/);
    expect(one.id.startsWith(basename(folder).toLowerCase().slice(0, 5))).toBe(true);
    expect(other.id).not.toBe(one.id);
    expect(other.jobs.map((job) => job.id)).toEqual(one.jobs.map((job) => job.id));
    expect(other.jobs[0]?.outputPath).toBe(join(folder, 'out', 'a'));
    expect(one.jobs[0]?.id).toMatch(/^[0-9a-f]{12}$/);
  });
});
