import { realpath } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { settingPlaces } from '../../electron/engine/folder/setting-places.ts';
import { type Files, folderOf } from './folder.ts';

const placesOf = async (files: Files, shot = 'shot.yaml') =>
  settingPlaces(await realpath(await folderOf(files)), shot);

describe('where a setting is said', () => {
  test('is the file that wins: the shot, what it extends, the defaults', async () => {
    const places = await placesOf({
      'defaults.yaml': 'retries: 1\nrender:\n  samples: 16\n  percentage: 50\n',
      'base/look.yaml':
        'abstract: true\nblend: a.blend\nrender:\n  samples: 64\n  engine: cycles\n',
      'shot.yaml': 'shot:\n  extends: base/look.yaml\n  render:\n    engine: eevee\n',
    });
    expect(places).toMatchObject({
      blend: { file: 'base/look.yaml', line: 2 },
      retries: { file: 'defaults.yaml', line: 1 },
      'render.samples': { file: 'base/look.yaml', line: 4 },
      'render.percentage': { file: 'defaults.yaml', line: 4 },
      'render.engine': { file: 'shot.yaml', line: 4 },
    });
    expect(places).not.toHaveProperty('camera');
  });

  test('is told of both sides of a resolution, and of params in one piece', async () => {
    const places = await placesOf({
      'shot.yaml': 'blend: a.blend\nparams: { a: { b: 1 } }\nrender:\n  resolution: [64, 36]\n',
    });
    expect(places['render.resolution_x']).toEqual({ file: 'shot.yaml', line: 4 });
    expect(places['render.resolution_y']).toEqual({ file: 'shot.yaml', line: 4 });
    expect(places.params).toEqual({ file: 'shot.yaml', line: 2 });
    expect(places).not.toHaveProperty('params.a');
  });

  test('is nowhere once `null` has taken it away', async () => {
    const places = await placesOf({
      'base.yaml': 'abstract: true\ncamera: A\n',
      'shot.yaml': 'extends: base.yaml\nblend: a.blend\ncamera: null\n',
    });
    expect(places).not.toHaveProperty('camera');
  });

  test('is the file itself of a bare .blend, beside what the defaults say', async () => {
    const files = { 'defaults.yaml': 'render: { samples: 8 }\n', 'sub/a.blend': 'BLENDER' };
    expect(await placesOf(files, 'sub/a.blend')).toEqual({
      blend: { file: 'sub/a.blend', line: null },
      render: { file: 'defaults.yaml', line: 1 },
      'render.samples': { file: 'defaults.yaml', line: 1 },
    });
  });

  test('is nowhere for a shot file that can’t be read', async () => {
    expect(await placesOf({ 'shot.yaml': 'blend: [' })).toEqual({});
    expect(await placesOf({ 'other.yaml': 'blend: a.blend' })).toEqual({});
  });
});
