import { readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import { EditRefused, undoEdit } from '../../electron/engine/folder/shot-texts.ts';
import { type SplitOutcome, splitShots } from '../../electron/engine/folder/split-shots.ts';
import type { FilePart, FileParts } from '../../shared/more-shots.ts';
import { type Files, folderOf, jobNamed, told } from './folder.ts';

const offered = (name: string, frames = '1-24'): FilePart => {
  return { name, frames, is: 'offered', of: null };
};
const scenes = (...parts: readonly FilePart[]): FileParts => {
  const own = { name: 'Yard', frames: '1-96', is: 'renders', of: null } as const;
  return { by: 'scenes', file: 'film.blend', scene: 'Yard', parts: [own, ...parts] };
};
const cameras = (...parts: readonly FilePart[]): FileParts => {
  return { by: 'cameras', file: 'film.blend', scene: 'Yard', parts };
};

/** A shot folder whose shots are split. */
async function opened(files: Files) {
  const folder = await realpath(await folderOf(files));
  const batch = await createBatchFromDirectory(folder);
  return {
    folder,
    text: (name: string) => readFile(join(folder, name), 'utf8'),
    split: (name: string, parts: FileParts) =>
      splitShots({ batch, trusted: false }, [{ job: jobNamed(batch, name), parts }]),
    now: () => createBatchFromDirectory(folder),
  };
}

const MADE = '# Made by Nightshift. What is said here goes before what the scene has saved.\n';

test('each scene of a bare .blend becomes a shot, and the first goes on where it was', async () => {
  const film = await opened({ 'film.blend': 'BLENDER' });
  const before = jobNamed(await film.now(), 'film');
  const parts = scenes(offered('Attic'), { ...offered('Set'), is: 'background', of: 'Yard' });
  const { written, failed, undo } = await film.split('film', parts);
  expect(failed).toBeNull();
  expect(written).toMatchObject([
    { file: 'film.yaml', isOwn: true, made: true, jobId: before.id },
    { file: 'film_Attic.yaml', isOwn: false, made: true, jobId: before.id },
  ]);
  expect(await film.text('film.yaml')).toBe(`${MADE}blend: film.blend\nscene: Yard\n`);
  expect(await film.text('film_Attic.yaml')).toBe(`${MADE}blend: film.blend\nscene: Attic\n`);
  const now = await film.now();
  expect(told(now)).toEqual([]);
  for (const { nowId, file } of written) {
    expect(jobNamed(now, file.replace('.yaml', '')).id).toBe(nowId);
  }
  expect(jobNamed(now, 'film').outputPath).toBe(before.outputPath);

  expect(await undoEdit(undo)).toEqual([]);
  expect(await readdir(film.folder)).toEqual(['film.blend']);
});

test('each camera of a marker becomes a shot of its own frames', async () => {
  const film = await opened({ 'film.blend': 'BLENDER' });
  await film.split(
    'film',
    cameras(offered('A', '1-40'), offered('B', '41'), offered('A', '42-80')),
  );
  expect(await film.text('film.yaml')).toBe(
    `${MADE}blend: film.blend\nscene: Yard\ncamera: A\nframes: 1-40\n`,
  );
  expect(await film.text('film_B.yaml')).toContain('camera: B\nframes: 41\n');
  expect(await film.text('film_A.yaml')).toContain('camera: A\nframes: 42-80\n');
  const now = await film.now();
  expect(told(now)).toEqual([]);
  expect(now.jobs.map(({ name, shotConfig }) => [name, shotConfig?.frames?.length])).toEqual([
    ['film_A', 39],
    ['film_B', 1],
    ['film', 40],
  ]);
});

test('a shot file is copied with its settings and comments, but for what is its own', async () => {
  const film = await opened({
    'scenes/film.blend': 'BLENDER',
    'base.yaml': 'abstract: true\nrender: { samples: 8 }\n',
    'yard.yaml':
      '# Agreed with Mia\nextends: base.yaml\nname: the_yard\nblend: scenes/film.blend\nframes: 1-12 # the walk\ncamera: Cam\nview_layers: [fog]\nrender:\n  percentage: 50 # for now\noutput:\n  name: yard_####\n',
  });
  await film.split('the_yard', scenes(offered('Attic')));
  expect(await film.text('yard.yaml')).toContain('  name: yard_####\nscene: Yard\n');
  expect(await film.text('yard_Attic.yaml')).toBe(
    '# Agreed with Mia\nextends: base.yaml\nblend: scenes/film.blend\nrender:\n  percentage: 50 # for now\nscene: Attic\n',
  );
  await film.split('the_yard', cameras(offered('A', '1-6'), offered('B', '7-12')));
  expect(await film.text('yard.yaml')).toContain('frames: 1-6 # the walk\ncamera: A\n');
  expect(await film.text('yard_B.yaml')).toContain(
    'frames: 7-12 # the walk\ncamera: B\nview_layers: [fog]\n',
  );
  expect(told(await film.now())).toEqual([]);
});

test('nothing that is there is written over, and no shot is called like another one', async () => {
  const film = await opened({
    'film.blend': 'BLENDER',
    'film_Attic.yaml': 'name: other\nblend: film2.bin\n',
    'film2.bin': 'BLENDER',
    'sub/FILM_CELLAR.blend': 'BLENDER',
  });
  const { written } = await film.split(
    'film',
    scenes(
      offered('Attic'),
      offered('attic'),
      offered('Cellar'),
      offered('a/b:c'),
      offered('a?b:c'),
    ),
  );
  expect(written.map(({ file }) => file)).toEqual([
    'film.yaml',
    'film_Attic_2.yaml',
    'film_attic_3.yaml',
    'film_Cellar_2.yaml',
    'film_a_b_c.yaml',
    'film_a_b_c_2.yaml',
  ]);
  expect(await film.text('film_Attic.yaml')).toContain('name: other');
  const now = await film.now();
  expect(new Set(now.jobs.map(({ outputPath }) => outputPath.toLowerCase())).size).toBe(8);
  expect(jobNamed(now, 'FILM_CELLAR').shotFile).toBe('sub/FILM_CELLAR.blend');
});

test.each([
  ['true'],
  ['1e3'],
  ['~'],
  [' a: b # c '],
  ['"quoted" \'so\''],
  ['Сцена 1'],
  ['NUL'],
  ['x'.repeat(63)],
])('a scene called %s is found again', async (name) => {
  const film = await opened({ 'film.blend': 'BLENDER' });
  await film.split('film', scenes(offered(name)));
  const now = await film.now();
  expect(told(now)).toEqual([]);
  expect(now.jobs.map(({ shotConfig }) => shotConfig?.scene).sort()).toEqual(['Yard', name].sort());
});

test('names that are too long for a file stay apart', async () => {
  const long = 'f'.repeat(179);
  const film = await opened({ [`${long}.blend`]: 'BLENDER' });
  const { written } = await film.split(long, scenes(offered('Attic'), offered('Cellar')));
  expect(new Set(written.map(({ file }) => file)).size).toBe(3);
  expect((await film.now()).jobs).toHaveLength(3);
});

const refusal = (split: Promise<SplitOutcome>) =>
  split.then(
    () => null,
    (error: unknown) => (error instanceof EditRefused ? error.message : error),
  );

test('a file that would be for all shots, or is there already, is refused before anything is written', async () => {
  const film = await opened({ 'defaults.blend': 'BLENDER', 'film.blend': 'BLENDER' });
  expect(await refusal(film.split('defaults', scenes(offered('Attic'))))).toMatch(
    /^A file called defaults\.yaml would be for all shots/,
  );
  await writeFile(join(film.folder, 'film.yaml'), 'something: else\n');
  expect(await refusal(film.split('film', scenes(offered('Attic'))))).toMatch(
    /^film\.yaml is there already/,
  );
  expect((await readdir(film.folder)).sort()).toEqual([
    'defaults.blend',
    'film.blend',
    'film.yaml',
  ]);
});
