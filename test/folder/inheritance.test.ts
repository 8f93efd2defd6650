import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { batchOf, folderOf, jobNamed, shotOf, told } from './folder.ts';

describe('inheritance', () => {
  test('merges deeply: own keys win, lists replace, paths belong to the file that says them', async () => {
    const batch = await batchOf({
      'lib/base.yaml': `
abstract: true
name: base
blend: ../scene.bin
script: build.py
params: { a: { x: 1, y: 2 }, list: [1, 2, 3] }
render: { samples: 8, resolution: [640, 480] }
output: { path: out }
`,
      'lib/build.py': '',
      'mid.yaml': 'extends: lib/base.yaml\nabstract: true\nparams: { a: { y: 3 } }\nframes: 1-4\n',
      'shots/a.yaml': `
extends: ../mid.yaml
params: { list: [9] }
render: { resolution_x: 1000 }
frames: { start: 2, end: 3 }
`,
    });
    expect(told(batch)).toEqual([]);
    expect(batch.jobs).toHaveLength(1);
    expect(jobNamed(batch, 'a').shotConfig).toMatchObject({
      blend: join(batch.folder, 'scene.bin'),
      script: join(batch.folder, 'lib/build.py'),
      params: { a: { x: 1, y: 3 }, list: [9] },
      frames: [2, 3],
      render: { samples: 8, width: 1000, height: 480 },
      output: { directory: join(batch.folder, 'lib/out') },
    });
  });

  test('`null` takes an inherited value away', async () => {
    const batch = await shotOf('extends: base.yaml\ncamera: null\nrender: { samples: null }', {
      'base.yaml': 'abstract: true\ncamera: A\nrender: { samples: 4, percentage: 50 }',
    });
    const config = batch.jobs[0]?.shotConfig;
    expect(config?.camera).toBeNull();
    expect(config?.render).toMatchObject({ samples: null, percentage: 50 });
  });

  test('a concrete shot may be extended too, and keeps its name for itself', async () => {
    const batch = await batchOf({
      'a.yaml': 'name: first\nblend: scene.bin\nframes: 3',
      'b.yaml': 'extends: a.yaml',
    });
    expect(batch.jobs.map((job) => [job.name, job.shotConfig?.frames])).toEqual([
      ['first', [3]],
      ['b', [3]],
    ]);
  });

  test('a circle is told at the `extends` that closes it, for each shot in it', async () => {
    const batch = await batchOf({
      'a.yaml': 'extends: b.yaml\nblend: scene.bin',
      'b.yaml': 'extends: a.yaml',
      'c.yaml': 'extends: c.yaml',
    });
    expect(batch.jobs.map((job) => job.status)).toEqual(['failed', 'failed', 'failed']);
    expect(told(batch)).toEqual([
      'error b.yaml:1:10 These files extend each other in a circle: a.yaml, b.yaml, a.yaml.',
      'error a.yaml:1:10 These files extend each other in a circle: b.yaml, a.yaml, b.yaml.',
      'error c.yaml:1:10 These files extend each other in a circle: c.yaml, c.yaml.',
    ]);
  });

  test('a file that is not there is told where it is named', async () => {
    const batch = await shotOf('extends: lib/gone.yaml');
    expect(told(batch)).toEqual([
      "error shot.yaml:2:10 `extends` names lib/gone.yaml: This file can't be read: it is not there, or a link that leads nowhere.",
    ]);
  });

  test('an error in a base fails the shots that extend it, is told at its own line, and stops no other', async () => {
    const batch = await batchOf({
      'base.yaml': 'abstract: true\nrender:\n  samples: lots\n',
      'a.yaml': 'extends: base.yaml\nblend: scene.bin',
      'b.yaml': 'blend: scene.bin',
    });
    expect(batch.jobs.map((job) => job.status)).toEqual(['failed', 'waiting']);
    expect(told(batch)).toEqual([
      'error base.yaml:3:12 `render.samples`: expected a whole number from 1 to 16777216, found `lots`.',
    ]);
  });

  test('an error in a base that nobody extends is told once', async () => {
    const batch = await batchOf({
      'base.yaml': 'abstract: true\nframes: soon\n',
      'b.yaml': 'blend: scene.bin',
    });
    expect(batch.jobs.map((job) => job.name)).toEqual(['b']);
    expect(told(batch)).toHaveLength(1);
  });

  test('a base outside of the folder may be extended, and its unknown keys are told', async () => {
    const lib = await folderOf({ 'base.yaml': 'abstract: true\nframes: 4\nfarmes: 5' });
    const batch = await shotOf(`extends: ${join(lib, 'base.yaml')}`);
    expect(batch.jobs[0]?.shotConfig?.frames).toEqual([4]);
    expect(told(batch)[0]).toMatch(/^warning \.\.\/.*base\.yaml:3:1 The key `farmes`/);
  });

  test('`extends` that is no text is told', async () => {
    const batch = await shotOf('extends: [a.yaml]');
    expect(told(batch)[0]).toContain('shot.yaml:2:10 `extends`: expected the path of a shot file');
  });
});

describe('defaults.yaml', () => {
  test('applies under every shot, a bare .blend too', async () => {
    const batch = await batchOf({
      'defaults.yaml': 'render: { samples: 4, percentage: 50 }\noutput: { format: PNG }\n',
      'a.yaml': 'blend: scene.bin\nrender: { samples: 9 }',
      'sub/b.blend': 'BLENDER',
    });
    expect(told(batch)).toEqual([]);
    expect(jobNamed(batch, 'a').shotConfig?.render).toMatchObject({ samples: 9, percentage: 50 });
    expect(jobNamed(batch, 'b').shotConfig).toMatchObject({
      render: { samples: 4 },
      output: { format: 'PNG' },
    });
  });

  test('counts only in the shot folder itself', async () => {
    const batch = await batchOf({
      'a.yaml': 'blend: scene.bin',
      'sub/defaults.yaml': 'blend: ../scene.bin\nrender: { samples: 4 }',
    });
    expect(batch.jobs.map((job) => job.name)).toEqual(['a', 'defaults']);
  });

  test('with a mistake in it is one problem, and the shots go without it', async () => {
    const batch = await batchOf({
      'defaults.yaml': 'render:\n  samples: lots\n  percentage: 50\n',
      'a.yaml': 'blend: scene.bin',
      'b.yaml': 'blend: scene.bin',
    });
    expect(batch.jobs.map((job) => job.status)).toEqual(['waiting', 'waiting']);
    expect(told(batch)).toEqual([
      'error defaults.yaml:2:12 `render.samples`: expected a whole number from 1 to 16777216, found `lots`. Until then the shots go without these defaults.',
    ]);
  });
});
