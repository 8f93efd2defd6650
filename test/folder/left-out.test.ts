import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import {
  changeFolderChoices,
  folderChoices,
  moveFolderChoices,
} from '../../electron/engine/folder/folder-choices.ts';
import {
  choicesAfter,
  type FolderChoices,
  isAutosave,
  isBackupFolder,
  NOTHING_CHOSEN,
  olderVersions,
} from '../../electron/engine/folder/left-out.ts';
import type { Batch } from '../../shared/batch.ts';
import { type Files, folderOf, told } from './folder.ts';

describe('which files are older versions', () => {
  test.each<[why: string, files: readonly string[], older: Readonly<Record<string, string>>]>([
    ['two versions', ['a_v018', 'a_v019'], { a_v018: 'a_v019' }],
    ['many', ['a_v1', 'a_v2', 'a_v10'], { a_v1: 'a_v10', a_v2: 'a_v10' }],
    ['only one', ['a_v018', 'b_v001'], {}],
    ['padding does not count', ['a_v0018', 'a_v19'], { a_v0018: 'a_v19' }],
    ['the same version twice', ['a_v18', 'a_v018', 'a_v17'], { a_v17: 'a_v18' }],
    ['case does not count', ['A_V018', 'a_v019'], { A_V018: 'a_v019' }],
    ['dots', ['a.v018', 'a.v019'], { 'a.v018': 'a.v019' }],
    [
      'dashes and letters',
      ['a-v18', 'a-v18a', 'a-v18B'],
      { 'a-v18': 'a-v18B', 'a-v18a': 'a-v18B' },
    ],
    ['blanks', ['a v3', 'a v12'], { 'a v3': 'a v12' }],
    [
      'whole words',
      ['a_ver3', 'a_ver4', 'b_version3', 'b_version4'],
      { a_ver3: 'a_ver4', b_version3: 'b_version4' },
    ],
    ['a point release', ['a_v1.9', 'a_v1.10', 'a_v1'], { 'a_v1.9': 'a_v1.10', a_v1: 'a_v1.10' }],
    ['a part behind a dot is no version', ['a_v018.001', 'a_v018.002'], {}],
    [
      'in the middle of a name',
      ['EP103_sq020_sh0040_v011_lighting', 'EP103_sq020_sh0040_v012_lighting'],
      { EP103_sq020_sh0040_v011_lighting: 'EP103_sq020_sh0040_v012_lighting' },
    ],
    [
      'of a studio',
      [
        'EP103_sq020_sh0040_lighting_v012',
        'EP103_sq020_sh0040_lighting_v011',
        'EP103_sq020_sh0050_lighting_v011',
        'EP103_sq020_sh0040_anim_v003',
      ],
      { EP103_sq020_sh0040_lighting_v011: 'EP103_sq020_sh0040_lighting_v012' },
    ],
    ['another task of the same shot', ['a_v018_final', 'a_v019'], {}],
    ['no version beside versions', ['a', 'a_v018'], {}],
    ['numbers of shots', ['sh0040', 'sh0050', 'a_12', 'a_13'], {}],
    ['a word that only begins like one', ['a_v2beta', 'a_v3beta', 'a_vault1', 'a_vault2'], {}],
    ['a name that begins with one', ['v8_engine', 'v12_engine'], {}],
    ['nothing but a version', ['v018', 'v019'], { v018: 'v019' }],
    [
      'the last word of several',
      ['lib_v003_sh_v011', 'lib_v003_sh_v012'],
      { lib_v003_sh_v011: 'lib_v003_sh_v012' },
    ],
    ['the same name in another folder', ['sq010/a_v01', 'sq020/a_v02'], {}],
    [
      'a folder for each version',
      ['a/v011/a_v011', 'a/v012/a_v012'],
      { 'a/v011/a_v011': 'a/v012/a_v012' },
    ],
    ['a folder of another version', ['lib_v2/a_v011', 'lib_v3/a_v012'], {}],
  ])('%s', (_why, files, older) => {
    const blend = (name: string) => `${name}.blend`;
    const found = [...olderVersions(files.map(blend))];
    const expected = Object.entries(older).map((pair) => pair.map(blend));
    expect(found.sort()).toEqual(expected.sort());
    expect([...olderVersions(files.map(blend).reverse())].map(([file]) => file).sort()).toEqual(
      expected.map(([file]) => file),
    );
  });
});

test.each([
  ...['_backup', 'backup', 'Backups', 'BACKUP', '_bak', 'bak', 'back-up', 'back_ups', '~backup'],
  ...['sh0040_backup', 'film.bak', 'backup 2', 'backup_2026-11-29', '_old', '_Old_2', '_archive'],
  ...['_backup_monday', '_trash', 'autosave', 'Auto-Save'],
])('%s is a folder of backups', (name) => {
  expect(isBackupFolder(name)).toBe(true);
});

