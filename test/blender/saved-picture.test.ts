import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { savedPicture } from '../../electron/blender/saved-picture.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { blendFront, withPicture } from '../helpers/saved-picture.ts';
import { temporaryFolder } from '../journal/temporary.ts';

/** The first bytes of a file that Blender 4.3.2 saved in a window, compressed: a grey cube on clear ground. */
const RECORDED = resolve(import.meta.dirname, 'recorded/4.3-with-picture.head');

async function pictureIn(bytes: Uint8Array) {
  const file = join(await temporaryFolder(), 'shot.blend');
  await writeFile(file, bytes);
  return savedPicture(file);
}

test('reads the picture that Blender kept of its window', async () => {
  const picture = await savedPicture(RECORDED);
  expect(picture).toMatchObject({ width: 128, height: 128 });
  const at = (x: number, y: number) => [...(picture?.rgba.subarray(4 * (y * 128 + x)) ?? [])];
  expect(at(64, 10)[3]).toBe(0);
  // The top of the cube is lighter than its side.
  const [top = 0, , , alpha] = at(56, 44);
  const [side = 0] = at(72, 68);
  expect(alpha).toBe(255);
  expect(top).toBeGreaterThan(side + 40);
});

test('reads what the Blender of this machine has kept, plain and compressed, and nothing where there is none', async () => {
  const folder = await temporaryFolder();
  const bare = await makeBlend(join(folder, 'bare.blend'));
  expect(await savedPicture(bare)).toBeNull();
  const front = await savedPlain(bare, folder);
  const file = join(folder, 'with.blend');
  await writeFile(file, withPicture(await readFile(front), 4, 3));
  // Without a window Blender hands on the picture that it has found.
  const again = ['plain', 'packed'].map((name) => join(folder, `${name}.blend`));
  const save = again.map(
    (path, at) =>
      `bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(path)}, compress=${at === 1 ? 'True' : 'False'})`,
  );
  await execa(BLENDER, ['-b', file, '--python-expr', ['import bpy', ...save].join('; ')]);
  const own = await savedPicture(file);
  expect(own).toMatchObject({ width: 4, height: 3 });
  for (const path of again) expect(await savedPicture(path), path).toEqual(own);
}, 120_000);

/** Saves it anew, not compressed. */
async function savedPlain(file: string, folder: string): Promise<string> {
  const plain = join(folder, 'bare-plain.blend');
  const python = `import bpy; bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(plain)}, compress=False)`;
  await execa(BLENDER, ['-b', file, '--python-expr', python]);
  return plain;
}

test.each([
  ['BLENDER-v403', '4.x, 64 bits'],
  ['BLENDER_v279', 'of pointers of four bytes'],
  ['BLENDER17-01v0500', '5.x, large heads'],
])('knows the heads of blocks of %s: %s', async (header) => {
  const bytes = blendFront(header, [
    ['REND', Buffer.alloc(72)],
    ['REND', Buffer.alloc(72)],
    ['TEST', pictureData(2, 2, [1, 2, 3, 4])],
    ['GLOB', Buffer.alloc(9)],
  ]);
  for (const file of [bytes, gzipSync(bytes)]) {
    const picture = await pictureIn(file);
    // The lowest line comes first in the file.
    expect([...(picture?.rgba ?? [])].filter((_, at) => at % 4 === 0)).toEqual([3, 4, 1, 2]);
  }
});

const REND = ['REND', Buffer.alloc(72)] as const;

test.each([
  ['no blocks', []],
  ['no picture', [REND, ['GLOB', Buffer.alloc(40)]]],
  ['a picture behind the rest', [REND, ['GLOB', Buffer.alloc(40)], ['TEST', pictureData(2, 2)]]],
  ['one without a size', [REND, ['TEST', Buffer.alloc(4)]]],
  ['one that is cut', [REND, ['TEST', pictureData(2, 2).subarray(0, 20)]]],
  ['one of no width', [REND, ['TEST', pictureData(0, 2)]]],
  ['one of a negative width', [REND, ['TEST', pictureData(-4, 2)]]],
  ['one that is too large', [REND, ['TEST', sized(40_000, 40_000)]]],
  ['one whose size overruns', [REND, ['TEST', sized(0x7fffffff, 0x7fffffff)]]],
  ['one in which nothing is to be seen', [REND, ['TEST', pictureData(2, 2, [0, 0, 0, 0])]]],
] as const)('shows nothing of a file with %s', async (_what, blocks) => {
  expect(await pictureIn(blendFront('BLENDER-v403', blocks))).toBeNull();
  expect(await pictureIn(blendFront('BLENDER17-01v0500', blocks))).toBeNull();
});

test('shows nothing of the other byte order, and of no file', async () => {
  const blocks = [['TEST', pictureData(2, 2)]] as const;
  expect(await pictureIn(blendFront('BLENDER-V279', blocks))).toBeNull();
  expect(await savedPicture(join(await temporaryFolder(), 'gone.blend'))).toBeNull();
  expect(await savedPicture(await temporaryFolder())).toBeNull();
});

test('whatever a file holds, it is a picture or none, and never an error', async () => {
  const recorded = await readFile(RECORDED);
  const plain = blendFront('BLENDER-v403', [REND, ['TEST', pictureData(3, 2)]]);
  const file = join(await temporaryFolder(), 'hostile.blend');
  const changed = fc.record({
    from: fc.constantFrom(recorded, plain, gzipSync(plain)),
    cut: fc.nat(22_000),
    spots: fc.array(fc.record({ at: fc.nat(22_000), byte: fc.nat(255) }), { maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(changed, async ({ from, cut, spots }) => {
      const bytes = Buffer.from(from.subarray(0, Math.max(1, from.length - cut)));
      for (const { at, byte } of spots) bytes[at % bytes.length] = byte;
      await writeFile(file, bytes);
      const picture = await savedPicture(file);
      if (picture) expect(picture.rgba.length).toBe(4 * picture.width * picture.height);
    }),
    { numRuns: 300 },
  );
});

/** A picture of this size whose pixels are told by their red. */
function pictureData(width: number, height: number, reds: readonly number[] = [9]): Buffer {
  const pixels = Math.max(0, width) * Math.max(0, height);
  const data = Buffer.alloc(8 + 4 * pixels);
  data.writeInt32LE(width, 0);
  data.writeInt32LE(height, 4);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const red = reds[pixel % reds.length] ?? 0;
    data.set([red, 0, 0, red === 0 ? 0 : 255], 8 + 4 * pixel);
  }
  return data;
}

/** No more than what it says of its size. */
function sized(width: number, height: number): Buffer {
  return pictureData(width > 0 ? 1 : 0, 1).fill(intBytes(width, height), 0, 8);
}

function intBytes(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [at, number] of numbers.entries()) bytes.writeInt32LE(number, 4 * at);
  return bytes;
}
