import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePicture, makeSavedPicture } from '../../electron/pictures/make-picture.ts';
import { PixelReader, type PixelsAsked } from '../../electron/pictures/pixels.ts';
import { pixelAt } from '../../renderer/player/look.ts';
import { packedPixels, type Region, unpackedPixels } from '../../shared/picture.ts';
import { temporaryFolder } from '../journal/temporary.ts';
import { exrFile } from '../proof/exr-file.ts';
import { coloursOf, difference, makePictures, removeFolder } from './pictures.ts';

let made: Awaited<ReturnType<typeof makePictures>>;
let png: Awaited<ReturnType<typeof coloursOf>>;

beforeAll(async () => {
  made = await makePictures();
  png = await coloursOf(await thumbnailOf('png-8.png'));
});
afterAll(() => removeFolder(made.folder));

async function thumbnailOf(name: string): Promise<Buffer> {
  const picture = await makePicture(join(made.folder, name), 'large');
  if (!picture) throw new Error(`No thumbnail of ${name}.`);
  return picture;
}

describe('the thumbnail of a frame', () => {
  it('shows what was rendered, upright and in its colours, over a neutral ground', () => {
    expect(png['top left'][0]).toBeGreaterThan(2 * png['top left'][2]);
    expect(png['top right'][1]).toBeGreaterThan(220);
    expect(png.bottom[2]).toBeGreaterThan(2 * png.bottom[0]);
    const [red, green, blue] = png.background;
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(12);
    expect(green).toBeGreaterThan(80);
    expect(green).toBeLessThan(120);
  });

  it('is the same for every picture format', async () => {
    const others = made.names.filter((name) => /^(png|tiff|webp)/.test(name));
    expect(others).toHaveLength(4);
    for (const name of others) {
      expect(difference(await coloursOf(await thumbnailOf(name)), png), name).toBeLessThan(8);
    }
  });

  it('of an OpenEXR looks like the PNG of the same frame, with every codec, with layers and without', async () => {
    const exrs = made.names.filter((name) => name.endsWith('.exr'));
    expect(exrs).toHaveLength(36);
    for (const name of exrs) {
      expect(difference(await coloursOf(await thumbnailOf(name)), png), name).toBeLessThan(25);
    }
  });

  it('of a .blend is the picture that Blender kept in it, over the same ground', async () => {
    const file = resolve(import.meta.dirname, '../blender/recorded/4.3-with-picture.head');
    const picture = (await makeSavedPicture(file, 'large')) as Buffer;
    const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([128, 128, 3]);
    // Ground in the corner, and a grey cube in the middle.
    expect([...data.subarray(0, 3)]).toEqual(
      (await coloursOf(picture)).background.map((value) => expect.closeTo(value, -1)),
    );
    const middle = 3 * (64 * 128 + 50);
    expect(data[middle]).toBeGreaterThan((data[0] ?? 0) + 20);
    const [row, none] = await Promise.all([
      makeSavedPicture(file, 'row'),
      makeSavedPicture(join(made.folder, 'png-8.png'), 'row'),
    ]);
    expect((await sharp(row as Buffer).metadata()).width).toBeLessThanOrEqual(144);
    expect(none).toBeNull();
  });

  it('fills the cell of a row, and is never larger than its frame', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'frame.png');
    const frame = { width: 1000, height: 1000, channels: 3, background: '#123456' } as const;
    await sharp({ create: frame }).png().toFile(file);
    const sized = async (of: string, size: 'row' | 'large') => {
      const { width, height } = await sharp((await makePicture(of, size)) as Buffer).metadata();
      return [width, height];
    };
    expect(await sized(file, 'row')).toEqual([144, 80]);
    expect(await sized(file, 'large')).toEqual([640, 640]);
    expect(await sized(join(made.folder, 'exr-zip-16.exr'), 'large')).toEqual([96, 54]);
  });

  it('is made of tiles and of the parts of a file, too', async () => {
    const folder = await temporaryFolder();
    const tiles = [0, 1].flatMap((ty) => [0, 1].map((tx) => [tx, ty, 0, 0]));
    const tiled = {
      name: 'tiles',
      type: 'tiledimage',
      width: 64,
      height: 64,
      tile: { size: 32, mode: 0 },
      chunks: tiles.map((place) => ({ place, pixels: 1024 })),
    } as const;
    const lines = Array.from({ length: 20 }, (_, y) => ({ place: [y], pixels: 30 }));
    const scan = {
      name: 'a',
      type: 'scanlineimage',
      width: 30,
      height: 20,
      chunks: lines,
    } as const;
    const files = {
      'tiles.exr': exrFile([tiled]),
      'parts.exr': exrFile([scan, { ...scan, name: 'b' }]),
    };
    const sizes: unknown[] = [];
    for (const [name, data] of Object.entries(files)) {
      await writeFile(join(folder, name), data);
      const picture = await makePicture(join(folder, name), 'large');
      const { width, height } = await sharp(picture as Buffer).metadata();
      sizes.push([width, height]);
    }
    expect(sizes).toEqual([
      [64, 64],
      [30, 20],
    ]);
  });

  it('is none where the file is no picture, and an error where it is cut', async () => {
    const folder = await temporaryFolder();
    const text = join(folder, 'frame.png');
    await writeFile(text, 'not a picture at all');
    expect(await makePicture(text, 'row')).toBeNull();
    for (const name of ['exr-zip-16.exr', 'exr-piz-16.exr', 'exr-dwaa-16.exr']) {
      const cut = join(folder, name);
      const data = await readFile(join(made.folder, name));
      await writeFile(cut, data);
      await truncate(cut, Math.floor(data.length * 0.7));
      await expect(makePicture(cut, 'row'), name).rejects.toThrow();
    }
  });
});

