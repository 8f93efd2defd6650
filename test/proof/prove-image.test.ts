import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Expected, type Proof, proveImage } from '../../electron/engine/proof/prove-image.ts';
import { temporaryFolder } from '../journal/temporary.ts';
import { expectedOf, type Frames, HEIGHT, makeFrames, WIDTH } from './frames.ts';

let frames: Frames;
beforeAll(async () => {
  frames = await makeFrames();
});
afterAll(() => frames.remove());

const PNG: Expected = { format: 'PNG', width: WIDTH, height: HEIGHT };

describe('a frame that Blender saved', () => {
  it('is whole in every format, depth, colour mode and codec', async () => {
    const faults: string[] = [];
    for (const name of frames.files.keys()) {
      const proof = await proveImage(join(frames.folder, name), expectedOf(name));
      if (!proof.whole) faults.push(`${name} ${proof.reason}`);
    }
    expect(faults).toEqual([]);
    expect(frames.files.size).toBeGreaterThan(50);
  });

  it('is described by its length, its time and its hash', async () => {
    const file = join(frames.folder, 'png-rgba-16.png');
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
      .slice(0, 32);
    const { size, mtimeMs } = await stat(file);
    expect(await proveImage(file, PNG)).toEqual({ whole: true, bytes: size, mtimeMs, sha256 });
  });

  it('leaves nothing behind that would be mistaken for a frame of another size', async () => {
    for (const name of ['png-rgb-8.png', 'exr-zip-16.exr', 'tiff-lzw.tif', 'webp-rgb.webp']) {
      const expected = { ...expectedOf(name), width: 1920, height: 1080 };
      expect(await proveImage(join(frames.folder, name), expected)).toEqual({
        whole: false,
        reason: 'is 64 × 36 instead of 1920 × 1080',
      });
    }
  });

  it('is not taken for another format, whatever its name says', async () => {
    const jpeg = frames.files.get('jpeg-rgb.jpg') as Buffer;
    expect(await proof(jpeg, PNG)).toEqual(broken('is a JPEG, not a PNG'));
    const exr = frames.files.get('exr-zip-16.exr') as Buffer;
    const multilayer = { ...PNG, format: 'OPEN_EXR_MULTILAYER' } as const;
    expect(await proof(exr, multilayer)).toEqual(
      broken('is an OpenEXR with one layer, not a multilayer one'),
    );
    expect(await proof(exr, { ...PNG, format: 'WEBP' })).toEqual(
      broken('is an OpenEXR, not a WebP'),
    );
    expect(await proof(Buffer.from('hello'), PNG)).toEqual(
      broken('is not a PNG picture, or is broken'),
    );
  });
});

describe('a frame that is not whole', () => {
  it('is found out at every byte that a PNG or an OpenEXR may be cut at', async () => {
    for (const name of ['png-bw-8.png', 'exr-bw.exr', 'exr-dwaa-16.exr']) {
      const whole = frames.files.get(name) as Buffer;
      const path = await target();
      const passed: number[] = [];
      for (let length = 0; length < whole.length; length += 1) {
        await writeFile(path, whole.subarray(0, length));
        if ((await proveImage(path, expectedOf(name))).whole) passed.push(length);
      }
      expect(passed, name).toEqual([]);
    }
  });

  it('is found out wherever a file of any format is cut', async () => {
    const path = await target();
    await everyFormat(async (name, whole, at) => {
      await writeFile(path, whole.subarray(0, at));
      expect((await proveImage(path, expectedOf(name))).whole, `${name} cut at ${at}`).toBe(false);
    });
  });

  it('is found out by one flipped byte in a PNG and in the pixels of a ZIP, ZIPS or PXR24 OpenEXR', async () => {
    const packed = [
      'png-rgb-16.png',
      'exr-zip-32.exr',
      'exr-zips-16.exr',
      'multilayer-pxr24-32.exr',
    ];
    const path = await target();
    for (const name of packed) {
      const whole = frames.files.get(name) as Buffer;
      const pixels = name.startsWith('png') ? 8 : whole.lastIndexOf('screenWindowWidth') + 400;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: pixels, max: whole.length - 1 }), async (at) => {
          const copy = Buffer.from(whole);
          // Of a last byte of zlib data up to seven bits mean nothing.
          copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
          await writeFile(path, copy);
          expect((await proveImage(path, expectedOf(name))).whole, `${name} at ${at}`).toBe(false);
        }),
        { numRuns: 40 },
      );
    }
  });

  it('is found out when its end was never written and is zeros', async () => {
    const path = await target();
    await everyFormat(async (name, whole, at) => {
      // Black is all zeros where nothing is compressed, and 64 zeros are within a WebP's rights.
      if (name.includes('none') || name.includes('b44')) return;
      if (at >= whole.length - 70) return;
      const copy = Buffer.from(whole).fill(0, at);
      await writeFile(path, copy);
      expect((await proveImage(path, expectedOf(name))).whole, `${name} from ${at}`).toBe(false);
    });
  });

  it('is found out when something stands after its end', async () => {
    for (const [name, whole] of frames.files) {
      const longer = Buffer.concat([whole, Buffer.alloc(4096)]);
      expect((await proof(longer, expectedOf(name))).whole, name).toBe(false);
    }
  });

  it('is found out when a chunk of an OpenEXR was never written', async () => {
    const whole = Buffer.from(frames.files.get('exr-none-16.exr') as Buffer);
    const firstChunk = whole.length - HEIGHT * (8 + WIDTH * 4 * 2);
    whole.fill(0, firstChunk - 8, firstChunk);
    expect(await proof(whole, { ...PNG, format: 'OPEN_EXR' })).toEqual(
      broken('is not finished: parts of the picture were never written'),
    );
  });
});

