import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchIdOf, folded, safeName, uniqueNames } from '../../electron/engine/folder/names.ts';
import { batchOf, jobNamed, told } from './folder.ts';

const names = async (files: Readonly<Record<string, string>>) =>
  (await batchOf(files)).jobs.map((job) => job.name);

describe('names of shots', () => {
  test('where stems meet, the relative path is put in front', async () => {
    expect(
      await names({ 'hero.blend': '', 'sub/dir/hero.blend': '', 'sub/other.blend': '' }),
    ).toEqual(['hero', 'sub_dir_hero', 'other']);
  });

  test('two shots of one stem in one folder are told apart by their extension', async () => {
    expect(await names({ 'hero.blend': '', 'hero.yaml': 'blend: scene.bin' })).toEqual([
      'hero_blend',
      'hero_yaml',
    ]);
  });

  test('case makes no difference, since it makes none on Windows and macOS', async () => {
    expect(await names({ 'a/Hero.blend': '', 'b/hero.blend': '' })).toEqual(['a_Hero', 'b_hero']);
  });

  test('a path put in front never takes the name of another shot', async () => {
    const given = await names({ 'a/hero.blend': '', 'b/hero.blend': '', 'a_hero.blend': '' });
    expect(new Set(given.map(folded)).size).toBe(3);
  });

  test('a chosen name that has to change is told', async () => {
    const batch = await batchOf({
      'a.yaml': 'blend: scene.bin\nname: sq/010',
      'b.yaml': 'blend: scene.bin\nname: CON',
      'c.yaml': 'blend: scene.bin\nname: Knöpfe 🎬',
    });
    expect(batch.jobs.map((job) => job.name)).toEqual(['sq_010', '_CON', 'Knöpfe 🎬']);
    expect(told(batch).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'warning a.yaml:2:7',
      'warning b.yaml:2:7',
    ]);
  });

  test('a name that looks like a number stays as it is written', async () => {
    const batch = await batchOf({ 'a.yaml': 'blend: scene.bin\nname: 0010' });
    expect(jobNamed(batch, '0010').shotConfig?.output.pattern).toBe('0010_####');
  });

  test('two files that differ only in how their letters are composed have ids of their own', async () => {
    const batch = await batchOf({ 'e\u0301.blend': '', '\u00e9.blend': '' });
    expect(new Set(batch.jobs.map((job) => job.id)).size).toBe(2);
    expect(new Set(batch.jobs.map((job) => folded(job.name))).size).toBe(2);
  });

  test.each([
    ['nul.v2', '_nul.v2'],
    ['COM1', '_COM1'],
    ['comet', 'comet'],
    ['dots...', 'dots'],
    ['..', '_'],
    ['.hidden', '_hidden'],
    ['a:b*c?', 'a_b_c_'],
    ['tab\there', 'tab_here'],
    [' ', 'shot'],
    ['e\u0301', '\u00e9'],
  ])('%j becomes %j', (given, safe) => {
    expect(safeName(given)).toBe(safe);
  });

  test('any name becomes one that is safe on all systems, and stays so', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 90 }),
      fc.constantFrom('con', 'a.', '💡'.repeat(99)),
    );
    fc.assert(
      fc.property(wild, (text) => {
        const safe = safeName(text);
        expect(safe).toMatch(/^[^<>:"/\\|?*\p{Cc}]+$/u);
        expect(safe).not.toMatch(/^\.|[. ]$/);
        expect(Buffer.byteLength(safe)).toBeLessThan(200);
        expect(safeName(safe)).toBe(safe);
      }),
    );
  });

  test('any shots get names that are all different, whatever their case', () => {
    const part = fc.constantFrom('a', 'A', 'hero', 'Hero', 'a_hero', 'b', 'con');
    const path = fc
      .tuple(fc.array(part, { maxLength: 2 }), part, fc.constantFrom('blend', 'yaml'))
      .map(([folders, stem, extension]) => [...folders, `${stem}.${extension}`].join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(path, part), { selector: ([p]) => p }), (shots) => {
        const given = uniqueNames(
          shots.map(([at, wanted], index) => ({ id: `id${index}`, wanted, path: at })),
        );
        expect(new Set(given.map(folded)).size).toBe(shots.length);
      }),
    );
  });

  test('a batch id is safe as a folder name, whatever the folder is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(batchIdOf(`/shots/${name}`, '/out')).toMatch(/^[a-z0-9][a-z0-9-]*-[0-9a-f]{10}$/);
      }),
    );
  });
});
