import { mkdir, realpath, symlink } from 'node:fs/promises';
import { join, posix, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import { batchesOf, isBlendFile, pickedFiles } from '../../electron/engine/folder/picked-files.ts';
import { filesName, placePath } from '../../shared/picked-files.ts';
import { folderOf, told } from './folder.ts';

describe('files that are picked', () => {
  test.each<[paths: readonly string[], batches: readonly [string, readonly string[]][]]>([
    [['/film/a.blend'], [['/film', ['a.blend']]]],
    [['/film/b.blend', '/film/a.blend', '/film/b.blend'], [['/film', ['a.blend', 'b.blend']]]],
    [['/film/sq1/a.blend', '/film/sq2/a.blend'], [['/film', ['sq1/a.blend', 'sq2/a.blend']]]],
    [['/film/a.blend', '/film/sq2/a.blend'], [['/film', ['a.blend', 'sq2/a.blend']]]],
    [
      ['/film1/a.blend', '/film/a.blend'],
      [
        ['/film1', ['a.blend']],
        ['/film', ['a.blend']],
      ],
    ],
    [['/a.blend', '/b.blend'], [['/', ['a.blend', 'b.blend']]]],
    [[], []],
  ])('%j are a batch of the folder that holds them all', (paths, batches) => {
    expect(batchesOf(paths, posix).map(({ folder, files }) => [folder, files])).toEqual(batches);
  });

  test('on other disks of Windows they are other batches', () => {
    const paths = ['C:\\film\\sq1\\a.blend', 'D:\\film\\b.blend', 'C:\\film\\c.blend'];
    expect(batchesOf(paths, win32)).toEqual([
      { folder: 'C:\\film\\sq1', files: ['a.blend'] },
      { folder: 'D:\\film', files: ['b.blend'] },
      { folder: 'C:\\film', files: ['c.blend'] },
    ]);
    expect(
      batchesOf(
        paths.filter((path) => path.startsWith('C')),
        win32,
      ),
    ).toEqual([{ folder: 'C:\\film', files: ['c.blend', 'sq1/a.blend'] }]);
  });

  test('are found behind a link to their folder, and a link to a file stays in its place', async () => {
    const root = await realpath(await folderOf({ 'film/a.blend': '', 'far.blend': '' }));
    await symlink(join(root, 'film'), join(root, 'link'));
    await symlink(join(root, 'far.blend'), join(root, 'film/b.blend'));
    const paths = [join(root, 'link/a.blend'), join(root, 'film/b.blend')];
    expect(await pickedFiles(paths)).toEqual([
      { folder: join(root, 'film'), files: ['a.blend', 'b.blend'] },
    ]);
  });

  test('are .blend files that are there', async () => {
    const root = await folderOf({ 'a.BLEND': '', 'b.yaml': '' });
    await mkdir(join(root, 'dir.blend'));
    const is = (name: string) => isBlendFile(join(root, name));
    expect(await Promise.all(['a.BLEND', 'b.yaml', 'dir.blend', 'gone.blend'].map(is))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('are called by their names', () => {
    expect(filesName(['sq1/a.blend'])).toBe('a.blend');
    expect(filesName(['a.blend', 'b.blend', 'c.blend'])).toBe('a + 2 more');
    expect(placePath({ folder: '/film', files: ['a.blend'] })).toBe('/film/a.blend');
    expect(placePath({ folder: 'C:\\film', files: ['a.blend'] })).toBe('C:\\film\\a.blend');
    expect(placePath({ folder: '/film' })).toBe('/film');
  });
});

test('a batch of picked files is of just these, with the defaults of their folder, and another one than that of the folder', async () => {
  const folder = await folderOf({
    'a_v1.blend': '',
    'a_v2.blend': '',
    '_backup/b.blend': '',
    'hero.yaml': 'blend: a_v2.blend\nframes: 1-9',
    'defaults.yaml': 'render: { samples: 7 }',
  });
  const files = ['_backup/b.blend', 'a_v1.blend', 'a_v2.blend'];
  const batch = await createBatchFromDirectory(folder, { files });
  expect(batch.jobs.map(({ name }) => name)).toEqual(['b', 'a_v1', 'a_v2']);
  expect(batch.jobs.map(({ shotConfig }) => shotConfig?.render.samples)).toEqual([7, 7, 7]);
  expect(batch).toMatchObject({ files, problems: [] });
  expect(batch.leftOut).toBeUndefined();
  const whole = await createBatchFromDirectory(folder);
  const one = await createBatchFromDirectory(folder, { files: ['a_v1.blend'] });
  expect(new Set([batch.id, whole.id, one.id]).size).toBe(3);
  // The same shot, wherever it is rendered from: its frames have one place.
  expect(one.jobs[0]?.id).toBe(batch.jobs[1]?.id);
  expect(one.outputRoot).toBe(whole.outputRoot);
});

test('a picked file that is gone is a failed shot', async () => {
  const folder = await folderOf({ 'a.blend': '' });
  const batch = await createBatchFromDirectory(folder, { files: ['a.blend', 'gone.blend'] });
  expect(batch.jobs.map(({ status }) => status)).toEqual(['waiting', 'failed']);
  expect(told(batch)).toEqual([
    'error gone.blend `blend` names gone.blend, but there is no such file.',
  ]);
});
