import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePicture } from '../../electron/pictures/make-picture.ts';
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