describe('what is no frame at all', () => {
  it('is told in words: missing, empty, a folder, a dangling link', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'hero_0001.png');
    expect(await proveImage(file, PNG)).toEqual(broken('is not there'));
    await symlink(join(folder, 'nowhere'), join(folder, 'link'));
    expect(await proveImage(join(folder, 'link'), PNG)).toEqual(broken('is not there'));
    await mkdir(join(folder, 'folder.png'));
    expect(await proveImage(join(folder, 'folder.png'), PNG)).toEqual(broken('is a folder'));
    await writeFile(file, '');
    expect(await proveImage(file, PNG)).toEqual(broken('is empty'));
    expect(await proveImage(join(file, 'below'), PNG)).toEqual(broken('is not there'));
  });

  it.runIf(process.platform !== 'win32')('does not wait at a pipe', async () => {
    const pipe = join(await temporaryFolder(), 'frame.png');
    await execa('mkfifo', [pipe]);
    expect(await proveImage(pipe, PNG)).toEqual(broken('is not a regular file'));
  });

  it('never makes the proof throw, whatever bytes follow the right beginning', async () => {
    const path = await target();
    const names = [
      'png-rgb-8.png',
      'tiff-lzw.tif',
      'exr-zip-16.exr',
      'webp-rgb.webp',
      'exr-piz-16.exr',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat(400),
        fc.uint8Array({ minLength: 1, maxLength: 600 }),
        async (name, at, noise) => {
          const whole = frames.files.get(name) as Buffer;
          const broken = Buffer.concat([whole.subarray(0, 12 + at), noise]);
          // Noise can be just what was cut off; and other bytes in place of the last ones of WebP, LZW or PIZ
          // are a picture as well, as docs/reliability.md says.
          fc.pre(!broken.subarray(0, whole.length).equals(whole));
          fc.pre(broken.length < whole.length || !/webp|lzw|piz/.test(name));
          await writeFile(path, broken);
          const found = await proveImage(path, expectedOf(name));
          expect(found.whole).toBe(false);
          if (!found.whole) expect(found.reason).toMatch(/^(is|has|does|can't|uses|holds) /);
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** Every file of the run at a few places; the property is the same for all. */
async function everyFormat(
  check: (name: string, whole: Buffer, at: number) => Promise<void>,
): Promise<void> {
  for (const [name, whole] of frames.files) {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), (at) =>
        check(name, whole, at),
      ),
      { numRuns: 12, examples: [[whole.length - 1], [Math.floor(whole.length / 2)]] },
    );
  }
}

async function target(): Promise<string> {
  return join(await temporaryFolder(), 'frame');
}

async function proof(bytes: Buffer, expected: Expected): Promise<Proof> {
  const path = await target();
  await writeFile(path, bytes);
  return proveImage(path, expected);
}

function broken(reason: string): Proof {
  return { whole: false, reason };
}
