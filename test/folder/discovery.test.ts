import { mkdir, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/folder/create-batch.ts';
import { batchOf, folderOf, told } from './folder.ts';

const shotFiles = async (folder: string, output?: string) =>
  (await createBatchFromDirectory(folder, { output: output ?? null })).jobs.map(
    (job) => job.shotFile,
  );

describe('looking for shots', () => {
  test('finds every shot file at any depth, in natural order', async () => {
    const folder = await folderOf({
      'shot10.blend': '',
      'shot2.blend': '',
      'a/b/c/deep.YML': 'blend: ../../../x.bin',
      'B.Yaml': 'blend: x.bin',
      'x.bin': '',
      'notes.txt': '',
    });
    expect(await shotFiles(folder)).toEqual([
      'a/b/c/deep.YML',
      'B.Yaml',
      'shot2.blend',
      'shot10.blend',
    ]);
  });

  test('leaves out hidden files and folders, backups, outputs and what other tools keep', async () => {
    const folder = await folderOf({
      'shot.blend': '',
      'shot.blend1': '',
      'shot.blend@': '',
      '._shot.blend': '',
      '.git/a.yaml': 'blend: b',
      'node_modules/pkg/a.yaml': 'blend: b',
      'renders/copy.blend': '',
      'chosen/copy.blend': '',
    });
    expect(await shotFiles(folder, join(folder, 'chosen'))).toEqual(['shot.blend']);
  });

  test('an output root that is the shot folder itself hides nothing', async () => {
    const folder = await folderOf({ 'seq.blend': '', 'seq/a.blend': '' });
    expect(await shotFiles(folder, folder)).toEqual(['seq/a.blend', 'seq.blend']);
  });

  test("leaves out what stands in a shot's own output folder, and tells so", async () => {
    const batch = await batchOf({
      'shots/a.yaml': 'blend: ../scene.bin\noutput: { path: ../out }',
      'out/copy.blend': '',
    });
    expect(batch.jobs.map((job) => job.shotFile)).toEqual(['shots/a.yaml']);
    expect(told(batch)).toEqual([
      'warning out/copy.blend This file stands in the output folder of shots/a.yaml and is left out.',
    ]);
  });

  test('a shot that renders beside itself hides nothing', async () => {
    const batch = await batchOf({
      'a.yaml': 'blend: scene.bin\noutput: { path: . }',
      'b.yaml': 'blend: scene.bin',
    });
    expect(batch.jobs.map((job) => job.name)).toEqual(['a', 'b']);
  });

  test('a .blend that a YAML file names is its scene and no shot, even where that file is broken', async () => {
    const folder = await folderOf({
      'scenes/knob.blend': '',
      'scenes/lamp.blend': '',
      'scenes/base.blend': '',
      'scenes/own.blend': '',
      'a.yaml': 'blend: scenes/knob.blend',
      'broken.yaml': 'blend: scenes/lamp.blend\nframes: soon\nrender: "',
      'base.yaml': 'abstract: true\nblend: scenes/base.blend',
    });
    expect(await shotFiles(folder)).toEqual(['a.yaml', 'broken.yaml', 'scenes/own.blend']);
  });

  test('a scene named through a link is still that scene', async () => {
    const folder = await folderOf({ 'knob.blend': '', 'a.yaml': 'blend: link.bin' });
    await symlink('knob.blend', join(folder, 'link.bin'));
    expect(await shotFiles(folder)).toEqual(['a.yaml']);
  });

  test('links in circles are harmless, and a linked folder is searched once', async () => {
    const folder = await folderOf({ 'a/shot.blend': '' });
    const elsewhere = await folderOf({ 'far.blend': '' });
    await symlink('..', join(folder, 'a/up'));
    await symlink('self', join(folder, 'self'));
    await symlink(elsewhere, join(folder, 'one'));
    await symlink(elsewhere, join(folder, 'two'));
    expect(await shotFiles(folder)).toEqual(['a/shot.blend', 'one/far.blend']);
  });

  test('a folder called like a shot is searched like any other', async () => {
    const folder = await folderOf({ 'old.blend/inner.blend': '' });
    await mkdir(join(folder, 'empty.yaml'));
    expect(await shotFiles(folder)).toEqual(['old.blend/inner.blend']);
  });

  test('a folder given through a link is the same batch', async () => {
    const folder = await folderOf({ 'a.blend': '' });
    const beside = await folderOf({});
    await symlink(folder, join(beside, 'link'));
    const [one, two] = [
      await createBatchFromDirectory(folder),
      await createBatchFromDirectory(join(beside, 'link')),
    ];
    expect(two.id).toBe(one.id);
    expect(two.folder).toBe(await realpath(folder));
  });
});