const reader = new PixelReader();
const ALL: PixelsAsked = { layer: '', region: null, columns: 4096, rows: 4096 };

/** As it crosses to the window. */
async function valuesOf(file: string, asked: Partial<PixelsAsked> = {}) {
  const { size } = await stat(file);
  const answer = await reader.read(file, size, { ...ALL, ...asked });
  const crossed = unpackedPixels(packedPixels(answer).buffer);
  if ('fault' in crossed) throw new Error(crossed.fault);
  return crossed;
}

const madeFile = (name: string) => join(made.folder, name);
/** A pixel of the bright green patch. */
const GREEN = { x: 78, y: 12 };
const pixel = ({ x, y }: { x: number; y: number }): Region => ({ x, y, width: 1, height: 1 });

describe('the values of a picture', () => {
  it('are those of its file, eight and sixteen bits', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'frame.png');
    const rgb = Uint16Array.from({ length: 3 * 4 * 2 }, (_, index) => 1000 + 2000 * index);
    await sharp(rgb, { raw: { width: 4, height: 2, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toFile(file);
    const { head, values } = await valuesOf(file);
    expect(head).toMatchObject({ width: 4, height: 2, kind: 'u16', columns: 4, rows: 2 });
    expect(pixelAt(head, values, 0, 0)).toEqual([1000, 3000, 5000, 65_535]);
    expect(pixelAt(head, values, 3, 1)).toEqual([43_000, 45_000, 47_000, 65_535]);
    const one = await valuesOf(madeFile('png-8.png'), { region: pixel(GREEN) });
    expect(one.head).toMatchObject({ kind: 'u8', columns: 1, rows: 1, region: pixel(GREEN) });
    const { data, info } = await sharp(madeFile('png-8.png'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const from = info.channels * (GREEN.y * info.width + GREEN.x);
    expect(pixelAt(one.head, one.values, 0, 0)).toEqual([...data.subarray(from, from + 4)]);
  });

  it('of an OpenEXR are linear, of every codec, and of any part of it', async () => {
    for (const name of made.names.filter((each) => /^(exr|layers)-.*\.exr$/.test(each))) {
      const { head, values } = await valuesOf(madeFile(name), { region: pixel(GREEN) });
      expect(head.kind, name).toBe(name.endsWith('32.exr') ? 'f32' : 'f16');
      const told = pixelAt(head, values, 0, 0);
      // What its material gives off; some codecs lose a little.
      for (const [channel, value] of [0.6, 4, 2, 1].entries()) {
        expect(Math.abs((told[channel] ?? 0) / value - 1), `${name} ${told}`).toBeLessThan(0.05);
      }
    }
  });

  it('come averaged where fewer are asked for, and with their own shape', async () => {
    const { head, values } = await valuesOf(madeFile('exr-zip-32.exr'), { columns: 12, rows: 900 });
    expect(head).toMatchObject({ width: 96, height: 54, columns: 12, rows: 7 });
    expect(values).toHaveLength(4 * 12 * 7);
    const part = { x: 90, y: 50, width: 500, height: 500 };
    const { head: corner } = await valuesOf(madeFile('exr-zip-32.exr'), { region: part });
    expect(corner.region).toEqual({ x: 90, y: 50, width: 6, height: 4 });
  });

  it('are of the layer that is asked for, such as depth and normals', async () => {
    const file = madeFile('layers-zip-32.exr');
    const { head } = await valuesOf(file);
    expect(head.layers.find(({ id }) => id === head.layer)?.name).toMatch(/Composite|Combined/);
    const named = (name: RegExp) => head.layers.find((layer) => name.test(layer.name));
    const depth = named(/Depth$/);
    const normal = named(/Normal$/);
    expect(depth).toMatchObject({ channels: ['Z'], colour: false });
    expect(normal).toMatchObject({ channels: ['X', 'Y', 'Z'], colour: false });
    const at = async (layer: string | undefined) => {
      const found = await valuesOf(file, { layer: layer ?? '', region: pixel(GREEN) });
      expect(found.head.layer).toBe(layer);
      return pixelAt(found.head, found.values, 0, 0);
    };
    // The camera stands five units over the patches, which look up.
    expect((await at(depth?.id))[0]).toBeCloseTo(5, 3);
    expect((await at(normal?.id)).slice(0, 3).map((value) => Math.round(value))).toEqual([0, 0, 1]);
  });

  it('are said not to be there where a codec packs layers together, and the layers all the same', async () => {
    const file = madeFile('layers-dwaa-16.exr');
    const { head } = await valuesOf(file);
    const emit = head.layers.find(({ name }) => /Emit/.test(name));
    const { size } = await stat(file);
    const answer = await reader.read(file, size, { ...ALL, layer: emit?.id ?? '' });
    expect(answer).toMatchObject({ fault: expect.stringMatching(/Emit can’t be read without/) });
    expect(answer).toMatchObject({ layers: head.layers });
  });

  it('are none where the file was changed, is cut or is no picture, and that is said', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'frame.exr');
    const whole = await readFile(madeFile('exr-zip-16.exr'));
    await writeFile(file, whole);
    await truncate(file, whole.length >> 1);
    const wordsFor = async (bytes: number) => {
      const answer = await reader.read(file, bytes, ALL);
      return 'fault' in answer ? answer.fault : 'nothing';
    };
    expect(await wordsFor(whole.length)).toBe(
      'The file is not the one that was rendered: it was changed.',
    );
    expect(await wordsFor(whole.length >> 1)).toBe('The file is cut short.');
    await writeFile(file, 'text, and no picture');
    expect(await wordsFor(20)).toBe('This file is no picture that Nightshift can read.');
  });
});
