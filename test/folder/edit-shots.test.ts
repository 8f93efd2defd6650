import {
  chmod,
  lstat,
  readdir,
  readFile,
  realpath,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import {
  type EditOutcome,
  editShots,
  readSetups,
} from '../../electron/engine/folder/edit-shots.ts';
import { EditRefused, undoEdit } from '../../electron/engine/folder/shot-texts.ts';
import type { SettingKey } from '../../shared/shot-setup.ts';
import { type Files, folderOf, jobNamed } from './folder.ts';

/** A shot folder whose settings are changed as in the window. */
async function opened(files: Files) {
  const folder = await realpath(await folderOf({ 'scene.bin': 'BLENDER', ...files }));
  const batch = await createBatchFromDirectory(folder);
  const shots = (names: readonly string[]) => ({
    batch,
    jobs: names.map((name) => jobNamed(batch, name)),
    trusted: false,
  });
  return {
    folder,
    batch,
    text: (name: string) => readFile(join(folder, name), 'utf8'),
    read: (...names: string[]) => readSetups(shots(names)),
    set: async (names: readonly string[], key: SettingKey, value: string | null) =>
      editShots(shots(names), key, value, (await readSetups(shots(names))).seen),
    setAsSeen: (names: readonly string[], key: SettingKey, value: string, seen: string) =>
      editShots(shots(names), key, value, seen),
  };
}

const refusal = (change: Promise<EditOutcome>) =>
  change.then(
    () => null,
    (error: unknown) => (error instanceof EditRefused ? error.message : error),
  );

describe('one shot', () => {
  test('a setting is written into its file, and into no other one', async () => {
    const film = await opened({
      'defaults.yaml': 'render: { samples: 8 }\n',
      'hero.yaml': 'blend: scene.bin # the scene\nframes: 1-4\n',
    });
    const { written, failed } = await film.set(['hero'], 'render.samples', '32');
    expect(failed).toBeNull();
    expect(written).toMatchObject([{ file: 'hero.yaml', made: false, line: 4 }]);
    expect(await film.text('hero.yaml')).toBe(
      'blend: scene.bin # the scene\nframes: 1-4\nrender:\n  samples: 32\n',
    );
    expect(await film.text('defaults.yaml')).toBe('render: { samples: 8 }\n');
    expect((await film.read('hero')).said[0]?.['render.samples']).toEqual({
      text: '32',
      place: { file: 'hero.yaml', line: 4 },
      isOwn: true,
    });
  });

  test.each<readonly [SettingKey, string, string]>([
    ['frames', '1-48, 60', 'frames: 1-48, 60'],
    ['frames', '12', 'frames: 12'],
    ['render.resolution', '1920 x 1080', 'render:\n  resolution: [1920, 1080]'],
    ['render.resolution', '640×360', 'render:\n  resolution: [640, 360]'],
    ['render.percentage', '50 %', 'render:\n  percentage: 50'],
    ['render.denoise', 'false', 'render:\n  denoise: false'],
    ['render.engine', 'eevee', 'render:\n  engine: eevee'],
    ['render.device', 'gpu-or-cpu', 'render:\n  device: gpu-or-cpu'],
    ['camera', '0010', 'camera: "0010"'],
    ['view_layers', 'beauty, fog', 'view_layers: [beauty, fog]'],
    ['output.path', 'out/hero', 'output:\n  path: out/hero'],
    ['output.format', 'OPEN_EXR', 'output:\n  format: OPEN_EXR'],
    ['output.color_depth', '16', 'output:\n  color_depth: 16'],
    ['timeout', '2h', 'timeout: 2h'],
    ['frame_timeout', '90', 'frame_timeout: 90'],
    ['retries', '0', 'retries: 0'],
    ['order', 'every-nth', 'order: every-nth'],
    ['simulations', 'bake', 'simulations: bake'],
  ])('%s: %s', async (key, typed, line) => {
    const film = await opened({ 'hero.yaml': 'blend: scene.bin\n' });
    await film.set(['hero'], key, typed);
    expect(await film.text('hero.yaml')).toBe(`blend: scene.bin\n${line}\n`);
  });

  test('a folder of the disk is named from where the file is', async () => {
    const film = await opened({ 'sub/hero.yaml': 'blend: ../scene.bin\n' });
    await film.set(['hero'], 'output.path', join(film.folder, 'out', 'hero'));
    expect(await film.text('sub/hero.yaml')).toContain('path: ../out/hero\n');
    await film.set(['hero'], 'output.path', '/elsewhere');
    expect(await film.text('sub/hero.yaml')).toContain('path: /elsewhere\n');
  });

  test('a resolution stays in the keys in which it is said', async () => {
    const film = await opened({
      'pair.yaml': 'blend: scene.bin\nrender:\n  resolution: [64,36] # full\n',
      'sides.yaml': 'blend: scene.bin\nrender: { resolution_x: 64 }\n',
      'base.yaml': 'abstract: true\nrender: { resolution: [8, 8] }\n',
      'child.yaml': 'extends: base.yaml\nblend: scene.bin\n',
    });
    await film.set(['pair'], 'render.resolution', '32 x 18');
    expect(await film.text('pair.yaml')).toContain('  resolution: [32, 18] # full\n');
    await film.set(['sides'], 'render.resolution', '32 x 18');
    expect(await film.text('sides.yaml')).toContain(
      'render: { resolution_x: 32, resolution_y: 18 }',
    );
    await film.set(['sides'], 'render.resolution', null);
    expect(await film.text('sides.yaml')).toBe('blend: scene.bin\n');
    expect((await film.read('child')).said[0]?.['render.resolution'].text).toBe('8 × 8');
    await film.set(['child'], 'render.resolution', null);
    expect(await film.text('child.yaml')).toContain('  resolution_x: null\n  resolution_y: null\n');
    expect((await film.read('child')).said[0]?.['render.resolution'].text).toBeNull();
  });

  test('cleared it goes, and what is inherited counts; that is taken away when it is cleared again', async () => {
    const film = await opened({
      'base.yaml': 'abstract: true\ncamera: Base\n',
      'hero.yaml': 'extends: base.yaml\nblend: scene.bin\ncamera: Own # mine\n',
    });
    const camera = async () => (await film.read('hero')).said[0]?.camera;
    await film.set(['hero'], 'camera', null);
    expect(await film.text('hero.yaml')).toBe('extends: base.yaml\nblend: scene.bin\n');
    expect(await camera()).toMatchObject({ text: 'Base', isOwn: false });
    await film.set(['hero'], 'camera', null);
    expect(await film.text('hero.yaml')).toContain('camera: null\n');
    expect(await camera()).toMatchObject({ text: null, isOwn: true });
    await film.set(['hero'], 'camera', null);
    expect(await camera()).toMatchObject({ text: 'Base', isOwn: false });
    expect((await film.set(['hero'], 'scene', null)).written).toEqual([]);
  });

  test('what the schema refuses is refused in its words, and nothing is written', async () => {
    const text = 'blend: scene.bin\nrender:\n  samples: 64\noutput: { color_depth: 16 }\n';
    const film = await opened({ 'hero.yaml': text });
    const say = (key: SettingKey, value: string) => refusal(film.set(['hero'], key, value));
    expect(await say('render.samples', 'many')).toBe(
      'Expected a whole number from 1 to 16777216, found `many`.',
    );
    expect(await say('render.samples', '0')).toMatch(/^Expected a whole number/);
    expect(await say('frames', '10-1x')).toMatch(/^`frames`: /);
    expect(await say('render.resolution', 'big')).toMatch(/^Expected width and height in pixels/);
    expect(await say('output.name', 'a/b')).toMatch(/^Expected a file name without any of/);
    expect(await say('output.format', 'JPEG')).toBe(
      '`output.color_depth`: expected 8 for JPEG, found 16.'.replace(
        '`output.color_depth`: e',
        'E',
      ),
    );
    expect(await say('view_layers', ' , ')).toMatch(/^Expected a list of names of view layers/);
    expect(await film.text('hero.yaml')).toBe(text);
  });

  test('a shot that can’t be rendered for another reason is mended piece by piece', async () => {
    const film = await opened({
      'hero.yaml': 'blend: gone.blend\nrender: { samples: 0 }\nretries: x\n',
    });
    await film.set(['hero'], 'retries', '1');
    await film.set(['hero'], 'render.samples', '8');
    expect(await film.text('hero.yaml')).toBe(
      'blend: gone.blend\nrender: { samples: 8 }\nretries: 1\n',
    );
    expect(await refusal(film.set(['hero'], 'frames', 'all'))).toMatch(/^`frames`/);
  });

  test('a file that is no YAML can’t be changed, and says where', async () => {
    const film = await opened({ 'hero.yaml': 'blend: scene.bin\n\tframes: 1\n' });
    const sentence =
      'hero.yaml, line 2: A tab stands where spaces belong; YAML is indented with spaces only.';
    expect((await film.read('hero')).problem).toBe(sentence);
    expect(await refusal(film.set(['hero'], 'frames', '1'))).toBe(sentence);
  });
});

describe('a bare .blend', () => {
  test('gets a file beside it that says only what is changed, and keeps its name', async () => {
    const film = await opened({ 'a/hero.blend': 'BLENDER', 'b/hero.blend': 'BLENDER' });
    const { written } = await film.set(['a_hero'], 'render.samples', '8');
    expect(written).toMatchObject([{ file: 'a/hero.yaml', made: true, line: 4 }]);
    expect(await film.text('a/hero.yaml')).toBe(
      '# Made by Nightshift. What is said here goes before what the scene has saved.\nblend: hero.blend\nrender:\n  samples: 8\n',
    );
    const now = await createBatchFromDirectory(film.folder);
    expect(now.jobs.map(({ id, name }) => [id, name])).toEqual([
      [written[0]?.nowId, 'a_hero'],
      [jobNamed(film.batch, 'b_hero').id, 'b_hero'],
    ]);
    expect(jobNamed(now, 'a_hero').outputPath).toBe(jobNamed(film.batch, 'a_hero').outputPath);
  });

  test('whose name needs quotes', async () => {
    const film = await opened({ "it's: #1.blend": 'BLENDER' });
    const [job] = film.batch.jobs;
    await film.set([job?.name ?? ''], 'frames', '1');
    expect(await film.text("it's: #1.yaml")).toContain(`blend: "it's: #1.blend"\n`);
  });

  test('where nothing is to be said no file is made', async () => {
    const film = await opened({ 'hero.blend': 'BLENDER' });
    expect((await film.set(['hero'], 'camera', null)).written).toEqual([]);
    expect(await readdir(film.folder)).toEqual(['hero.blend', 'scene.bin']);
  });

  test('beside a file of its name is left alone', async () => {
    const film = await opened({
      'hero.blend': 'BLENDER',
      'hero.yml': 'blend: scene.bin\n',
      'x.blend': 'BLENDER',
      'a/x.blend': 'BLENDER',
      'a_x.blend': 'BLENDER',
    });
    expect((await film.read('hero_blend')).problem).toBe(
      'hero.yml is there already, so no shot file can be made beside hero.blend: rename one of the two.',
    );
    expect((await film.read('a_x_blend')).problem).toMatch(/^Several shots are called x/);
  });
});

describe('many shots', () => {
  test('get only the setting that was changed, each in its own file', async () => {
    const film = await opened({
      'a.yaml': 'blend: scene.bin\nrender: { samples: 8 } # a\noutput: { path: a }\n',
      'b.yaml': 'blend: scene.bin\nframes: 1\noutput: { path: b }\n',
      'c.blend': 'BLENDER',
    });
    const { written } = await film.set(['a', 'b', 'c'], 'render.samples', '16');
    expect(written.map(({ file, made }) => [file, made])).toEqual([
      ['a.yaml', false],
      ['b.yaml', false],
      ['c.yaml', true],
    ]);
    expect(await film.text('a.yaml')).toContain('render: { samples: 16 } # a\n');
    expect(await film.text('b.yaml')).toContain('frames: 1\n');
    expect(await film.text('b.yaml')).toContain('render:\n  samples: 16\n');
  });

  test('cleared: only where the own file says it', async () => {
    const film = await opened({
      'defaults.yaml': 'camera: All\n',
      'a.yaml': 'blend: scene.bin\ncamera: A\n',
      'b.yaml': 'blend: scene.bin\n',
    });
    const clear = () => film.set(['a', 'b'], 'camera', null);
    expect((await clear()).written.map(({ file }) => file)).toEqual(['a.yaml']);
    expect((await clear()).written.map(({ file }) => file)).toEqual(['a.yaml', 'b.yaml']);
    expect(await film.text('b.yaml')).toBe('blend: scene.bin\ncamera: null\n');
  });

  test('are all left alone where one of them refuses', async () => {
    const film = await opened({
      'a.yaml': 'blend: scene.bin\n',
      'b.yaml': 'blend: scene.bin\noutput: { color_depth: 16 }\n',
    });
    expect(await refusal(film.set(['a', 'b'], 'output.format', 'JPEG'))).toMatch(
      /^Expected 8 for JPEG/,
    );
    expect(await film.text('a.yaml')).toBe('blend: scene.bin\n');
  });
});

describe('the disk', () => {
  test('what was changed since it was read is not written over', async () => {
    const film = await opened({ 'hero.yaml': 'blend: scene.bin\n' });
    const { seen } = await film.read('hero');
    await writeFile(join(film.folder, 'hero.yaml'), 'blend: scene.bin\nframes: 7\n');
    const change = film.setAsSeen(['hero'], 'frames', '1-4', seen);
    await expect(change).rejects.toMatchObject({ isStale: true });
    expect(await refusal(film.setAsSeen(['hero'], 'frames', '1-4', seen))).toBe(
      'hero.yaml was changed since it was read here; nothing was written.',
    );
    expect(await film.text('hero.yaml')).toBe('blend: scene.bin\nframes: 7\n');
  });

  test('a file that came beside a .blend meanwhile is not written over', async () => {
    const film = await opened({ 'hero.blend': 'BLENDER' });
    const { seen } = await film.read('hero');
    await writeFile(join(film.folder, 'hero.yaml'), 'mine: true\n');
    expect(await refusal(film.setAsSeen(['hero'], 'frames', '1', seen))).toMatch(
      /^hero.yaml is there/,
    );
    expect(await film.text('hero.yaml')).toBe('mine: true\n');
  });

  test('rights, links and the mark of UTF-8 stay', async () => {
    const film = await opened({
      'sub/real.txt': '\uFEFFblend: ../scene.bin\r\nframes: 1\r\n',
    });
    await chmod(join(film.folder, 'sub/real.txt'), 0o640);
    await symlink('sub/real.txt', join(film.folder, 'hero.yaml'));
    await writeFile(join(film.folder, 'sub/real.txt'), '\uFEFFblend: scene.bin\r\nframes: 1\r\n');
    const again = await createBatchFromDirectory(film.folder);
    const shots = { batch: again, jobs: again.jobs, trusted: false };
    await editShots(shots, 'frames', '2', (await readSetups(shots)).seen);
    expect((await lstat(join(film.folder, 'hero.yaml'))).isSymbolicLink()).toBe(true);
    expect((await stat(join(film.folder, 'hero.yaml'))).mode & 0o777).toBe(0o640);
    expect(await film.text('sub/real.txt')).toBe('\uFEFFblend: scene.bin\r\nframes: 2\r\n');
  });

  test('what is write-protected stays as it is', async () => {
    const film = await opened({ 'hero.yaml': 'blend: scene.bin\n' });
    await chmod(join(film.folder, 'hero.yaml'), 0o444);
    expect(await refusal(film.set(['hero'], 'frames', '1'))).toBe(
      'hero.yaml is write-protected; nothing was written.',
    );
    expect(await film.text('hero.yaml')).toBe('blend: scene.bin\n');
  });

  test('where one file can’t be written, the others are, and it is told and taken back with them', async () => {
    // The name under which it is staged is too long for any disk.
    const long = 'x'.repeat(246);
    const film = await opened({
      'a.yaml': 'blend: scene.bin\n',
      [`${long}.yaml`]: 'blend: scene.bin\n',
    });
    const [, other] = film.batch.jobs;
    const { written, failed, undo } = await film.set(['a', other?.name ?? ''], 'frames', '1');
    expect(written.map(({ file }) => file)).toEqual(['a.yaml']);
    expect(failed).toBe(`${long}.yaml could not be written: the system says ENAMETOOLONG.`);
    expect(await undoEdit(undo)).toEqual([]);
    expect(await film.text('a.yaml')).toBe('blend: scene.bin\n');
  });

  test('a change is taken back, but not where somebody has written since', async () => {
    const film = await opened({
      'a.yaml': 'blend: scene.bin # a\n',
      'b.yaml': 'blend: scene.bin\noutput: { path: b }\n',
      'c.blend': 'BLENDER',
    });
    const { undo } = await film.set(['a', 'b', 'c'], 'frames', '1');
    await writeFile(join(film.folder, 'b.yaml'), 'blend: scene.bin\nframes: 9\n');
    expect(await undoEdit(undo)).toEqual(['b.yaml']);
    expect(await film.text('a.yaml')).toBe('blend: scene.bin # a\n');
    expect(await film.text('b.yaml')).toContain('frames: 9');
    expect(await readdir(film.folder)).not.toContain('c.yaml');
  });
});