test.each([
  ...['backup_dancers', 'backstage', 'old', 'old_town', 'archive', 'threshold', 'bakery', 'v018'],
  ...['renders', 'trash_compactor', '_olden', 'rollback'],
])('%s is a folder of shots', (name) => {
  expect(isBackupFolder(name)).toBe(false);
});

test.each([
  ['shot_4711_autosave.blend', true],
  ['4711_autosave.blend', true],
  ['film/a_1_AUTOSAVE.blend', true],
  ['shot_autosave.blend', false],
  ['autosave_4711.blend', false],
])('Blender saved %s by itself: %s', (file, is) => {
  expect(isAutosave(file)).toBe(is);
});

test('choices follow each other', () => {
  let now = choicesAfter(NOTHING_CHOSEN, { do: 'leave-out', files: ['b.blend', 'a.blend'] });
  expect(now.leftOut).toEqual(['a.blend', 'b.blend']);
  now = choicesAfter(now, {
    do: 'take-in',
    files: new Map([
      ['a.blend', 'by-hand'],
      ['c_v1.blend', 'older-version'],
    ]),
  });
  // What was left out by hand is no exception to a rule when it is back.
  expect(now).toMatchObject({ leftOut: ['b.blend'], takenIn: ['c_v1.blend'] });
  now = choicesAfter(now, { do: 'leave-out', files: ['c_v1.blend'] });
  expect(now).toMatchObject({ leftOut: ['b.blend', 'c_v1.blend'], takenIn: [] });
  now = choicesAfter(now, { do: 'take-all-in', reasons: ['older-version', 'backup'] });
  expect(now).toMatchObject({
    allVersions: true,
    backups: true,
    leftOut: ['b.blend', 'c_v1.blend'],
  });
  now = choicesAfter(now, { do: 'rules-again' });
  expect(now).toEqual({ ...NOTHING_CHOSEN, leftOut: ['b.blend', 'c_v1.blend'] });
  now = choicesAfter(now, { do: 'take-all-in', reasons: ['by-hand'] });
  expect(now).toEqual(NOTHING_CHOSEN);
});

const names = (batch: Batch) => batch.jobs.map(({ name }) => name);
const leftOut = (batch: Batch) =>
  batch.leftOut?.shots.map(({ file, reason, newer }) =>
    [file, reason, newer].filter(Boolean).join(' '),
  );

async function read(files: Files, choices: Partial<FolderChoices> = {}, asked?: readonly string[]) {
  return createBatchFromDirectory(await folderOf(files), {
    choices: () => ({ ...NOTHING_CHOSEN, ...choices }),
    ...(asked && { asked }),
  });
}

const STUDIO: Files = {
  'sh0040_v018.blend': '',
  'sh0040_v019.blend': '',
  'sh0040_v019.blend1': '',
  'sh0040_v019.blend2': '',
  'sh0050_v003.blend': '',
  'sh0050_4711_autosave.blend': '',
  '_backup/sh0040_v017.blend': '',
  '_backup/deep/hero.yaml': 'blend: ../sh0040_v017.blend',
};

