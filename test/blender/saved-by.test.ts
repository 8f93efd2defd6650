import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isNewerFile, savedBy, sceneRanges } from '../../electron/blender/saved-by.ts';
import { BLENDER, blenderVersion } from '../helpers/make-blend.ts';

/** The first bytes of start-up files that real Blenders saved, plain and compressed. */
const HEADS = resolve(import.meta.dirname, 'recorded/heads');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightshift-saved-by-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function versionOf(bytes: Uint8Array | string): Promise<string | null> {
  const file = join(folder, 'shot.blend');
  await writeFile(file, bytes);
  return await savedBy(file);
}

test('reads the version of files that real Blenders saved, plain and compressed', async () => {
  const heads = await readdir(HEADS);
  expect(heads).toHaveLength(6);
  for (const head of heads) {
    expect(await savedBy(join(HEADS, head)), head).toBe(head.slice(0, 3));
  }
});

test('reads the range of the scenes of files that real Blenders saved, and nothing of what is none', async () => {
  // Of the plain ones only the first 17 bytes were recorded.
  for (const head of (await readdir(HEADS)).filter((name) => name.includes('zstd'))) {
    const ranges = await sceneRanges(join(HEADS, head));
    expect([...(ranges ?? [])], head).toEqual([['Scene', [1, 250]]]);
  }
  const file = join(folder, 'shot.blend');
  for (const text of [
    '',
    'name: hero',
    'BLENDER-v403REND',
    `BLENDER-v403REND${'\xff'.repeat(99)}`,
  ]) {
    await writeFile(file, text, 'latin1');
    expect([...((await sceneRanges(file)) ?? [])]).toEqual([]);
  }
  expect(await sceneRanges(join(folder, 'gone.blend'))).toBeNull();
});

test('reads what the Blender of this machine saves, plain and compressed', async () => {
  const files = [join(folder, 'plain.blend'), join(folder, 'packed.blend')];
  const save = files.map(
    (file, at) =>
      `bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(file)}, compress=${at === 1 ? 'True' : 'False'})`,
  );
  const python = ['import bpy', ...save].join('; ');
  await execa(BLENDER, ['-b', '--factory-startup', '--python-expr', python]);
  const own = (await blenderVersion()).split('.').slice(0, 2).join('.');
  for (const file of files) {
    expect(await savedBy(file), file).toBe(own);
    expect([...((await sceneRanges(file)) ?? [])], file).toEqual([['Scene', [1, 250]]]);
  }
}, 120_000);

test('reads the headers of all times', async () => {
  expect(await versionOf('BLENDER-v403REND\0\0\0\0')).toBe('4.3');
  expect(await versionOf('BLENDER-v410REND\0\0\0\0')).toBe('4.10');
  expect(await versionOf('BLENDER_V249REND\0\0\0\0')).toBe('2.49');
  expect(await versionOf('BLENDER_v279REND\0\0\0\0')).toBe('2.79');
  expect(await versionOf('BLENDER17-01v0500REND')).toBe('5.0');
  expect(await versionOf('BLENDER17-01v0512REND')).toBe('5.12');
  expect(await versionOf('BLENDER17-02v1003REND')).toBe('10.3');
  const old = Buffer.concat([Buffer.from('BLENDER-v293REND'), Buffer.alloc(64 * 1024 * 1024)]);
  expect(await versionOf(gzipSync(old))).toBe('2.93');
});

test('what is no .blend has no version', async () => {
  expect(await versionOf('')).toBeNull();
  expect(await versionOf('BLENDER')).toBeNull();
  expect(await versionOf('BLENDER-v4x3REND and so on')).toBeNull();
  expect(await versionOf('name: hero\nblend: knob.blend\n')).toBeNull();
  expect(await versionOf(gzipSync('no scene, but a text that somebody packed'))).toBeNull();
  expect(await savedBy(join(folder, 'gone.blend'))).toBeNull();
  expect(await savedBy(folder)).toBeNull();
});

test.skipIf(process.platform === 'win32')(
  'a pipe that nobody writes to is not waited for',
  async () => {
    const pipe = join(folder, 'pipe.blend');
    await execa('mkfifo', [pipe]);
    expect(await savedBy(pipe)).toBeNull();
  },
);

test('a file cut anywhere has its version or none', async () => {
  for (const head of (await readdir(HEADS)).filter((name) => name.includes('zstd'))) {
    const bytes = await readFile(join(HEADS, head));
    for (const length of [3, 4, 5, 8, 17, 60, 300, 1500, 1999]) {
      const found = await versionOf(bytes.subarray(0, length));
      expect([null, head.slice(0, 3)], `${head} cut to ${length}`).toContain(found);
    }
  }
});

/** Magic number, header of the frame, one block. */
function zstd(frameHeader: readonly number[], type: number, size: number, block: Uint8Array) {
  const described = 1 | (type << 1) | (size << 3);
  const bytes = [described & 255, (described >> 8) & 255, described >> 16];
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...frameHeader, ...bytes]), block]);
}

const LITTLE = [0x00, 0x38];

test('what a compressed file claims costs nothing', async () => {
  const header = Buffer.from('BLENDER-v403RENDxxxx');
  // A window of 2 GB and more; a content of 4 GB in one segment.
  expect(await versionOf(zstd([0x00, 0xa8], 0, header.length, header))).toBe('4.3');
  expect(await versionOf(zstd([0xa0, 255, 255, 255, 255], 0, header.length, header))).toBe('4.3');
  // A block of 2 MB out of one byte; more than a block may hold; a type that does not exist.
  expect(await versionOf(zstd(LITTLE, 1, 2 ** 21 - 1, Buffer.alloc(20, 'B')))).toBeNull();
  expect(await versionOf(zstd(LITTLE, 0, 2 ** 20, Buffer.alloc(2 ** 20, 'B')))).toBeNull();
  expect(await versionOf(zstd(LITTLE, 3, 20, Buffer.alloc(20)))).toBeNull();
  expect(await versionOf(gzipSync(Buffer.alloc(64 * 1024 * 1024)))).toBeNull();
});

test('a block of 98,000 copies of 128 KB each does not hang', async () => {
  // One literal; 98,302 sequences; every code said once: no literal, offset 1, the longest match.
  const start = [0x09, 0x42, 255, 255, 255, 0x54, 0, 0, 52];
  const block = Buffer.concat([Buffer.from(start), Buffer.alloc(100_000, 0xff), Buffer.from([1])]);
  expect(await versionOf(zstd(LITTLE, 2, block.length, block))).toBeNull();
}, 10_000);

test('random bytes after a right beginning are never an error', async () => {
  const anything = fc.uint8Array({ minLength: 20, maxLength: 400 });
  const starts = fc.constantFrom([0x28, 0xb5, 0x2f, 0xfd], [0x1f, 0x8b, 8, 0], [0x42, 0x4c, 0x45]);
  await fc.assert(
    fc.asyncProperty(starts, anything, async (start, rest) => {
      const found = await versionOf(Buffer.concat([Buffer.from(start), rest]));
      expect(found === null || /^\d+\.\d+$/.test(found)).toBe(true);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('a file is newer by its major and minor version alone', () => {
  expect(isNewerFile('5.0', '4.5.3')).toBe(true);
  expect(isNewerFile('4.10', '4.9.1')).toBe(true);
  expect(isNewerFile('4.5', '4.5.0')).toBe(false);
  expect(isNewerFile('4.3', '5.2.2')).toBe(false);
});