describe('a folder of versions and backups', () => {
  test('gives the newest version of each shot, and says what it leaves out', async () => {
    const batch = await read(STUDIO);
    expect(names(batch)).toEqual(['sh0040_v019', 'sh0050_v003']);
    expect(leftOut(batch)).toEqual([
      'sh0040_v018.blend older-version sh0040_v019.blend',
      'sh0050_4711_autosave.blend autosave',
      '_backup/deep/hero.yaml backup',
      '_backup/sh0040_v017.blend backup',
    ]);
    expect(batch.leftOut).toMatchObject({ takenIn: [], blendBackups: 2 });
    expect(batch.problems).toEqual([]);
  });

  test('gives all where they were taken in, and tells which that are', async () => {
    const batch = await read(STUDIO, { allVersions: true, backups: true });
    expect(names(batch)).toEqual([
      'hero',
      'sh0040_v018',
      'sh0040_v019',
      'sh0050_4711_autosave',
      'sh0050_v003',
    ]);
    expect(batch.leftOut?.shots).toEqual([]);
    expect(batch.leftOut?.takenIn).toContain('sh0040_v018.blend');
  });

  test('takes single ones in', async () => {
    const batch = await read(STUDIO, {
      takenIn: ['_backup/sh0040_v017.blend', 'sh0040_v018.blend'],
    });
    expect(names(batch)).toEqual(['sh0040_v017', 'sh0040_v018', 'sh0040_v019', 'sh0050_v003']);
  });

  test('takes in what is asked for by its name', async () => {
    expect(
      names(await read(STUDIO, { leftOut: ['sh0050_v003.blend'] }, ['SH0040_v018', 'sh0050_v003'])),
    ).toEqual(['sh0040_v018', 'sh0040_v019', 'sh0050_v003']);
  });

  test('a shot that a YAML names is never left out, and an older one beside it is', async () => {
    const batch = await read({
      'a_v001.blend': '',
      'a_v002.blend': '',
      'a_v003.blend': '',
      'hero.yaml': 'blend: a_v002.blend',
      '_backup/b.blend': '',
      'b.yaml': 'blend: _backup/b.blend',
    });
    expect(names(batch)).toEqual(['a_v003', 'b', 'hero']);
    expect(leftOut(batch)).toEqual(['a_v001.blend older-version a_v003.blend']);
    // Nobody would notice that the newer one is not what the shot renders.
    expect(batch.problems).toEqual([
      expect.objectContaining({
        ...{ severity: 'warning', file: expect.stringMatching(/hero\.yaml$/), line: 1 },
        message: expect.stringContaining('renders a_v002.blend, and a_v003.blend is newer'),
      }),
    ]);
  });

  test('the newest may be one that a YAML names', async () => {
    const batch = await read({
      'a_v1.blend': '',
      'a_v2.blend': '',
      'hero.yaml': 'blend: a_v2.blend',
    });
    expect(names(batch)).toEqual(['hero']);
    expect(leftOut(batch)).toEqual(['a_v1.blend older-version a_v2.blend']);
    expect(batch.problems).toEqual([]);
  });

  test('what a shot depends on is never left out by a rule', async () => {
    const files = { 'a_v1.blend': '', 'a_v2.blend': '', 'b.blend': '' };
    const byName = { ...files, 'c.yaml': 'blend: b.blend\ndepends_on: a_v1' };
    const byFile = { ...files, 'd/c.yaml': 'blend: ../b.blend\ndepends_on: ../a_v1.blend' };
    for (const each of [byName, byFile]) {
      const batch = await read(each);
      expect(names(batch).sort()).toEqual(['a_v1', 'a_v2', 'c']);
      expect(batch.problems).toEqual([]);
    }
    const without = await read(byName, { leftOut: ['a_v1.blend'] });
    expect(told(without)).toEqual([
      'error c.yaml:2:13 `depends_on` names `a_v1`, which is left out of this folder: take it in again, or take it out of `depends_on`.',
    ]);
  });

  test('leaves out what was left out by hand: its older versions do not come in for it', async () => {
    const files = {
      'a_v1.blend': '',
      'a_v2.blend': '',
      'b.yaml': 'blend: c.bin',
      'c.bin': '',
      'd.blend': '',
    };
    const batch = await read(files, { leftOut: ['a_v2.blend', 'b.yaml', 'gone.blend'] });
    expect(names(batch)).toEqual(['d']);
    expect(leftOut(batch)).toEqual([
      'a_v1.blend older-version a_v2.blend',
      'a_v2.blend by-hand',
      'b.yaml by-hand',
    ]);
  });

  test('a folder of which all is left out says so', async () => {
    const batch = await read({ '_backup/a.blend': '' });
    expect(told(batch)).toEqual([
      'error . Every shot of this folder is left out: it is an older version or a backup, or somebody has left it out by hand.',
    ]);
  });

  test('a folder of backups that is opened itself is a folder of shots', async () => {
    const folder = await folderOf({ '_backup/a.blend': '' });
    expect(names(await createBatchFromDirectory(join(folder, '_backup')))).toEqual(['a']);
  });
});

describe('choices', () => {
  test('are kept for their folder, also where two change them at once', async () => {
    const data = await folderOf({});
    expect(await folderChoices(data, '/film')).toEqual(NOTHING_CHOSEN);
    await Promise.all(
      ['a', 'b', 'c'].map((file) =>
        changeFolderChoices(data, '/film', { do: 'leave-out', files: [file] }),
      ),
    );
    expect((await folderChoices(data, '/film')).leftOut).toEqual(['a', 'b', 'c']);
    expect(await folderChoices(data, '/titles')).toEqual(NOTHING_CHOSEN);
  });

  test('go along with their folder, and leave those of another one there', async () => {
    const data = await folderOf({});
    await changeFolderChoices(data, '/film', { do: 'leave-out', files: ['a'] });
    await moveFolderChoices(data, '/film', '/disk/film');
    expect((await folderChoices(data, '/disk/film')).leftOut).toEqual(['a']);
    await changeFolderChoices(data, '/titles', { do: 'leave-out', files: ['b'] });
    await moveFolderChoices(data, '/disk/film', '/titles');
    expect((await folderChoices(data, '/titles')).leftOut).toEqual(['b']);
  });

  test('that can’t be understood are set aside', async () => {
    const data = await folderOf({});
    await changeFolderChoices(data, '/film', { do: 'leave-out', files: ['a'] });
    const [file = ''] = await readdir(join(data, 'folders'));
    await writeFile(join(data, 'folders', file), '{ half');
    expect(await folderChoices(data, '/film')).toEqual(NOTHING_CHOSEN);
    expect(await readdir(join(data, 'folders'))).toEqual([`${file}.bad`]);
  });
});
